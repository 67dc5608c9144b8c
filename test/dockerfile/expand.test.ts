// Word expansion, against what BuildKit's lexer makes of the same words.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables in strings are what is tested here.
import { describe, expect, it } from "vitest";
import { expandWord, knownText, type Lookup } from "../../src/dockerfile/expand.ts";
import { splitWords } from "../../src/dockerfile/split.ts";

const values: Readonly<Record<string, string>> = {
  NAME: "tool",
  EMPTY: "",
  PATHS: "/opt/lib:/usr/lib:/lib",
  FILE: "pkg-1.2.3.tar.gz",
  STARS: "a*b*c",
  LINES: "one\ntwo",
};
const lookup: Lookup = (name) => {
  if (name.startsWith("LATE")) return { hole: `build.${name}` };
  const known = values[name];
  return known === undefined ? undefined : { known };
};

function expand(word: string, escapeChar: "\\" | "`" = "\\"): string {
  const { pieces, problem } = expandWord(word, lookup, escapeChar);
  if (problem !== undefined) return `! ${problem}`;
  return pieces.map((piece) => (piece.hole === undefined ? piece.text : `<${piece.hole}>`)).join("");
}

describe("expandWord", () => {
  it.each([
    ["plain", "plain"],
    ["", ""],
    ["$NAME", "tool"],
    ["${NAME}", "tool"],
    ["a${NAME}b$NAME.c", "atoolbtool.c"],
    ["$NAME_x", ""],
    ["${GONE}", ""],
    ["$", "$"],
    ["a$ b", "a$ b"],
    ["$1a", "a"],
    ["$?", ""],
    ["$$x", "x"],
  ])("variables: %s", (word, expected) => expect(expand(word)).toBe(expected));

  it.each([
    ["${GONE:-x}", "x"],
    ["${GONE-x}", "x"],
    ["${EMPTY:-x}", "x"],
    ["${EMPTY-x}", ""],
    ["${NAME:-x}", "tool"],
    ["${NAME:+x}", "x"],
    ["${EMPTY:+x}", ""],
    ["${EMPTY+x}", "x"],
    ["${GONE+x}", ""],
    ["${NAME:?gone}", "tool"],
    ["${EMPTY?gone}", ""],
    ["${GONE:-${NAME}/${EMPTY:-deep}}", "tool/deep"],
    ["${GONE:-'$NAME'}", "$NAME"],
    ['${GONE:-"$NAME }"}', "tool }"],
    ["${GONE:-a\\}b}", "a}b"],
  ])("defaults: %s", (word, expected) => expect(expand(word)).toBe(expected));

  it.each([
    ["${FILE#*.}", "2.3.tar.gz"],
    ["${FILE##*.}", "gz"],
    ["${FILE%.*}", "pkg-1.2.3.tar"],
    ["${FILE%%.*}", "pkg-1"],
    ["${FILE#pkg-}", "1.2.3.tar.gz"],
    ["${FILE%nothing}", "pkg-1.2.3.tar.gz"],
    ["${FILE%.tar.??}", "pkg-1.2.3"],
    ["${STARS#a\\*}", "b*c"],
    ["${STARS%\\**}", "a*b"],
    ["${STARS%%\\**}", "a"],
    ["${LINES#*e}", "\ntwo"],
    ["${LINES##*o}", "ne\ntwo"],
    ["${GONE%x}", ""],
    ["${FILE#${GONE:-pkg}}", "-1.2.3.tar.gz"],
  ])("trims: %s", (word, expected) => expect(expand(word)).toBe(expected));

  it.each([
    ["${PATHS/lib/x}", "/opt/x:/usr/lib:/lib"],
    ["${PATHS//lib/x}", "/opt/x:/usr/x:/x"],
    ["${PATHS//:*/}", "/opt/lib"],
    ["${PATHS/\\/opt/}", "/lib:/usr/lib:/lib"],
    ["${PATHS//:/$NAME}", "/opt/libtool/usr/libtool/lib"],
    ["${FILE//./}", "pkg-123targz"],
    ["${GONE/a/b}", ""],
  ])("replaces: %s", (word, expected) => expect(expand(word)).toBe(expected));

  it.each([
    ["'$NAME'", "$NAME"],
    ['"$NAME"', "tool"],
    ["'a'\"b\"c", "abc"],
    ['"it\'s"', "it's"],
    ["\\$NAME", "$NAME"],
    ["\\\\$NAME", "\\tool"],
    ["a\\b", "ab"],
    ['"a\\b"', "a\\b"],
    ['"\\$NAME \\" \\\\"', '$NAME " \\'],
    ["'a\\b'", "a\\b"],
    ["end\\", "end"],
    ["<<EOF", "<<EOF"],
  ])("quotes and escapes: %s", (word, expected) => expect(expand(word)).toBe(expected));

  it("escapes with a backtick where the file says so", () => {
    expect(expand("C:\\$NAME\\`$x", "`")).toBe("C:\\tool\\$x");
    expect(expand('"`"`a"', "`")).toBe('"`a');
  });

  it.each([
    ["${", "missing '}'"],
    ["${NAME", "unsupported modifier"],
    ["${NAME:-x", "missing '}'"],
    ["${}", "bad substitution"],
    ["${:-x}", "bad substitution"],
    ["${{NAME}}", "bad substitution"],
    ["${NAME^^}", "unsupported modifier ^"],
    ["${NAME:1:2}", "unsupported modifier :1"],
    ["${NAME:#x}", "unsupported modifier :#"],
    ["${NAME#\\x}", "invalid pattern"],
    ["${NAME/a}", "missing '/'"],
    ["${NAME/a/b", "missing '}'"],
    ["${GONE:?not given}", "GONE: not given"],
    ["${EMPTY:?}", "EMPTY: must not be empty"],
    ["${GONE?}", "GONE: must not be unset"],
    ["'open", "single quote"],
    ['"open', "double quote"],
  ])("refuses %s", (word, problem) => {
    expect(expand(word)).toContain("! ");
    expect(expand(word)).toContain(problem);
    expect(expandWord(word, lookup, "\\").pieces).toEqual([{ hole: word, text: word }]);
  });

  it("keeps what only the build knows as a hole, with its source", () => {
    expect(expandWord("v$LATE-${LATE}", lookup, "\\").pieces).toEqual([
      { text: "v" },
      { hole: "build.LATE", text: "$LATE" },
      { text: "-" },
      { hole: "build.LATE", text: "${LATE}" },
    ]);
    expect(expand('"$LATE"')).toBe("<build.LATE>");
    expect(expand("${GONE:-$LATE}x")).toBe("<build.LATE>x");
    expect(expand("${NAME:+$LATE}")).toBe("<build.LATE>");
  });

  it("tells changed holes from the ones they are made of", () => {
    const ids = [
      "$LATE",
      "${LATE:-x}",
      "${LATE%.*}",
      "${LATE%%.*}",
      "${LATE:-$NAME}",
      "${LATE:-$LATER}",
      "${LATE/a/b}",
    ];
    expect(new Set(ids.map((id) => expand(id))).size).toBe(ids.length);
    expect(expand("${LATE:-tool}")).toBe(expand("${LATE:-$NAME}"));
    expect(expand("${NAME#$LATE}")).not.toBe(expand("${FILE#$LATE}"));
    expect(expand("${NAME/o/$LATE}")).toBe("t<build.LATE>ol");
    expect(expand("${NAME/$LATE/o}")).toContain("build.LATE");
  });

  it("ends on any depth of nesting", () => {
    const deep = "${A:-".repeat(50_000) + "}".repeat(50_000);
    expect(expandWord(deep, lookup, "\\").problem).toContain("too deep");
  });
});

describe("knownText", () => {
  it("is the text without holes, and nothing with one", () => {
    expect(knownText([])).toBe("");
    expect(knownText(expandWord("a$NAME", lookup, "\\").pieces)).toBe("atool");
    expect(knownText(expandWord("a$LATE", lookup, "\\").pieces)).toBeUndefined();
  });
});

describe("splitWords", () => {
  const words = (line: string) => splitWords(line, { quotes: true, escapes: true })?.map(({ text }) => text);

  it("splits at spaces outside quotes, and leaves the words as written", () => {
    expect(words('RUN a  \'b c\' "d \\" e" f\\ g $h ${i:-j}')).toEqual([
      "RUN",
      "a",
      "'b c'",
      '"d \\" e"',
      "f\\ g",
      "$h",
      "${i:-j}",
    ]);
  });

  it("takes the spaces behind << along", () => {
    expect(words("cat << EOF <<-  X <<<y")).toEqual(["cat", "<< EOF", "<<-", "X", "<<<y"]);
  });

  it("gives nothing for an open quote or a reference that BuildKit does not know", () => {
    expect(words("it's <<EOF")).toBeUndefined();
    expect(words("${x^^} <<EOF")).toBeUndefined();
  });

  it("knows where each word stands", () => {
    const line = "a 'b c'd <<  E";
    const found = splitWords(line, { quotes: true, escapes: true }) ?? [];
    expect(found.map(({ start, end }) => line.slice(start, end))).toEqual(["a", "'b c'd", "<<  E"]);
  });
});
