// prefetch-missing and prefetch-obsolete: which versions fetch at run time, and where a prefetch belongs.
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";
import { found, settings } from "./download.ts";

const HEADERS = `RUN python3 <<EOF\nfrom flashinfer.jit.cubin_loader import download_trtllm_headers\ndownload_trtllm_headers("bmm")\nEOF\n`;
const pin = (version: string): string => `flashinfer-python==${version} flashinfer-cubin==${version}`;
const missing = ["prefetch-missing"];
const obsolete = ["prefetch-obsolete"];

describe("prefetch-missing", () => {
  test.each([
    ["0.6.4", 0],
    ["0.6.5", 1],
    ["0.6.6+cu130", 1],
    ["0.6.7", 1],
    ["0.6.7.post1", 0],
    ["0.6.8", 0],
  ])("FlashInfer %s", (version, count) => {
    const text = `FROM python:3.12\nRUN pip install ${pin(version)}\n`;
    expect(found(text, settings({}, missing))).toHaveLength(count);
  });

  test.each([
    ["an unknown version", "RUN pip install flashinfer-python\n"],
    ["a stage that does not ship", `RUN pip install ${pin("0.6.6")}\nFROM scratch\nCOPY --from=0 /x /x\n`],
    ["a prefetch that is there", `RUN pip install ${pin("0.6.6")}\n${HEADERS}`],
    ["a prefetch in a stage that starts from it", `RUN pip install ${pin("0.6.6")}\nFROM base\n${HEADERS}`],
    ["a newer version behind it", `RUN pip install ${pin("0.6.6")}\nRUN pip install ${pin("0.6.8")}\n`],
  ])("not for %s", (_, body) => {
    expect(found(`FROM python:3.12 AS base\n${body}`, settings({}, missing))).toEqual([]);
  });

  test("is told once, for the stage that installs it", () => {
    const text = `FROM python:3.12 AS base\nRUN pip install ${pin("0.6.6")}\nFROM base AS a\nFROM base AS b\n`;
    expect(found(text, settings({}, missing))).toEqual(["prefetch-missing likely unsafe"]);
  });

  test("the fix stands behind the last install that can replace the package, and is found to be enough", () => {
    const text = `FROM python:3.12\nRUN pip install ${pin("0.6.6")}\nRUN pip install /w/*.whl\n\nRUN pip install flask\n`;
    const options = settings({}, missing);
    const { text: fixed, remaining } = fixText(text, { ...options, unsafe: true });
    expect(remaining).toEqual([]);
    const [before, behind] = fixed.split("RUN pip install flask");
    expect(behind).toBe("\n");
    expect(before).toMatch(/RUN pip install \/w\/\*\.whl\n\nRUN python3 <<'PYEOF'\n[\s\S]*\nPYEOF\n\n$/);
    expect(found(fixed)).toEqual([]);
    expect(fixText(text, options).text).toBe(text);
    expect(fixText(text.replaceAll("\n", "\r\n"), { ...options, unsafe: true }).text).toBe(
      fixed.replaceAll("\n", "\r\n"),
    );
  });

  test("the fix calls the Python that has the package", () => {
    const text = `FROM python:3.12\nRUN python3 -m venv /opt/venv\nRUN /opt/venv/bin/pip install ${pin("0.6.6")}\n`;
    const fixed = fixText(text, { ...settings({}, missing), unsafe: true }).text;
    expect(fixed).toContain("RUN /opt/venv/bin/python3 <<'PYEOF'\n");
    const onPath = text.replace("RUN /opt", "ENV PATH=/opt/venv/bin:$PATH\nRUN /opt");
    expect(fixText(onPath, { ...settings({}, missing), unsafe: true }).text).toContain(
      "RUN python3 <<'PYEOF'\n",
    );
  });
});

describe("prefetch-obsolete", () => {
  test.each([
    ["0.6.4", 1],
    ["0.6.5", 0],
    ["0.6.7", 0],
    ["0.6.7.post1", 1],
    ["0.6.8.post1+cu130", 1],
  ])("FlashInfer %s", (version, count) => {
    const text = `FROM python:3.12\nRUN pip install ${pin(version)}\n${HEADERS}`;
    expect(found(text, settings({}, obsolete))).toHaveLength(count);
  });

  test("says which install decides, and nothing else about the script", () => {
    const text = `FROM python:3.12\nARG V=0.6.8.post1\nRUN pip install flashinfer-jit-cache==$V+cu130\n${HEADERS}RUN pip install flashinfer-cubin==0.7\n`;
    const { findings } = analyze(text, settings());
    expect(findings.map(({ rule }) => rule)).toEqual(["prefetch-obsolete"]);
    expect(findings[0]?.related.map(({ message }) => message)).toEqual(["installs version 0.6.8.post1"]);
    expect(fixText(text, { ...settings(), unsafe: true }).text).toBe(text.replace(HEADERS, ""));
  });

  test("a script in a chain goes with its lines", () => {
    const text = `FROM python:3.12\nRUN pip install ${pin("0.6.8")} && python3 <<EOF && date\nimport x\nx.download_trtllm_headers("flashinfer")\nEOF\nCMD x\n`;
    const fixed = `FROM python:3.12\nRUN pip install ${pin("0.6.8")} && date\nCMD x\n`;
    expect(fixText(text, { ...settings({}, obsolete), unsafe: true }).text).toBe(fixed);
    const crlf = text.replaceAll("\n", "\r\n");
    expect(fixText(crlf, { ...settings({}, obsolete), unsafe: true }).text).toBe(
      fixed.replaceAll("\n", "\r\n"),
    );
  });

  test("nothing is said where the version is not known", () => {
    expect(
      found(`FROM python:3.12\nRUN pip install flashinfer-python\n${HEADERS}`, settings({}, obsolete)),
    ).toEqual([]);
  });
});
