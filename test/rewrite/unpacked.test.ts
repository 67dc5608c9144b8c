// Fixes of archives that one layer stores and another unpacks: none may leave the archive where it is.
import { expect, test } from "vitest";
import { type AnalyzeOptions, analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";

const OPTIONS: AnalyzeOptions = { rules: ["unpacked-later"] };

/** What is proposed for the first finding, and the last instructions of what all fixes together make. */
function proposed(...rows: readonly string[]): { readonly how: string; readonly text: string } {
  const text = `FROM debian:12\n${rows.join("\n")}\n`;
  const fix = analyze(text, OPTIONS).findings[0]?.fix;
  const result = fixText(text, { ...OPTIONS, unsafe: true });
  return {
    how: `${fix?.applicability}: ${fix?.why ?? fix?.title}`,
    text: result.text === text ? "" : result.text.replace("FROM debian:12\n", ""),
  };
}

test("an archive that nothing removes is removed in the merged RUN, and that is unsafe", () => {
  expect(proposed("RUN wget -q https://x.org/a.zip", "RUN unzip a.zip -d /opt")).toEqual({
    how: "unsafe: /a.zip is no longer in the image",
    text: "RUN wget -q https://x.org/a.zip \\\n    && unzip a.zip -d /opt && rm /a.zip\n",
  });
});

test("the RUN that removes the archive is merged, too", () => {
  const rows = ["RUN wget -q https://x.org/a.zip", "RUN unzip a.zip -d /opt", "RUN rm a.zip"];
  const { how, text } = proposed(...rows);
  expect(how).toBe("safe: merge lines 3, 4 into the RUN of line 2");
  expect(text).toBe("RUN wget -q https://x.org/a.zip \\\n    && unzip a.zip -d /opt \\\n    && rm a.zip\n");
  // Where that RUN cannot come along, the archive would stay: nothing is offered.
  const apart = proposed(...rows.slice(0, 2), "USER app", "RUN rm a.zip");
  expect(apart.how).toMatch(/^manual/);
  expect(apart.text).toBe("");
});

test("a tar that a later RUN removes is not piped: the removal would fail", () => {
  const { text } = proposed(
    "RUN curl -fsSLO https://x.org/a.tgz",
    "RUN tar xzf a.tgz -C /opt",
    "RUN rm a.tgz",
  );
  expect(text).not.toContain("|");
  expect(text).toContain("&& rm a.tgz");
});

test.each([
  ["RUN curl -fsSLO https://x.org/a.tgz", "RUN tar xzf a.tgz -C /opt", "RUN sha256sum a.tgz > /sum"],
  ["RUN curl -fsSLO https://x.org/a.zip", "RUN unzip a.zip -d /opt", "RUN ./check --file=a.zip"],
  ["COPY a.zip /tmp/", "RUN unzip /tmp/a.zip -d /opt", "RUN sha256sum /tmp/a.zip > /sum"],
])("an archive that is used later has to stay: %s", (...rows) => {
  const { how, text } = proposed(...rows);
  expect(how).toMatch(/^manual: (line 4 may use the archive|a later step uses it again)$/);
  expect(text).toBe("");
});

test.each([
  ["ARG KEEP", 'RUN unzip a.zip -d /opt && if [ -z "$KEEP" ]; then rm a.zip; fi'],
  ["ARG NAME", "RUN unzip a.zip -d /opt && find / -name '*.zip' -delete"],
])("a removal that may not happen saves nothing for sure: %s", (...rows) => {
  const { how, text } = proposed("RUN wget -q https://x.org/a.zip", ...rows);
  expect(how).toBe("manual: it is not known whether its RUN removes it");
  expect(text).toBe("");
});

test("the new removal stands behind the last use", () => {
  const { text } = proposed(
    "RUN wget -q https://x.org/a.zip",
    "RUN unzip a.zip x -d /opt && unzip a.zip y -d /srv && echo done",
  );
  expect(text).toContain("&& unzip a.zip y -d /srv && rm /a.zip && echo done");
});

test.each([
  ["RUN unzip -q a.zip -d /opt | tail -1"],
  ["RUN for part in x y; do unzip a.zip $part -d /opt; done"],
  ['RUN part() { unzip a.zip -d "$1"; }; part /opt && part /srv'],
])("no removal is put where it would run too early: %s", (row) => {
  const { how, text } = proposed("RUN wget -q https://x.org/a.zip", row);
  expect(how).toBe("manual: it is not known where it could be removed");
  expect(text).toBe("");
});

test("sums are checked before the archive goes", () => {
  const { text } = proposed(
    "RUN curl -fsSLO https://x.org/a.tgz",
    "RUN curl -fsSLO https://x.org/a.tgz.sha256 && sha256sum -c a.tgz.sha256",
    "RUN tar xzf a.tgz -C /opt",
  );
  expect(text).not.toContain("|");
  expect(text).toMatch(/sha256sum -c a\.tgz\.sha256 \\\n {4}&& tar xzf a\.tgz -C \/opt && rm \/a\.tgz/);
});
