// How instructions sit in their file.
import { describe, expect, it } from "vitest";
import { instructionLines, leadingComment, lineBreak } from "../../src/dockerfile/layout.ts";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { slice } from "../../src/text.ts";

function comments(text: string): (string | undefined)[] {
  const file = parseDockerfile(text);
  return file.instructions.map((instruction) => {
    const span = leadingComment(file, instruction);
    return span && slice(text, span);
  });
}

describe("instructionLines", () => {
  it("reach from the line's start to behind its break", () => {
    const text = "\ufeff  FROM a\r\n\tRUN <<E\r\nx\r\nE\r\nUSER x";
    const file = parseDockerfile(text);
    expect(file.instructions.map((one) => slice(text, instructionLines(file, one)))).toEqual([
      "  FROM a\r\n",
      "\tRUN <<E\r\nx\r\nE\r\n",
      "USER x",
    ]);
  });
});

describe("leadingComment", () => {
  it("is the unbroken block right above", () => {
    expect(comments("# far\n\n# near\n  # nearer\nFROM a\nRUN b\n# gone\n\nUSER c")).toEqual([
      "# near\n  # nearer\n",
      undefined,
      undefined,
    ]);
  });

  it("has no directives", () => {
    expect(comments("# syntax=a\n# escape=`\nFROM a")).toEqual([undefined]);
    expect(comments("# syntax=a\n# note\nFROM a")).toEqual(["# note\n"]);
  });

  it("has no comments from inside an instruction or a heredoc", () => {
    expect(comments("RUN a \\\n# in\n\\\n# end\nUSER b")).toEqual([undefined]);
    expect(comments("RUN a \\\n# in\n  b\nUSER c")).toEqual([undefined, undefined]);
    expect(comments("RUN <<E\n# in\nE\nUSER c")).toEqual([undefined, undefined]);
  });

  it("keeps its breaks, and leaves out a byte order mark", () => {
    expect(comments("\ufeff# a\r\n# b\r\nFROM a")).toEqual(["# a\r\n# b\r\n"]);
  });
});

describe("lineBreak", () => {
  it.each([
    ["", "\n"],
    ["a\nb\n", "\n"],
    ["a\r\nb\r\n", "\r\n"],
    ["a\r\nb\r\nc\n", "\r\n"],
    ["a\r\nb\nc\n", "\n"],
    ["a\rb", "\n"],
  ])("of %j is %j", (text, expected) => expect(lineBreak(text)).toBe(expected));
});
