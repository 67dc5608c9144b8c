// Comments that switch rules off.
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { fixText } from "../../src/fix.ts";

const wasteful = ["FROM debian:bookworm-slim", "RUN apt-get update && apt-get install -y curl"];
const removal = "RUN rm -rf /var/lib/apt/lists/*";

function found(...rows: readonly string[]): readonly string[] {
  return analyze(`${rows.join("\n")}\n`).findings.map(({ rule }) => rule);
}

describe("findings that a comment switches off", () => {
  test.each<[string, ...string[]]>([
    ["above the instruction", ...wasteful, "# dfdedupe ignore=removed-later", removal],
    ["with other comments between", ...wasteful, "# dfdedupe ignore=removed-later", "  # why", removal],
    ["behind other rules", ...wasteful, "#dfdedupe ignore = copied-twice, removed-later", removal],
    [
      "inside the instruction",
      ...wasteful,
      "RUN true \\",
      "# dfdedupe ignore=removed-later",
      ` && ${removal.slice(4)}`,
    ],
    ["everywhere", "# dfdedupe global ignore=removed-later", ...wasteful, removal],
    ["everywhere, from below", ...wasteful, removal, "# dfdedupe global ignore=removed-later"],
  ])("%s", (_, ...rows) => {
    expect(found(...rows)).toEqual([]);
    const text = `${rows.join("\n")}\n`;
    expect(fixText(text).text).toBe(text);
  });
});

describe("findings that a comment leaves", () => {
  test.each<[string, ...string[]]>([
    ["without any", ...wasteful, removal],
    ["above another instruction", ...wasteful, "# dfdedupe ignore=removed-later", "ENV A=1", removal],
    ["with an empty line between", ...wasteful, "# dfdedupe ignore=removed-later", "", removal],
    ["for another rule", ...wasteful, "# dfdedupe ignore=copied-twice", removal],
    ["behind it", ...wasteful, removal, "# dfdedupe ignore=removed-later"],
    ["in a sentence", ...wasteful, "# the dfdedupe ignore=removed-later comment", removal],
  ])("%s", (_, ...rows) => {
    expect(found(...rows)).toEqual(["removed-later"]);
  });
});

test("a comment that names no rule, or one that there is not, is a problem", () => {
  const { problems } = analyze(
    `FROM busybox\n# dfdedupe ignore=removed-late\nENV A=1\n# dfdedupe ignore\nENV B=1\n`,
  );
  expect(problems.map(({ message, span }) => [message, span.start])).toEqual([
    ['no rule is called "removed-late"', 13],
    ["ignore needs rules: ignore=removed-later", 52],
  ]);
});
