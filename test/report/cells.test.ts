import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutLine, escapeControls, showLine, textWidth, wrap } from "../../src/report/cells.ts";

describe("escapeControls", () => {
  test.each([
    ["\x1b[31mred", "\\x1b[31mred"],
    ["a\rb\x00c\x7f", "a\\x0db\\x00c\\x7f"],
    ["C1 \x9b31m", "C1 \\x9b31m"],
    ["turned \u202eright", "turned \\u202eright"],
    ["tab\tand\nbreak stay", "tab\tand\nbreak stay"],
  ])("%j", (text, shown) => expect(escapeControls(text)).toBe(shown));
});

describe("textWidth", () => {
  test.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["🐳", 2],
    ["━│…", 3],
  ])("%s takes %i", (text, width) => expect(textWidth(text)).toBe(width));
});

describe("showLine", () => {
  test("a tab is four blanks, and what follows it moves", () => {
    const line = showLine("\tRUN x");
    expect(line.cell(1)).toBe(4);
    expect(line.width).toBe(9);
  });

  test("a byte order mark takes no cell", () => {
    expect(showLine("\uFEFFFROM a").cell(1)).toBe(0);
  });

  test("an escaped character is as wide as its escape", () => {
    expect(showLine("a\x1bb").cell(2)).toBe(5);
  });
});

describe("cutLine", () => {
  const digits = showLine("0123456789".repeat(3));

  test("a line that fits stays", () => expect(cutLine(digits, 30, 0, 0).text).toBe("0123456789".repeat(3)));

  test("its end goes when the place is near its beginning", () => {
    expect(cutLine(digits, 12, 2, 6)).toEqual({ text: "01234567890…", shift: 0 });
  });

  test("its beginning goes when the place is near its end", () => {
    const { text, shift } = cutLine(digits, 12, 25, 30);
    expect(text).toBe("…90123456789");
    expect(text.slice(25 + shift, 30 + shift)).toBe("56789");
  });

  test("both go when the place is in the middle", () => {
    const { text, shift } = cutLine(digits, 12, 13, 17);
    expect(text).toBe("…0123456789…");
    expect(text.slice(13 + shift, 17 + shift)).toBe("3456");
  });

  test("never wider than asked, and a place that fits is seen whole", () => {
    const character = fc.constantFrom("a", "b", " ", "\t", "日", "🐳", "\x1b", "e\u0301");
    fc.assert(
      fc.property(
        fc.array(character, { maxLength: 60 }),
        fc.integer({ min: 20, max: 40 }),
        fc.nat(),
        fc.nat(12),
        (characters, width, at, length) => {
          const raw = characters.join("");
          const line = showLine(raw);
          const start = line.cell(at % (raw.length + 1));
          const end = Math.min(line.width, start + length);
          const { text, shift } = cutLine(line, width, start, end);
          expect(textWidth(text)).toBeLessThanOrEqual(width);
          expect(start + shift).toBeGreaterThanOrEqual(0);
          expect(end + shift).toBeLessThanOrEqual(width);
        },
      ),
    );
  });
});

describe("wrap", () => {
  test("breaks at blanks", () =>
    expect(wrap("one two  three\nfour", 9)).toEqual(["one two", "three", "four"]));
  test("keeps a word that is too long", () =>
    expect(wrap("a verylongword b", 6)).toEqual(["a", "verylongword", "b"]));
  test("nothing gives nothing", () => expect(wrap("  ", 9)).toEqual([]));
});
