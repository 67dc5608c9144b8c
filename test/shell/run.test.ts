// The forms of RUN, and script files.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are shell text
import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import type { ShellScript } from "../../src/shell/command.ts";
import { readScriptFile } from "../../src/shell/file.ts";
import { inlineScript } from "../../src/shell/inline.ts";
import { type RunOptions, readRun } from "../../src/shell/run.ts";
import { literalWord } from "../../src/shell/word.ts";
import { slice } from "../../src/text.ts";
import { environment, show } from "./reading.ts";

function run(text: string, options: Partial<RunOptions> = {}): ShellScript {
  const [instruction] = parseDockerfile(text).instructions;
  return readRun(instruction!, {
    file: { text },
    environment: environment({ V: "1" }),
    cwd: "/w",
    ...options,
  });
}

describe("readRun", () => {
  it("reads the shell form with its continuations", () => {
    const text = "RUN a && \\\n  # why\n  b \\\n    --c d\\\ne; f\n";
    const { commands } = run(text);
    expect(commands.map(show)).toEqual(["a", "b --c de", "f"]);
    expect(commands.map((one) => slice(text, one.span))).toEqual(["a", "b \\\n    --c d\\\ne", "f"]);
  });

  it("reads flags, CRLF and the other escape", () => {
    const text = "# escape=`\r\nRUN --mount=type=cache,target=/x a `\r\n  && b\r\n";
    const { commands } = run(text);
    expect(commands.map((one) => slice(text, one.span))).toEqual(["a", "b"]);
  });

  it("reads the exec form", () => {
    const text = 'RUN ["chmod", "-R", "a b*", "$V"]\n';
    const { commands } = run(text);
    expect(commands.map((one) => one.words.map((word) => word.pieces[0]))).toEqual([
      ["chmod", "-R", "a b*", "$V"].map((word) => ({ kind: "text", text: word, quoted: true })),
    ]);
    expect(slice(text, commands[0]!.span)).toBe('"chmod", "-R", "a b*", "$V"');
    expect(commands[0]!.cwd).toBe("/w");
    expect(commands[0]!.place.lists.map((list) => list.kind)).toEqual(["exec"]);
  });

  it("reads a script in the exec form", () => {
    const text = 'RUN ["/bin/bash", "-eo", "pipefail", "-c", "a \\"$V\\"; b \\u0041 $1", "sh", "p"]\n';
    const { commands, setsErrexit } = run(text);
    expect(commands.map(show)).toEqual(["a 1", "b A p"]);
    expect(commands[0]!.mayFail).toBe(false);
    expect(setsErrexit).toBe(true);
    expect(slice(text, commands[1]!.span)).toBe("b \\u0041 $1");
    expect(commands[0]!.place.lists.map((list) => list.kind)).toEqual(["exec", "shell -c", "sequence"]);
    expect(show(run('RUN ["sudo", "-u", "x", "rm", "y"]').commands[0]!)).toBe("rm y");
  });

  it("reads a heredoc as the script", () => {
    const text = "RUN <<EOF\ncd /a\nrm b \\\n  c\nEOF\n";
    const { commands } = run(text);
    expect(commands.map(show)).toEqual(["cd /a", "rm b c"]);
    expect(slice(text, commands[1]!.span)).toBe("rm b \\\n  c");
    expect(commands[1]!.cwd).toBe("/a");
  });

  it("reads a heredoc as a command's input", () => {
    const text = "RUN python3 <<'EOF' && b\nimport x\nEOF\n";
    const { commands } = run(text);
    expect(commands.map(show)).toEqual(["python3", "b"]);
    const found = inlineScript(commands[0]!)!;
    expect([found.text, slice(text, found.span)]).toEqual(["import x\n", "import x\n"]);
    const two = "RUN cat <<A > x && cat <<B > y\n1\nA\n2\nB\n";
    const contents = run(two).commands.map((one) =>
      one.stdin?.kind === "heredoc" ? one.stdin.excerpt.text : "",
    );
    expect(contents).toEqual(["1\n", "2\n"]);
  });

  it("reads the interpreter line of a heredoc", () => {
    const text = "RUN <<EOF\n#!/usr/bin/env python3\nimport x\nEOF\n";
    const { commands, understood } = run(text);
    expect(understood).toBe(true);
    expect(inlineScript(commands[0]!)).toMatchObject({
      interpreter: "python",
      text: "#!/usr/bin/env python3\nimport x\n",
    });
    expect(slice(text, commands[0]!.span)).toBe("<<EOF");
    const shell = run("RUN <<EOF\n#!/bin/bash -e\na; b\nEOF\n");
    expect(shell.commands.map(show)).toEqual(["a", "b"]);
    expect(shell.setsErrexit).toBe(true);
  });

  it.each([
    [["/bin/bash", "-euxo", "pipefail", "-c"], true, false],
    [["/bin/bash", "-o", "pipefail", "-c"], false, true],
    [["/bin/bash", "-o", "errexit", "-c"], true, false],
    [["conda", "run", "-n", "x", "/bin/bash", "-c"], false, true],
    [["/usr/bin/env", "bash", "-ec"], true, false],
  ])("knows what SHELL %j sets", (shell, setsErrexit, mayFail) => {
    const script = run("RUN a; b", { shell });
    expect(script.commands.map(show)).toEqual(["a", "b"]);
    expect([script.setsErrexit, script.commands[0]!.mayFail]).toEqual([setsErrexit, mayFail]);
  });

  it.each([
    ["RUN Remove-Item x", ["powershell", "-Command"]],
    ["RUN del x", ["cmd", "/S", "/C"]],
    ["RUN print(1)", ["python3", "-c"]],
    ["RUN powershell -Command Remove-Item (x)", undefined],
  ])("does not take %s for shell", (text, shell) => {
    expect(run(text, shell === undefined ? {} : { shell })).toEqual({
      commands: [],
      understood: false,
      problems: [],
      setsErrexit: false,
    });
  });

  it("says what it cannot read, where it stands", () => {
    const text = "RUN a && if b; then c\n";
    const { understood, problems, commands } = run(text);
    expect(understood).toBe(false);
    expect(problems[0]!.message).toMatch(/^shell: /);
    expect(problems[0]!.span.start).toBeGreaterThan(8);
    expect(commands[0]!.words[0]!.text).toBe("a");
  });

  it("reads what ONBUILD triggers", () => {
    const text = "ONBUILD RUN rm x\n";
    const trigger = parseDockerfile(text).instructions[0]!.trigger!;
    const { commands } = readRun(trigger, { file: { text }, environment: new Map(), cwd: "/" });
    expect(slice(text, commands[0]!.span)).toBe("rm x");
  });
});

describe("readScriptFile", () => {
  const options = { parameters: [literalWord("p")], name: "x.sh", cwd: "/w", lookup: () => undefined };

  it("reads a script with its parameters and variables", () => {
    const lookup = (name: string) =>
      name === "V" ? ([{ kind: "text", text: "2", quoted: true }] as const) : undefined;
    const script = readScriptFile("#!/bin/bash -e\r\na $1 $V; b\r\n", { ...options, lookup });
    expect(script?.commands.map(show)).toEqual(["a p 2", "b"]);
    expect(script?.setsErrexit).toBe(true);
  });

  it("leaves other interpreters alone", () => {
    expect(readScriptFile("#!/usr/bin/env python3\nx", options)).toBeUndefined();
    expect(readScriptFile("x", { ...options, name: "x.py" })).toBeUndefined();
    expect(readScriptFile("\0ELF", options)).toBeUndefined();
    expect(readScriptFile("#!/usr/bin/env bash\nx", options)?.commands).toHaveLength(1);
  });
});
