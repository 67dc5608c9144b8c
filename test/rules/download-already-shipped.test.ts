// download-already-shipped: what counts as shipped, and what dropping the download leaves.
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";
import { knowledgeSchema } from "../../src/model/knowledge/schema.ts";
import { dropped, found, PIN, settings } from "./download.ts";

const rule = ["download-already-shipped"];
const GET = "RUN flashinfer download-cubin\n";

const shipped: Record<string, [string, "certain" | "likely"]> = {
  "by name": [`RUN pip install ${PIN}\n${GET}`, "certain"],
  "in any version": [`RUN pip install flashinfer-python flashinfer-cubin\n${GET}`, "certain"],
  "in a version that an argument gives": [`ARG V\nRUN pip install flashinfer-cubin==$V\n${GET}`, "certain"],
  "by name, behind another install": [
    `RUN pip install ${PIN}\nRUN pip install flask && flashinfer download-cubin\n`,
    "certain",
  ],
  "by a package that needs it": [`RUN pip install vllm==0.20.0\n${GET}`, "likely"],
  "if the install runs": [`RUN if [ $X ]; then pip install ${PIN}; fi\n${GET}`, "likely"],
  "if the download runs": [
    `RUN pip install ${PIN}\nRUN test -z "$X" || flashinfer download-cubin\n`,
    "likely",
  ],
  "on some machines": [
    `RUN pip install "flashinfer-cubin==0.6.8; platform_machine == 'x86_64'"\n${GET}`,
    "likely",
  ],
  "a build of the same version": [
    `RUN pip install flashinfer-python==0.6.8 flashinfer-cubin==0.6.8\nRUN pip install flashinfer-jit-cache==0.6.8+cu130 && flashinfer download-cubin\n`,
    "certain",
  ],
  "with uv": [`RUN uv pip install --system ${PIN}\n${GET}`, "certain"],
  "in a stage before": [`RUN pip install ${PIN}\nFROM base\n${GET}`, "certain"],
  "in a venv": [
    `ENV VIRTUAL_ENV=/v PATH=/v/bin:$PATH\nRUN uv venv /v && uv pip install ${PIN}\n${GET}`,
    "certain",
  ],
};

describe("shipped", () => {
  test.each(Object.entries(shipped))("%s", (_, [body, confidence]) => {
    const text = `FROM python:3.12 AS base\n${body}`;
    expect(found(text, settings({}, rule))).toEqual([
      expect.stringMatching(new RegExp(`^download-already-shipped ${confidence} (unsafe|manual)$`)),
    ]);
  });

  test("by a lock file", () => {
    const lock = `version = 1\n[[package]]\nname = "flashinfer-cubin"\nversion = "0.6.8"\n`;
    const text = `FROM python:3.12\nWORKDIR /app\nCOPY pyproject.toml uv.lock ./\nRUN uv sync --frozen\nRUN uv run --no-sync flashinfer download-cubin\n`;
    const options = settings({ "pyproject.toml": '[project]\nname = "x"\n', "uv.lock": lock }, rule);
    expect(found(text, options)).toEqual(["download-already-shipped certain unsafe"]);
  });

  test("by a requirements file that another one includes", () => {
    const text = `FROM python:3.12\nWORKDIR /src\nCOPY req /tmp/req\nRUN pip install -r /tmp/req/all.txt\n${GET}`;
    const options = settings(
      { "req/all.txt": "torch\n-r gpu.txt\n", "req/gpu.txt": "\nflashinfer_cubin==0.6.8\n" },
      rule,
    );
    const [finding] = analyze(text, options).findings;
    expect(finding?.related.map(({ message, file }) => [message, file?.path, file?.line])).toEqual([
      ["installs flashinfer-cubin 0.6.8: first stored here", undefined, undefined],
      ["asks for flashinfer-cubin==0.6.8", "req/gpu.txt", 2],
    ]);
  });
});

const others: Record<string, string> = {
  "another version": `RUN pip install flashinfer-python==0.6.9 flashinfer-cubin==0.6.8\n${GET}`,
  "only the library": `RUN pip install flashinfer-python==0.6.8\n${GET}`,
  "one layer": `RUN pip install ${PIN} && flashinfer download-cubin\n`,
  "another environment": `RUN python -m venv /a && /a/bin/pip install ${PIN}\nRUN flashinfer download-cubin\n`,
  "taken out again": `RUN pip install ${PIN}\nRUN pip uninstall -y flashinfer-cubin\n${GET}`,
  "another place": `RUN pip install flashinfer-python==0.6.17 flashinfer-cubin==0.6.17\nENV FLASHINFER_CUBIN_DIR=/c\n${GET}`,
  "another download": `RUN pip install ${PIN}\nRUN flashinfer download-kernels\n`,
  "a wheel of which nothing is known": `RUN pip install /w/*.whl\n${GET}`,
};

describe("not shipped", () => {
  test.each(Object.entries(others))("%s", (_, body) => {
    expect(found(`FROM python:3.12\n${body}`, settings({}, rule))).toEqual([]);
  });
});

describe("dropping", () => {
  test.each([
    ["a RUN with its comment", `\n# Offline.\n${GET}\nCMD ["x"]\n`, `\nCMD ["x"]\n`],
    ["one command of a chain", `RUN ls && flashinfer download-cubin && date\n`, `RUN ls && date\n`],
    ["the last of a chain", `RUN ls \\\n    && flashinfer download-cubin\nCMD x\n`, `RUN ls\nCMD x\n`],
    [
      "what prints for it, when nothing else is left",
      `RUN flashinfer show-config && flashinfer download-cubin\nCMD x\n`,
      "CMD x\n",
    ],
    ["what prepares for it", `RUN set -e; cd /x && flashinfer download-cubin\nCMD x\n`, "CMD x\n"],
    ["a command that may fail", `RUN flashinfer download-cubin || echo no\nCMD x\n`, "CMD x\n"],
    ["with a condition", `RUN if [ $X ]; then flashinfer download-cubin; fi\nCMD x\n`, "CMD x\n"],
    ["the last line without a break", `CMD x\nRUN flashinfer download-cubin`, "CMD x\n"],
  ])("%s", (_, body, expected) => {
    const head = `FROM python:3.12\nRUN pip install ${PIN}\n`;
    expect(dropped(head + body)).toBe(head + expected);
  });

  test("is done by hand inside a condition among others", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN}\nRUN ls && if [ $X ]; then flashinfer download-cubin; fi\n`;
    expect(dropped(text)).toBe("it does not stand by itself in its RUN");
  });

  test("wins over moving when unsafe fixes are wanted", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\nRUN pip install /w/*.whl\n`;
    const options = settings();
    expect(found(text, options).map((each) => each.split(" ")[0])).toEqual([
      "download-already-shipped",
      "download-then-reinstall",
    ]);
    expect(fixText(text, options).text).toBe(
      `FROM python:3.12\nRUN pip install ${PIN}\nRUN pip install /w/*.whl\nRUN flashinfer download-cubin\n`,
    );
    expect(fixText(text, { ...options, unsafe: true }).text).toBe(
      `FROM python:3.12\nRUN pip install ${PIN}\nRUN pip install /w/*.whl\n`,
    );
  });
});

describe("what a configuration adds", () => {
  const knowledge = knowledgeSchema.parse({
    distributions: [
      { name: "speechkit-voices", folders: ["speechkit_voices"], large: true },
      { name: "callcenter", needs: [{ name: "speechkit-voices", pinned: true }] },
    ],
    artifacts: [
      {
        id: "voices",
        title: "the voices",
        commands: [["speechkit", "fetch", "voices"]],
        scripts: [["speechkit.fetch_voices"]],
        writes: { into: "speechkit-voices", path: "speechkit_voices/data" },
        of: "speechkit",
        replacedBy: ["speechkit-voices"],
        shippedBy: { distribution: "speechkit-voices", versions: ">=2" },
        bytes: 300_000_000,
      },
    ],
  });
  const options = { ...settings(), knowledge };
  const install = (version: string): string =>
    `FROM python:3.12\nRUN pip install speechkit==${version} speechkit-voices==${version}\n`;

  test.each([
    "speechkit fetch voices",
    "speechkit --quiet fetch --all voices",
    "python -m speechkit fetch voices",
    `python -c "import speechkit; speechkit.fetch_voices()"`,
  ])("%s", (command) => {
    const text = `${install("2.1")}RUN ${command}\nRUN pip install callcenter\n`;
    expect(found(text, options)).toEqual([
      "download-already-shipped certain unsafe",
      "download-then-reinstall likely safe",
    ]);
    const [first] = analyze(text, options).findings;
    expect(first).toMatchObject({ bytes: { value: 300_000_000, source: "known" }, severity: "error" });
  });

  test("but not in versions that ship less, nor for other commands", () => {
    expect(found(`${install("1.9")}RUN speechkit fetch voices\n`, options)).toEqual([]);
    expect(found(`${install("2.1")}RUN speechkit fetch models\nRUN speechkit list\n`, options)).toEqual([]);
  });

  test("and nothing without it", () => {
    expect(found(`${install("2.1")}RUN speechkit fetch voices\n`, settings())).toEqual([]);
  });
});
