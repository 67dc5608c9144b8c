// Removals that move into an earlier RUN: what decides over them, and what is said of them, goes along.
import { expect, test } from "vitest";
import { type AnalyzeOptions, analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";

const OPTIONS: AnalyzeOptions = { rules: ["removed-later"] };
const WRITER = "RUN curl -fsSLo /tmp/big.bin https://x.org/big";

function fixed(...rows: readonly string[]): string {
  const text = `FROM debian:12\n${WRITER}\n${rows.join("\n")}\n`;
  expect(analyze(text, OPTIONS).findings).toHaveLength(1);
  return fixText(text, { ...OPTIONS, unsafe: true }).text;
}

test.each(["[ -x /usr/bin/foo ]", "test -f /etc/done", "[[ -d /srv ]]"])(
  "%s before a removal moves with it",
  (guard) => {
    const shell = guard.startsWith("[[") ? ['SHELL ["/bin/bash", "-c"]'] : [];
    const text = `FROM debian:12\n${[...shell, WRITER].join("\n")}\nRUN ${guard} && rm -f /tmp/big.bin\n`;
    expect(fixText(text, OPTIONS).text).toContain(`${WRITER} \\\n    && ${guard} && rm -f /tmp/big.bin\n`);
  },
);

test.each([
  "RUN [ -x /usr/bin/foo ] || exit 1; rm -f /tmp/big.bin",
  "RUN ! test -f /etc/keep && rm -f /tmp/big.bin",
  "RUN apt-get update; [ -x /usr/bin/foo ] && rm -f /tmp/big.bin",
])("a test that cannot move stays with the removal: %s", (row) => {
  const guarded = row.replace("RUN ", "");
  expect(fixed(row)).toContain(guarded);
});

test("a test of what stands between keeps the removal behind it", () => {
  const rows = ["COPY foo /usr/bin/foo", "RUN [ -x /usr/bin/foo ] && rm -f /tmp/big.bin"];
  expect(fixed(...rows)).toMatch(/COPY foo \/usr\/bin\/foo\n(.*\n)*.*\[ -x \/usr\/bin\/foo \]/);
});

test("the comments of a heredoc go along", () => {
  const text = fixed(
    "RUN <<EOT",
    "# Only where foo is.",
    "set -e",
    "test -x /usr/bin/foo",
    "# No longer wanted.",
    "rm -f /tmp/big.bin",
    "EOT",
  );
  for (const part of ["# Only where foo is.", "# No longer wanted.", "test -x /usr/bin/foo"])
    expect(text).toContain(part);
});
