// Which commands run, in which order, and how surely.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import { describe, expect, it } from "vitest";
import { environment, read, shown, shows } from "./reading.ts";

const known = environment({ V: "1", ARCH: undefined, LIST: "p q" });

/** Commands by name and words; `?` sometimes, `!` may fail. */
function flow(script: string): string {
  return read(script, { environment: known, shell: "bash" })
    .commands.map((command) => {
      const name = command.words.map((word) => word.text).join(" ") || "=";
      return `${name}${command.runs === "sometimes" ? "?" : ""}${command.mayFail ? "!" : ""}`;
    })
    .join(" ");
}

describe("lists", () => {
  it.each([
    ["a && b && c", "a b c"],
    ["a; b\nc", "a! b! c"],
    ["set -e; a; b", "set -e! a b"],
    ["a || b", "a! b?"],
    ["a || true", "a! true?"],
    ["a && b || true", "a! b?! true?"],
    ["a || b && c", "a! b? c"],
    ["a || exit 1", "a exit 1?"],
    ["a || exit 1; b", "a exit 1?! b"],
    ["a || { echo x; exit 1; }; b", "a echo x?! exit 1?! b"],
    ["a || exit 0; b", "a! exit 0?! b?"],
    ["a || false", "a false?"],
    ["(a; b) && c", "a! b c"],
    ["{ a && b; } && c", "a b c"],
    ["a | b | c", "a! b! c"],
    ["set -o pipefail && a | b", "set -o pipefail a b"],
    ["a & b", "a! b"],
    ["! a && b", "a! b"],
    ["[ -f x ] && a; b", "[ -f x ]! a?! b"],
    ["[ -f x ] && a", "[ -f x ] a"],
    ["set -e; [ -f x ] && a; b", "set -e! [ -f x ]! a? b"],
    ["set -e; (a && b) || c; d", "set -e! a! b?! c? d"],
    ["true || a", "true!"],
    ["false && a; b", "false! b"],
    ["false || a", "false! a"],
    ["a; exit 0; b", "a! exit 0!"],
    ["a && exec b; c", "a! b!"],
    ["$(a) b; X=$(c)", "a! $(a) b! c ="],
    ["(exit 1); a", "exit 1! a"],
  ])("%s", (script, expected) => {
    expect(flow(script)).toBe(expected);
  });
});

describe("branches", () => {
  it.each([
    ["if a; then b; else c; fi; d", "a! b?! c?! d"],
    ["if a; then b; elif c; then d; fi", "a! b? c?! d?"],
    ['if [ "$V" = 1 ]; then a; else b; fi', '[ "$V" = 1 ]! a'],
    ["if [ $V = 2 ]; then a; else b; fi", "[ $V = 2 ]! b"],
    ["if [ -z $V ]; then a; fi; b", "[ -z $V ]! b"],
    ['if [[ "$V" == [0-9] && -n $V ]]; then a; fi', '[[ "$V" == [0-9] -n $V! a'],
    ["if [ $V -ge 2 ]; then a; else b; fi", "[ $V -ge 2 ]! b"],
    ["if [ ! $V = 2 ]; then a; fi", "[ ! $V = 2 ]! a"],
    ['if [ "$ARCH" = x ]; then a; else b; fi', '[ "$ARCH" = x ]! a? b?'],
    ["if [ ! -f x ]; then exit 1; fi; a", "[ ! -f x ]! exit 1?! a"],
    ["if a; then b; else exit 1; fi; c", "a! b! exit 1?! c"],
    ["if [ -f x ]; then exit 0; fi; a", "[ -f x ]! exit 0?! a?"],
    ["if a; then exit 1; else b; fi", "a! exit 1? b"],
    ["case $V in 1) a;; 2) b;; esac", "a"],
    ["case $V in 2) b;; *) c;; esac", "c"],
    ["case $V in 2) b;; 1) a;& 3) d;; *) c;; esac", "a d"],
    ["case $ARCH in x|y) a;; *) exit 1;; esac; b", "a?! exit 1?! b"],
    ["case x-$V in x-*) a;; esac", "a"],
  ])("%s", (script, expected) => {
    expect(flow(script)).toBe(expected);
  });
});

describe("loops", () => {
  it("unrolls over known words", () => {
    expect(shows("for x in a $LIST; do get $x; done", { environment: known })).toEqual([
      "get a",
      "get p",
      "get q",
    ]);
    expect(shows("for x in {1..3}; do get $x; done", { shell: "bash" })).toEqual(["get 1", "get 2", "get 3"]);
    expect(shows('for x in *.whl "a b"; do get "$x"; done')).toEqual(["get *.whl", "get a b"]);
  });

  it("follows unknown lists once, and not surely", () => {
    const [line] = shows("for x in $(ls); do get /d/$x; done").filter((text) => text.startsWith("get"));
    expect(line).toMatch(/^get \/d\/<x@[\d.]+> \?$/);
    expect(shows('for x in "$ARCH" b; do get $x; done', { environment: known })).toEqual([
      "get <ARCH>",
      "get b",
    ]);
  });

  it("gives up unrolling long lists but knows that they are not empty", () => {
    const [line, ...others] = shows(`for x in ${"a ".repeat(100)}; do get $x; done`);
    expect(others).toEqual([]);
    expect(line).toMatch(/^get <x@[\d.]+>$/);
  });

  it("knows that break, continue and retries leave turns out", () => {
    expect(shows("for x in 1 2; do get $x && break || sleep 1; done; end")).toEqual([
      "get 1",
      "break ?",
      "sleep 1 ?",
      "get 2 ?",
      "break ?",
      "sleep 1 ?",
      "end",
    ]);
    expect(shows("for x in 1 2; do if [ $x = 1 ]; then continue; fi; get $x; done")).toEqual([
      "[ 1 = 1 ]",
      "continue",
      "[ 2 = 1 ]",
      "get 2",
    ]);
    expect(
      shows("for x in 1 2; do test -f $x || continue; get $x; done; end").filter((line) =>
        line.startsWith("get"),
      ),
    ).toEqual(["get 1 ?", "get 2 ?"]);
  });

  it("forgets what a loop may change", () => {
    expect(
      shows("n=1; while ask; do get $n; n=2; done; end $n").filter((line) => /[a-z]/.test(line)),
    ).toEqual(["ask", expect.stringMatching(/^get <n@\d+> \?$/), expect.stringMatching(/^end <n@\d+.*>$/)]);
    expect(shows("while true; do get && break; done; end")).toEqual(["true", "get", "break", "end"]);
    expect(shows("until false; do get; done").at(-1)).toBe("get");
    expect(shows("while false; do get; done; end")).toEqual(["false", "end"]);
    expect(shows("while read line; do get $line; done < list")[2]).toMatch(/^get <line@\d+> \?$/);
    expect(shows("for ((i=0; i<3; i++)); do get $i; done", { shell: "bash" })).toEqual([
      expect.stringMatching(/^get <i@\d+> \?$/),
    ]);
  });
});

describe("functions", () => {
  it("reads them at each call with their parameters", () => {
    expect(shows('f() { chmod -R "$1" /x; rm "$@"; }; f a "b c"; f d')).toEqual([
      "chmod -R a /x",
      "rm a b c",
      "chmod -R d /x",
      "rm d",
    ]);
    expect(shows('f() { for d in "$@"; do chmod g+w "$d"; done; }; f /a /b')).toEqual([
      "chmod g+w /a",
      "chmod g+w /b",
    ]);
  });

  it("keeps locals inside and lets the rest out", () => {
    expect(shows("X=1; Y=1; f() { local X=2; Y=2; }; f; end $X $Y").at(-1)).toBe("end 1 2");
    expect(shows("f() { echo $X; }; X=1 f; echo $X").slice(-2)).toEqual(["echo 1", "echo <X>"]);
    expect(shows("f() { cd /a; }; f; x").length).toBe(2);
    expect(read("f() { cd /a; }; f; x").commands.at(-1)?.cwd).toBe("/a");
  });

  it("knows return", () => {
    expect(shows("f() { a; return 0; b; }; f; c")).toEqual(["a", "return 0", "c"]);
    expect(shows("f() { [ -f x ] && return; b; }; f; c")).toEqual(["[ -f x ]", "return ?", "b ?", "c"]);
    expect(shows("f() { a || return 1; b; }; f && c")).toEqual(["a", "return 1 ?", "b", "c"]);
  });

  it("does not follow recursion for ever", () => {
    const script = read("f() { a; f; f; }; f");
    expect(script.understood).toBe(false);
    expect(script.commands.length).toBeLessThan(6000);
    expect(
      read("a() { b; b; b; b; }; b() { c; c; c; c; }; c() { d; d; d; d; }; d() { e; e; e; e; }; a").commands
        .length,
    ).toBeLessThan(2500);
  });

  it("says at the end of the chain where the call stands", () => {
    const script = "f() { rm x; }; a && f && b";
    const command = read(script).commands[1]!;
    expect(command.words[0]?.text).toBe("rm");
    const list = command.place.lists.find((one) => one.kind === "function")!;
    expect(script.slice(list.span.start, list.span.end)).toBe("f");
  });
});

describe("directories", () => {
  it.each([
    ["cd a && x", "/w/a"],
    ["cd /a; cd b; x", "/a/b"],
    ["cd ..; x", "/"],
    ["cd /a/b/../c/.; x", "/a/c"],
    ["cd /a; cd /b; cd -; x", "/a"],
    ["cd; x", "/root"],
    ["cd ~/a; x", "/root/a"],
    ["cd $ARCH/b; cd c; x", "<ARCH>/b/c"],
    ["cd /a/$ARCH; x", "/a/<ARCH>"],
    ["cd /a/$ARCH; cd ..; x", undefined],
    ["cd $(mktemp -d); x", undefined],
    ["cd $(pwd)/a; x", undefined],
    ["T=$(mktemp -d); cd $T; x", expect.stringMatching(/^<mktemp@\d+>$/)],
    ["cd $(mktemp -d); cd /a; x", "/a"],
    ["cd /a-*; x", "/a-*"],
    ["(cd /a); x", "/w"],
    ["cd /a | true; x", "/w"],
    ["cd /a || exit; x", "/a"],
    ["cd /a || exit 1; x", "/a"],
    ["cd /a || cd /b; x", undefined],
    ["if q; then cd /a; fi; x", undefined],
    ["if q; then cd /a; else cd /a; fi; x", "/a"],
    ["pushd /a; pushd b; popd; x", "/a"],
    ["pushd /a && popd && x", "/w"],
    ["for d in a b; do (cd $d && x); done", "/w/b"],
    ["for d in a b; do cd $d; cd ..; done; x", "/w"],
    ["env -C /a x", "/w"],
  ])("%s", (script, expected) => {
    const options = { environment: environment({ ARCH: undefined, HOME: "/root" }), cwd: "/w" };
    const cwd = read(script, options).commands.at(-1)!.cwd;
    expect(cwd === undefined ? undefined : shown(cwd)).toEqual(expected);
  });

  it("knows nothing below an unknown directory but absolute paths", () => {
    expect(read("cd a; x", { cwd: undefined }).commands.at(-1)!.cwd).toBeUndefined();
    expect(read("cd /a; x", { cwd: undefined }).commands.at(-1)!.cwd).toBe("/a");
  });
});

describe("variables along the way", () => {
  it.each([
    ["X=1; (X=2); x $X", "x 1"],
    ["X=1; X=2 | true; x $X", "x 1"],
    ["X=1; if q; then X=1; fi; x $X", "x 1"],
    ["if q; then X=1; else X=2; fi; x $X $X", expect.stringMatching(/^x <(X@\d+)> <\1>$/)],
    ["case $ARCH in a) X=1;; *) exit 1;; esac; x $X", "x 1"],
    ["q && X=1 || X=1; x $X", expect.stringMatching(/^x /)],
    ["read X; x $X", expect.stringMatching(/^x <X@\d+>$/)],
    ["X=1; bash -c 'x $X'", "x <X>"],
    ["export X=1; bash -c 'x $X'", "x 1"],
    ["X=1 bash -c 'x $X'", "x 1"],
    ['X=1; bash -c "x $X"', "x 1"],
    ["set -a; X=1; set +a; bash -c 'x $X'", "x 1"],
  ])("%s", (script, expected) => {
    expect(shows(script, { environment: known }).at(-1)).toEqual(expected);
  });

  it("tells each command its own environment", () => {
    const script = read("A=1; export B=2; C=3 x; export B=4; env D=5 y", { environment: known });
    const value = (index: number, name: string): string | undefined => {
      const pieces = script.commands
        .find((command) => command.words[0]?.text === (index === 0 ? "x" : "y"))!
        .lookup(name);
      return pieces?.map((piece) => piece.text).join("");
    };
    expect([value(0, "A"), value(0, "B"), value(0, "C"), value(0, "V")]).toEqual([undefined, "2", "3", "1"]);
    expect([value(1, "B"), value(1, "C"), value(1, "D")]).toEqual(["4", undefined, "5"]);
  });
});
