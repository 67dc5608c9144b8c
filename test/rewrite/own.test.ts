// Fixes of late owners and modes, and of copies over copies: what they make, how sure they are, what they leave.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AnalyzeOptions, analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";
import { memoryContext } from "../../src/index.ts";
import { sameFinalFiles } from "../../src/model/final.ts";

const folder = fileURLToPath(new URL("../../fixtures/fix-owners/", import.meta.url));
const OPTIONS: AnalyzeOptions = { rules: ["retouched-later", "copied-twice"] };

const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;

/** The first finding's applicability, and what fixing makes of the text. */
function fixed(text: string): { readonly how: string; readonly why: string; readonly text: string } {
  const [first] = analyze(text, OPTIONS).findings;
  const result = fixText(text, { ...OPTIONS, unsafe: true });
  const again = fixText(result.text, { ...OPTIONS, unsafe: true });
  expect(again.text).toBe(result.text);
  return { how: first?.fix?.applicability ?? "none", why: first?.fix?.why ?? "", text: result.text };
}

describe("fixtures/fix-owners", () => {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".before.Dockerfile"))
    .map((name) => name.replace(/\.before\.Dockerfile$/, ""));
  test("there are some", () => {
    expect(names.length).toBeGreaterThan(0);
  });
  test.each(names)("%s", (name) => {
    const read = (part: string): string => readFileSync(`${folder}${name}.${part}.Dockerfile`, "utf8");
    const before = read("before");
    const made = fixed(before);
    expect(made.how).toBe(/^(safe|unsafe|manual)/.exec(name)?.[0]);
    expect(made.text).toBe(made.how === "manual" ? before : read("after"));
  });
});

test("what a flag leaves out is no longer copied twice, however small it is", () => {
  const text = lines(
    "# syntax=docker/dockerfile:1",
    "FROM debian:12",
    "WORKDIR /app",
    "COPY requirements.txt .",
    "RUN pip install -r requirements.txt",
    "COPY . .",
  );
  const result = fixText(text, { ...OPTIONS, unsafe: true, minSeverity: "info" });
  expect(result.text).toContain("COPY --exclude=requirements.txt . .");
  expect(result.applied).toHaveLength(1);
  expect(result.remaining).toEqual([]);
});

test("a later copy that has another file of the name is not told to leave it out", () => {
  const context = memoryContext({
    "defaults/a.bin": "a".repeat(2_000_000),
    "app/a.bin": "b".repeat(2_000_000),
    "app/b": "b",
  });
  const text = lines(
    "# syntax=docker/dockerfile:1",
    "FROM debian:12",
    "COPY defaults/a.bin /app/a.bin",
    "RUN make -C /app",
    "COPY app /app",
  );
  const result = fixText(text, { ...OPTIONS, context, unsafe: true });
  expect(result.text).toBe(text);
  expect(result.remaining.map(({ rule }) => rule)).toEqual(["copied-twice"]);
});

describe("flags of COPY", () => {
  const copy = (image: string, from: string, command: string, flags = ""): string =>
    fixed(lines(`FROM ${image}`, `COPY ${flags}${from}`, `RUN ${command}`)).text.split("\n")[1]!;

  test.each([
    ["chown -R 1000:0 /app", "COPY --chown=1000:0 x /app"],
    ["chown -R 1000 /app", "COPY --chown=1000:0 x /app"],
    ["chown -R :33 /app", "COPY --chown=0:33 x /app"],
    ["chgrp -R 33 /app", "COPY --chown=0:33 x /app"],
    ["chown -R www-data: /app", "COPY --chown=www-data x /app"],
    ["chown -R www-data.www-data /app", "COPY --chown=www-data:www-data x /app"],
    ["chown --recursive 5:6 /app/", "COPY --chown=5:6 x /app"],
    ["chmod -R 0750 /app", "COPY --chmod=0750 x /app"],
    ["chmod -R 700 /app && chown -R 5:6 /app", "COPY --chown=5:6 --chmod=700 x /app"],
  ])("%s", (command, expected) => {
    expect(copy("debian:12", "x /app", command)).toBe(expected);
  });

  test("a flag that is there is set anew, and its place stays", () => {
    expect(copy("debian:12", "x /app", "chown -R 5:6 /app", "--chown=1:1 --link ")).toBe(
      "COPY --chown=5:6 --link x /app",
    );
  });

  test("JSON arguments", () => {
    expect(copy("debian:12", '["x", "/app/"]', "chown -R 5:6 /app")).toBe('COPY --chown=5:6 ["x", "/app/"]');
  });

  test("a linked copy gets numbers where the file tells them, and is no link where it does not", () => {
    const text = (user: string) =>
      fixed(lines("FROM debian:12", `RUN ${user}`, "COPY --link x /app", "RUN chown -R app:0 /app")).text;
    expect(text("useradd -u 1001 app")).toContain("COPY --link --chown=1001:0 x /app");
    expect(text("useradd app")).toContain("COPY --chown=app:0 x /app");
  });
});

describe("symbolic modes", () => {
  const made = (syntax: string) =>
    fixed(
      lines(
        ...(syntax === "" ? [] : [`# syntax=${syntax}`]),
        "FROM busybox:1.36",
        "COPY x /app",
        "RUN chmod -R g=u /app",
      ),
    );

  test("need a syntax that knows them", () => {
    for (const syntax of [
      "docker/dockerfile:1",
      "docker/dockerfile:1.14",
      "docker.io/docker/dockerfile:1.20-labs",
    ]) {
      expect(made(syntax)).toMatchObject({ how: "safe" });
      expect(made(syntax).text).toContain("COPY --chmod=g=u x /app\nRUN chmod g=u /app\n");
    }
  });

  test("raise an older one, and say so", () => {
    const { how, why, text } = made("docker/dockerfile:1.7");
    expect(how).toBe("unsafe");
    expect(why).toContain("1.14");
    expect(text).toMatch(/^# syntax=docker\/dockerfile:1\.14\n/);
  });

  test("hang on the builder without a syntax line", () => {
    expect(made("")).toMatchObject({ how: "unsafe", why: expect.stringContaining("1.14") });
  });

  test("+x of one file is 755", () => {
    const { how, text } = fixed(
      lines("FROM busybox:1.36", "COPY tool /usr/bin/tool", "RUN chmod +x /usr/bin/tool"),
    );
    expect(how).toBe("unsafe");
    expect(text).toBe(lines("FROM busybox:1.36", "COPY --chmod=755 tool /usr/bin/tool"));
  });
});

/** Title, what the file must not become, and the file: traps of people's own fixes. */
const traps: readonly (readonly [string, RegExp, readonly string[]])[] = [
  [
    "a name before the user is there",
    /COPY --chown=app[\s\S]*useradd/,
    ["FROM debian:12", "COPY x /app", "RUN useradd app", "RUN chown -R app:app /app"],
  ],
  [
    "a user that a package makes",
    /--chown/,
    ["FROM alpine", "COPY x /app", "RUN apk add nginx", "RUN chown -R nginx:nginx /app"],
  ],
  [
    "a user that asks what was copied",
    /--chown/,
    ["FROM debian:12", "COPY x /app", "RUN useradd -u $(cat /app/uid) app", "RUN chown -R app /app"],
  ],
  [
    "a mode for one file of a tree",
    /--chmod/,
    ["FROM debian:12", "COPY x /app", "RUN chmod 4755 /app/big && chown 5 /app/big"],
  ],
  [
    "a mode that only files get",
    /--chmod/,
    ["FROM debian:12", "COPY x /app", "RUN find /app -type f -exec chmod 600 {} +"],
  ],
  [
    "a condition",
    /--chown/,
    ["FROM debian:12", "COPY x /app", "RUN if [ -d /y ]; then chown -R 5:5 /app; fi"],
  ],
  ["capabilities", /--ch/, ["FROM debian:12", "COPY x /bin/x", "RUN setcap cap_net_raw=ep /bin/x"]],
  ["another file's mode", /--ch/, ["FROM debian:12", "COPY x /app", "RUN chmod -R --reference=/etc /app"]],
];

describe("what is not done", () => {
  test.each(traps)("%s", (_, never, rows) => {
    const text = lines(...rows);
    expect(fixed(text).text).not.toMatch(never);
  });

  test("a safe fix never stands behind a step that may look", () => {
    const text = lines("FROM busybox:1.36", "COPY x /app", "RUN stat /app/a > /b", "RUN chown -R 5:6 /app");
    expect(fixText(text, OPTIONS).text).toBe(text);
  });
});

describe("copies over copies", () => {
  test("the first one goes with its comment, when nothing uses it", () => {
    const text = lines("FROM busybox:1.36", "# models", "COPY models /m", "", "ENV A=b", "COPY models /m");
    expect(fixed(text)).toMatchObject({
      how: "safe",
      text: lines("FROM busybox:1.36", "", "ENV A=b", "COPY models /m"),
    });
  });

  test("the second one goes when something between reads the first", () => {
    const text = lines("FROM busybox:1.36", "COPY m /m", "RUN sha256sum /m/a > /s", "COPY m /m");
    expect(fixed(text).text).toBe(lines("FROM busybox:1.36", "COPY m /m", "RUN sha256sum /m/a > /s"));
  });

  test("a first copy that gives its folder an owner is not dropped safely", () => {
    const text = lines("FROM busybox:1.36", "COPY --chown=33:33 m /app/m", "COPY m /app/m");
    expect(fixText(text, OPTIONS).text).toBe(text);
  });
});

test("CRLF, and everything outside of the edits, stays", () => {
  const before = lines(
    "FROM debian:12",
    "LABEL a=b   ",
    "COPY x /app",
    "",
    "RUN useradd app && \\",
    "    chown -R app:app /app",
    "CMD x",
  ).replace(/\n/g, "\r\n");
  const { text } = fixed(before);
  expect(text).not.toMatch(/[^\r]\n/);
  expect(text).toContain("LABEL a=b   \r\n");
  expect(text.endsWith("CMD x\r\n")).toBe(true);
});

test("a safe fix of generated files leaves the modelled files the same", () => {
  const step = fc.constantFrom(
    "COPY a /app",
    "COPY --chown=1:1 b /app/b",
    "COPY --from=other /o /app/o",
    "WORKDIR /app",
    "RUN mkdir -p /app/m/n && echo 1 > /app/m/n/x",
    "RUN useradd -u 7 app",
    "RUN chown -R app:app /app",
    "RUN echo 1 > /note && chown -R 2:3 /app",
    "RUN chmod -R 750 /app; true",
    "RUN cp -r /usr /app/usr",
    "RUN <<EOF\nchown -R 4:5 /app\necho 2 > /other\nEOF",
    "USER 9",
    "RUN make",
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 7 }), (steps) => {
      const text = lines("FROM busybox:1.36", ...steps);
      const result = fixText(text, OPTIONS);
      if (result.applied.length === 0) return;
      expect(sameFinalFiles(analyze(text, OPTIONS).model, analyze(result.text, OPTIONS).model)).toBe(true);
      expect(fixText(result.text, OPTIONS).text).toBe(result.text);
    }),
    { numRuns: 150 },
  );
});
