// Words: quotes, variables, braces, tilde, substitutions.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import { describe, expect, it } from "vitest";
import {
  hasGlob,
  knownValue,
  literalWord,
  parseRendered,
  render,
  renderPieces,
} from "../../src/shell/word.ts";
import { environment, read, shown, shows } from "./reading.ts";

const known = environment({
  V: "1.2.3",
  LIST: "a b  c",
  EMPTY: "",
  DIR: "/opt/x",
  ARCH: undefined,
  GLOB: "*.c",
});

/** The words of `x …` after `x`. */
function words(text: string, before = ""): string {
  const commands = read(`${before}x ${text}`, { environment: known, cwd: "/job", shell: "bash" }).commands;
  return commands
    .at(-1)!
    .words.slice(1)
    .map((word) => shown(render(word)) || "''")
    .join("|");
}

describe("words", () => {
  it.each([
    // Quotes and escapes.
    ["a 'b c' \"d e\" f\\ g", "a|b c|d e|f g"],
    ['"a\\"b\\$c\\d"', 'a"b$c\\d'],
    ["$'a\\tb'", "a\tb"],
    ["'' \"\" a''b", "''|''|ab"],
    ["a\\\nb", "ab"],
    // Globs are globs only without quotes.
    ["*.c '*.c' \\*.c \"$DIR\"/*.[ch]", "*.c|\\*.c|\\*.c|/opt/x/*.[ch]"],
    ['$GLOB "$GLOB"', "*.c|\\*.c"],
    // Variables.
    ['$V ${V} "v$V"', "1.2.3|1.2.3|v1.2.3"],
    ['$LIST "$LIST" x$LIST', "a|b|c|a b  c|xa|b|c"],
    ['$EMPTY "$EMPTY" a', "''|a"],
    ['$ARCH "$ARCH" lib-$ARCH.so', "<ARCH>|<ARCH>|lib-<ARCH>.so"],
    ["$UNSAID", "<UNSAID>"],
    // Parameter expansion.
    ["${V:-z} ${EMPTY:-z} ${EMPTY-z}", "1.2.3|z"],
    ['${V:+y} ${EMPTY:+y} "${EMPTY:+y}"', "y|''"],
    ['${EMPTY:-a b} "${EMPTY:-a b}"', "a|b|a b"],
    ["${V%.*} ${V%%.*} ${V#*.} ${V##*.}", "1.2|1|2.3|3"],
    ["${DIR##*/} ${DIR%/*}", "x|/opt"],
    ["${V/./-} ${V//./-} ${V/#1/x} ${V/%3/y}", "1-2.3|1-2-3|x.2.3|1.2.y"],
    ["${V:0:3} ${#V} ${V^^}", "1.2|5|1.2.3"],
    ["${ARCH:-z}", "<<ARCH>:-z>"],
    ["${ARCH%x} ${ARCH%x}", "<<ARCH>%25x>|<<ARCH>%25x>"],
    // Braces.
    ["/a/{b,c/{d,e}}/f", "/a/b/f|/a/c/d/f|/a/c/e/f"],
    ["{1..3} {a..c} {01..03} {5..1..2}", "1|2|3|a|b|c|01|02|03|5|3|1"],
    ['x{,.bak} {a} {a,$V}"{q,r}"', "x|x.bak|{a}|a{q,r}|1.2.3{q,r}"],
    // Tilde.
    ["~/a ~root/b ~bob/c '~/d'", "<HOME>/a|/root/b|<~bob>/c|~/d"],
    // Special parameters.
    ['$# "$@" $1', "0"],
    ["$PWD", "/job"],
  ])("%s", (text, expected) => {
    expect(words(text)).toBe(expected);
  });

  it.each([
    ["A=1; ", "$A", "1"],
    ["A=1 B=${A}2; ", "$B", "12"],
    ["export A=1 B; ", "$A", "1"],
    ['export "A=$V"; ', "$A", "1.2.3"],
    ["A=x; A+=y; ", "$A", "xy"],
    ["A=(p q r); ", '"${A[@]}" ${A[1]} ${#A[@]} $A', "p|q|r|q|3|p"],
    ["A=(p); A+=(q); ", "${A[*]}", "p|q"],
    ["unset V; ", "${V:-gone}", "gone"],
    [": ${N:=d}; unset N; : ${N:=e}; ", "$N", "e"],
    ["set -- p 'q r'; ", '"$@" $2 $#', "p|q r|q|r|2"],
    ["set -- p q; shift; ", "$1", "q"],
    ["N=V; ", "${!N}", "1.2.3"],
    ["HOME=/h; ", "~/x", "/h/x"],
    ["IFS=,; L=a,b; ", "$L", "a|b"],
    ["D=$(dirname /a/b/c) B=$(basename /a/b) E=$(echo x$V) P=$(pwd); ", "$D $B $E $P", "/a/b|b|x1.2.3|/job"],
    ["B=`echo \\`echo q\\``; ", "$B", "q"],
  ])("%sx %s", (before, text, expected) => {
    expect(words(text, before)).toBe(expected);
  });

  it("gives equal ids to equal values and different ones to what may differ", () => {
    const pick = (script: string): string[] => {
      const { words: all } = read(script, { environment: known }).commands.at(-1)!;
      return all.slice(1).map((word) => shown(render(word)));
    };
    const [first, second] = pick("x $(uname -m) `uname -m`");
    expect(first).toBe(second);
    const [third, fourth] = pick("x $(mktemp -d) $(mktemp -d)");
    expect(third).not.toBe(fourth);
    const [fifth, sixth] = pick("T=$(mktemp -d); x $T $T");
    expect(fifth).toBe(sixth);
    const both = read("A=1; x $(printf %s $A | tr a b); A=2; x $(printf %s $A | tr a b)").commands.filter(
      (command) => command.words[0]?.text === "x",
    );
    expect(render(both[0]!.words[1]!)).not.toBe(render(both[1]!.words[1]!));
  });

  it("keeps ids free of characters that mean something in a path", () => {
    const [command] = read('x $(cat /etc/os-release | grep "^ID=" | cut -d= -f2)').commands.slice(-1);
    const id = command!.words[1]!.pieces.map((piece) => (piece.kind === "hole" ? piece.id : ""))[0]!;
    expect(id).not.toMatch(/[/\s*?[]/);
  });

  it("does not expand braces in ash", () => {
    expect(shows("mkdir /a/{b,c}", { shell: "ash" })).toEqual(["mkdir /a/{b,c}"]);
  });

  it("knows values, globs and renders both ways", () => {
    const word = literalWord("a*b");
    expect([knownValue(word), hasGlob(word), render(word)]).toEqual(["a*b", true, "a*b"]);
    const text = "/a/\uE000X\uE001/\uE002*x?";
    expect(renderPieces(parseRendered(text))).toBe(text);
  });
});
