// Whatever the text, the reader answers, and its spans keep their laws.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfile variables are meant.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignments } from "../../src/dockerfile/assignments.ts";
import { copyParts } from "../../src/dockerfile/copy.ts";
import { expandWord } from "../../src/dockerfile/expand.ts";
import { fromParts } from "../../src/dockerfile/from.ts";
import { instructionLines, leadingComment } from "../../src/dockerfile/layout.ts";
import { runMounts } from "../../src/dockerfile/mounts.ts";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { shellWords, userParts, volumePaths, workdirPath } from "../../src/dockerfile/plain.ts";
import { runScript } from "../../src/dockerfile/script.ts";
import { slice } from "../../src/text.ts";
import { corpusIsThere, readCorpus } from "./corpus.ts";
import { brokenLaws } from "./laws.ts";

const fragment = fc.constantFrom(
  ..."FROM a|RUN |COPY |ADD |ENV |ARG |LABEL |ONBUILD |SHELL |HEALTHCHECK CMD |# |# escape=`|<<EOF|<<-EOF|EOF|<<'E F'".split(
    "|",
  ),
  ...'--from=x |--mount=type=cache,|-- |\\|`|\\\\|"|\'|[|]|["a", "b"]|\\u00e9|${|}|:-|$x|=|,|#|%|/|*'.split(
    "|",
  ),
  ...[
    "\n",
    "\n",
    "\r\n",
    "\\\n",
    "`\n",
    " ",
    "\t",
    "\u0085",
    "\u00a0",
    "\ufeff",
    "\u{1f600}",
    "\ud800",
    "é",
    "&&",
  ],
);
const dockerfileLike = fc
  .array(fc.oneof(fragment, fc.string({ maxLength: 4 })), { maxLength: 40 })
  .map((all) => all.join(""));

/** Reads a text and every view of it; the laws it breaks. */
function readEverything(text: string): string[] {
  const file = parseDockerfile(text);
  for (const instruction of file.instructions) {
    const words = [
      fromParts(instruction)?.image,
      copyParts(instruction)?.destination,
      workdirPath(instruction),
    ];
    words.push(...(shellWords(instruction) ?? []), ...volumePaths(instruction), userParts(instruction)?.user);
    for (const word of words) if (word !== undefined) expandWord(word.text, () => undefined, file.escape);
    assignments(instruction, file.escape);
    runMounts(instruction);
    runScript(instruction, file);
    const { start, end } = instructionLines(file, instruction);
    if (start > instruction.span.start || end < instruction.span.end) return ["lines hold their instruction"];
    const comment = leadingComment(file, instruction);
    if (
      comment !== undefined &&
      // Go's white space has U+0085, which JavaScript's has not.
      (comment.end !== start || !/^[\s\u0085]*#/.test(slice(text, comment)))
    ) {
      return ["a comment stands right above its instruction"];
    }
  }
  return brokenLaws(file);
}

describe("any text", () => {
  it("is read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => readEverything(text).length === 0),
    );
  });

  it("made of Dockerfile's parts is read", () => {
    fc.assert(
      fc.property(dockerfileLike, (text) => {
        expect(readEverything(text)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it("expands, whatever the word", () => {
    const lookup = (name: string) =>
      name.length % 2 === 0 ? { known: name } : name === "x" ? { hole: "x" } : undefined;
    fc.assert(
      fc.property(dockerfileLike, fc.constantFrom("\\" as const, "`" as const), (word, escapeChar) => {
        const { pieces } = expandWord(word, lookup, escapeChar);
        const texts = pieces.filter((piece) => piece.hole === undefined);
        expect(texts.every(({ text }) => text !== "")).toBe(true);
      }),
    );
  });

  it("takes time in step with its length", () => {
    const hostile = [
      "\n".repeat(200_000),
      "RUN a \\\n".repeat(50_000),
      `RUN a \\\n${"#\n".repeat(100_000)}`,
      `RUN <<${" ".repeat(100_000)}a<`,
      `# syntax=${" ".repeat(60_000)}x${" ".repeat(60_000)}`,
      `RUN [${'"a", \\\n'.repeat(20_000)}"b"]`,
      `RUN cat <<E\n${"\t<<E\n".repeat(50_000)}`,
      `RUN <<-E\n${"\tx\n".repeat(50_000)}E`,
      `ENV ${"a=b ".repeat(50_000)}`,
      "ONBUILD ".repeat(50_000),
      `COPY ${"--x=\\\n ".repeat(30_000)} a b`,
      `RUN <<E ${"${a:-".repeat(50_000)}`,
      `USER ${"${a:-".repeat(50_000)}`,
    ];
    for (const text of hostile) {
      const start = performance.now();
      readEverything(text.slice(0, 40));
      parseDockerfile(text);
      expect(performance.now() - start, JSON.stringify(text.slice(0, 30))).toBeLessThan(3000);
    }
  });
});

describe.skipIf(!corpusIsThere)("real files, changed", () => {
  it("are read", () => {
    const texts = readCorpus()
      .map(({ text }) => text)
      .filter((text) => text.length < 6000);
    const mutation = fc.record({
      text: fc.constantFrom(...texts),
      cuts: fc.array(fc.record({ at: fc.nat(6000), length: fc.nat(20), by: fragment }), {
        minLength: 1,
        maxLength: 8,
      }),
      crlf: fc.boolean(),
    });
    fc.assert(
      fc.property(mutation, ({ text, cuts, crlf }) => {
        let changed = text;
        for (const { at, length, by } of cuts) {
          const start = at % (changed.length + 1);
          changed = changed.slice(0, start) + by + changed.slice(start + length);
        }
        expect(readEverything(crlf ? changed.replaceAll(/\r?\n/g, "\r\n") : changed)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });
});
