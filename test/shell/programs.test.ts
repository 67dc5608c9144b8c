// Wrappers, scripts within scripts, redirections, pipes and inline programs.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import { describe, expect, it } from "vitest";
import type { ShellCommand } from "../../src/shell/command.ts";
import { inlineScript } from "../../src/shell/inline.ts";
import { render } from "../../src/shell/word.ts";
import { slice } from "../../src/text.ts";
import { environment, read, show, shown, shows } from "./reading.ts";

const known = environment({ V: "1", ARCH: undefined });

function only(script: string): ShellCommand {
  const { commands } = read(script, { environment: known });
  expect(commands).toHaveLength(1);
  return commands[0]!;
}

describe("wrappers", () => {
  it.each([
    ["sudo rm x", "rm x", "sudo", "root"],
    ["sudo -E -u bob rm x", "rm x", "sudo", "bob"],
    ["sudo -Eu bob -- rm x", "rm x", "sudo", "bob"],
    ["sudo --user=bob A=1 rm x", "rm x", "sudo", "bob"],
    ["sudo -u$ARCH rm x", "rm x", "sudo", "<ARCH>"],
    ["gosu bob:bob rm -r x", "rm -r x", "gosu", "bob:bob"],
    ["su-exec bob rm x", "rm x", "su-exec", "bob"],
    ["runuser -u bob -- rm x", "rm x", "runuser", "bob"],
    ["env rm x", "rm x", "env", undefined],
    ["env -i -u A B=1 /bin/rm x", "/bin/rm x", "env", undefined],
    ["time rm x", "rm x", "", undefined],
    ["/usr/bin/time -v rm x", "rm x", "time", undefined],
    ["exec rm x", "rm x", "exec", undefined],
    ["command rm x", "rm x", "command", undefined],
    ["nice -n 5 rm x", "rm x", "nice", undefined],
    ["nohup rm x", "rm x", "nohup", undefined],
    ["stdbuf -oL rm x", "rm x", "stdbuf", undefined],
    ["timeout -k 5 10m rm x", "rm x", "timeout", undefined],
    ["eatmydata rm x", "rm x", "eatmydata", undefined],
    ["sudo env A=1 nice rm x", "rm x", "sudo env nice", "root"],
    ["command -v rm", "command -v rm", "", undefined],
    ["xargs rm x", "xargs rm x", "", undefined],
    ["chroot /x rm y", "chroot /x rm y", "", undefined],
    ["sudo", "sudo", "", undefined],
    ["sudo -l", "sudo -l", "", undefined],
    ["! rm x", "rm x", "", undefined],
  ])("%s", (script, words, wrappers, user) => {
    const command = only(script);
    expect(show(command)).toBe(words);
    expect(command.wrappers.map((wrapper) => wrapper.name).join(" ")).toBe(wrappers);
    expect(command.user === undefined ? undefined : shown(render(command.user))).toBe(user);
    const keyword = /^(time|!) (?=rm)/.exec(script)?.[0].length ?? 0;
    expect(slice(script, command.span)).toBe(script.slice(keyword));
  });

  it("keeps assignments of the prefix and of env", () => {
    const command = only("A=$V env B='x y' C=$ARCH D=1 make E=2");
    expect([...command.assignments].map(([name, word]) => `${name}=${shown(render(word))}`)).toEqual([
      "A=1",
      "B=x y",
      "C=<ARCH>",
      "D=1",
    ]);
    expect(show(command)).toBe("make E=2");
  });
});

describe("scripts within scripts", () => {
  it.each([
    ["sh -c 'a b; c'", ["a b", "c"]],
    ["/bin/bash -euxo pipefail -c 'a && b'", ["a", "b"]],
    ['bash -lc "a $V \'$ARCH\' \\"q\\" \\$X"', ["a 1 <ARCH> q <X>"]],
    ["bash -c 'a $0 $1 $@' name p 'q r'", [expect.stringMatching(/^a <0@\d+> p p q r$/)]],
    ["sh -c \"sh -c 'a \\$V'\"", ["a 1"]],
    ["sudo -u bob sh -c 'a'", ["a"]],
    ["su - bob -c 'a; b'", ["a", "b"]],
    ['su bob -s /bin/sh -c "a $V"', ["a 1"]],
    ['eval "a $V" b', ["a 1 b"]],
    ["eval 'X=3'; a $X", ["", "a 3"]],
    ["bash <<EOF\na $V\nb\nEOF", ["a 1", "b"]],
    ["bash -s p <<'EOF'\na $1 $V\nEOF", ["a p 1"]],
    ["bash <<< 'a b'", ["a b"]],
    ["bash script.sh -c x", ["bash script.sh -c x"]],
    ['bash -c "$(curl x)"', ["curl x", expect.stringMatching(/^bash -c <curl@\d+>$/)]],
    ['sh -c "$ARCH"', ["sh -c <ARCH>"]],
    [". ./x.sh a", [". ./x.sh a"]],
    ["find . -exec sh -c 'x' {} +", ["find . -exec sh -c x {} +"]],
  ])("%s", (script, expected) => {
    expect(shows(script, { environment: known })).toEqual(expected);
  });

  it("maps what stands in quotes to the file", () => {
    const script = 'true && bash -c "rm -rf /a/\\"b c\\" \\\n  $V && chmod \\$X y"';
    const [, rm, chmod] = read(script, { environment: known }).commands;
    expect(slice(script, rm!.span)).toBe('rm -rf /a/\\"b c\\" \\\n  $V');
    expect(slice(script, rm!.words[2]!.span)).toBe('/a/\\"b c\\"');
    expect(slice(script, chmod!.words[1]!.span)).toBe("\\$X");
    expect(chmod!.place.lists.map((list) => list.kind)).toEqual([
      "sequence",
      "and-or",
      "shell -c",
      "sequence",
      "and-or",
    ]);
  });

  it("knows the user, the home and errexit of the inner script", () => {
    const [inner] = read("cd /a; su - bob -c 'x'").commands.slice(-1);
    expect(inner!.user?.text).toBe("bob");
    expect(inner!.cwd).toBeUndefined();
    expect(read("cd /a; su bob -c 'x'").commands.at(-1)?.cwd).toBe("/a");
    expect(read("sh -ec 'a; b'").commands[0]!.mayFail).toBe(false);
    expect(read("sh -c 'a; b'").commands[0]!.mayFail).toBe(true);
    expect(read("sh -c 'a' || true").commands[0]!.mayFail).toBe(true);
    expect(read("sh -c 'cd /x'; y").commands.at(-1)?.cwd).toBe("/");
  });
});

describe("redirections and pipes", () => {
  it("knows operators, descriptors and targets", () => {
    const command = only("x >a 2>>'b c' <d &>/dev/null 2>&1 3<>e >|f");
    expect(command.redirects.map((one) => `${one.fd}${one.operator}${render(one.target)}`)).toEqual([
      "1>a",
      "2>>b c",
      "0<d",
      "1&>/dev/null",
      "2>&1",
      "3<>e",
      "1>|f",
    ]);
    expect(show(command)).toBe("x");
  });

  it("gives a group's, a loop's and a function's redirections a command of their own", () => {
    const lines = (script: string): string[] =>
      read(script).commands.map(
        (one) => `${show(one)}${one.redirects.map((r) => r.operator + render(r.target)).join()}`,
      );
    expect(lines("{ a; b; } > f")).toEqual([">f", "a", "b"]);
    expect(lines("for x in 1 2; do a $x; done >> f")).toEqual([">>f", "a 1", "a 2"]);
    expect(lines("f() { a; }; f > g")).toEqual([">g", "a"]);
    expect(lines("sh -c 'a' > g")).toEqual([">g", "a"]);
    expect(lines("> f")).toEqual([">f"]);
    expect(lines("exec > f; a")).toEqual([">f", "a"]);
  });

  it("reads heredocs and here-strings", () => {
    const script = "cat > /f <<EOF && b\nx $V $ARCH \\$Y\n\tz\nEOF\nc";
    const { commands } = read(script, { environment: known });
    expect(commands.map(show)).toEqual(["cat", "b", "c"]);
    const { stdin } = commands[0]!;
    if (stdin?.kind !== "heredoc") throw new Error("no heredoc");
    expect(shown(render(stdin.content))).toBe("x 1 <ARCH> $Y\n\tz\n");
    expect(stdin.excerpt.text).toBe("x $V $ARCH \\$Y\n\tz\n");
    expect(slice(script, stdin.span)).toBe("x $V $ARCH \\$Y\n\tz\nEOF");
    expect(slice(script, commands[0]!.span)).toBe("cat > /f <<EOF");

    const tabs = only("cat <<-'E'\n\ta $V\n\t\tb\n\tE").stdin;
    if (tabs?.kind !== "heredoc") throw new Error("no heredoc");
    expect([render(tabs.content), tabs.excerpt.text]).toEqual(["a $V\nb\n", "a $V\nb\n"]);
    expect(
      slice("cat <<-'E'\n\ta $V\n\t\tb\n\tE", {
        start: tabs.excerpt.pieces[1]!.source,
        end: tabs.excerpt.pieces[1]!.source + 1,
      }),
    ).toBe("b");

    const here = only('x <<< "a $V"').stdin;
    expect(here?.kind === "herestring" ? render(here.content) : "").toBe("a 1");
  });

  it("connects pipes by index", () => {
    const { commands } = read("a $(q) | b | while read x; do c; done");
    expect(commands.map(show)).toEqual(["q", expect.stringMatching(/^a </), "b", "read x", "c ?"]);
    expect(commands.map((one) => [one.pipedFrom, one.pipedTo])).toEqual([
      [undefined, undefined],
      [undefined, 2],
      [1, 3],
      [2, undefined],
      [undefined, undefined],
    ]);
    expect(commands.map((one) => one.stdin?.kind)).toEqual([undefined, undefined, "pipe", "pipe", undefined]);
  });

  it("lists the commands of substitutions before the command that holds them", () => {
    const { commands } = read("x $(a | b) <(c) `d \\`e\\``");
    expect(commands.map(show).slice(0, -1)).toEqual(["a", "b", "c", "e", expect.stringMatching(/^d </)]);
    expect(commands[3]!.place.lists.map((list) => list.kind)).toEqual([
      "sequence",
      "substitution",
      "sequence",
      "substitution",
      "sequence",
    ]);
  });
});

describe("places", () => {
  it("say how lists stand around a command", () => {
    const script = "a && b &&\n  { c; d; } ; e # x\nf &";
    const { commands } = read(script);
    const d = commands.find((one) => one.words[0]!.text === "d")!;
    expect(
      d.place.lists.map((list) => [list.kind, list.index, list.items.map((item) => slice(script, item))]),
    ).toEqual([
      ["sequence", 0, ["a && b &&\n  { c; d; }", "e", "f"]],
      ["and-or", 2, ["a", "b", "{ c; d; }"]],
      ["group", 0, ["c; d"]],
      ["sequence", 1, ["c", "d"]],
    ]);
    expect(d.place.lists.map((list) => list.separators.map((one) => one.operator))).toEqual([
      [";", "\n", "&"],
      ["&&", "&&"],
      [],
      [";", ";"],
    ]);
    for (const list of d.place.lists) {
      for (const separator of list.separators) expect(slice(script, separator.span)).toBe(separator.operator);
    }
  });

  it("name the branches of if and case and the parts of loops", () => {
    const kinds = (script: string, name: string): string =>
      read(script)
        .commands.find((one) => one.words[0]!.text === name)!
        .place.lists.map((list) => `${list.kind}:${list.index}/${list.items.length}`)
        .join(" ");
    expect(kinds("if a; then b; elif c; then x; else d; fi", "x")).toBe("sequence:0/1 if:3/5 sequence:0/1");
    expect(kinds("case $Z in a) b;; c) x;; esac", "x")).toBe("sequence:0/1 case:1/2 sequence:0/1");
    expect(kinds("while a; do x; done", "x")).toBe("sequence:0/1 loop:1/2 sequence:0/1");
    expect(kinds("a | (x)", "x")).toBe("sequence:0/1 pipeline:1/2 subshell:0/1 sequence:0/1");
  });
});

describe("inline programs", () => {
  it.each([
    ["python -c 'import a'", "python", "import a"],
    ['python3.11 -u -c "print($V)"', "python", "print(1)"],
    ["/opt/venv/bin/python - <<EOF\nimport a\nEOF", "python", "import a\n"],
    ["python3 <<'EOF'\nimport $a\nEOF", "python", "import $a\n"],
    ["uv run --with x python -c 'b'", "python", "b"],
    ["conda run -n env python -c 'b'", "python", "b"],
    ["sudo -u x python -c 'b'", "python", "b"],
    ["node -e 'c'", "node", "c"],
    ["perl -pe 's/a/b/'", "perl", "s/a/b/"],
    ["php -r 'd();'", "php", "d();"],
    ["Rscript -e 'e'", "r", "e"],
  ])("%s", (script, interpreter, text) => {
    const found = inlineScript(only(script));
    expect(found).toMatchObject({ interpreter, text });
    expect(slice(script, found!.span)).toContain(text.split(/[($]/)[0]);
  });

  it.each([
    "python -m pip install x",
    "python x.py -c y",
    "python",
    "uv run x.py",
    "pip -c x",
    "python - < f",
  ])("%s is none", (script) => {
    expect(inlineScript(only(script))).toBeUndefined();
  });
});
