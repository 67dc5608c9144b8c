// The reader on small texts of its own: directives, lines, heredocs, flags, JSON and what is refused.
import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import type { Instruction } from "../../src/dockerfile/syntax.ts";
import { excerptSpan, slice } from "../../src/text.ts";
import { brokenLaws } from "./laws.ts";

function only(text: string): Instruction {
  const { instructions } = parseDockerfile(text);
  expect(instructions).toHaveLength(1);
  expect(brokenLaws(parseDockerfile(text))).toEqual([]);
  return instructions[0]!;
}

function messages(text: string): string[] {
  return parseDockerfile(text).problems.map(({ message }) => message);
}

const stage = "FROM scratch\n";

describe("directives", () => {
  it("come first, each once, and only known ones", () => {
    const file = parseDockerfile(
      "# syntax=docker/dockerfile:1 \n#Escape = `\n# check=skip=all\n# note\n# escape=\\\nFROM a\n",
    );
    expect(file.directives.map(({ name, value }) => [name, value])).toEqual([
      ["syntax", "docker/dockerfile:1"],
      ["escape", "`"],
      ["check", "skip=all"],
    ]);
    expect(file.escape).toBe("`");
    expect(file.comments.map((span) => slice(file.text, span))).toEqual(["# note", "# escape=\\"]);
  });

  it.each(["\n# escape=`\n", "# other=1\n# escape=`\n", "#\n# escape=`\n"])("are over after %j", (head) => {
    expect(parseDockerfile(`${head}FROM a\n`).escape).toBe("\\");
  });

  it("are read behind a byte order mark", () => {
    const file = parseDockerfile("\ufeff# escape=`\r\nFROM a\r\n");
    expect(file.escape).toBe("`");
    expect(file.directives[0]?.span).toEqual({ start: 1, end: 11 });
    expect(brokenLaws(file)).toEqual([]);
  });

  it("are refused twice, or with another escape", () => {
    expect(messages("# escape=`\n# escape=`\nFROM a")).toEqual(["there may be only one escape directive"]);
    expect(messages("# escape=x\nFROM a")).toEqual(["the escape character must be \\ or `, not x"]);
  });
});

describe("lines", () => {
  it("are joined, less comments and empty lines between them", () => {
    const run = only("RUN a \\\n  # why\n\n  b \\ \t\n\tc\n");
    expect(run.original).toBe("RUN a   b \tc");
    expect(run.body.text).toBe("a   b \tc");
    expect(run.body.pieces).toHaveLength(3);
  });

  it("do not continue behind a doubled escape, or behind the other one", () => {
    expect(parseDockerfile("RUN a \\\\\nUSER b").instructions).toHaveLength(2);
    expect(parseDockerfile("# escape=`\nRUN dir c:\\\nUSER b").instructions).toHaveLength(2);
    expect(parseDockerfile("# escape=`\nRUN a `\nb").instructions).toHaveLength(1);
  });

  it("may end with carriage returns, and the file without a break", () => {
    const { text, instructions } = parseDockerfile("RUN a \\\r\n  b\r\nUSER c");
    expect(instructions.map((one) => slice(text, one.span))).toEqual(["RUN a \\\r\n  b", "USER c"]);
    expect(instructions[0]?.body.text).toBe("a   b");
  });

  it("reach to the end of the file when the last one goes on", () => {
    expect(only("RUN a \\\n\n# end").span).toEqual({ start: 0, end: 14 });
  });

  it("can cut a keyword or a flag", () => {
    const copy = only("CO\\\nPY --fr\\\nom=x a b");
    expect(copy.keyword).toBe("COPY");
    expect(copy.flags.map(({ name, value, text }) => [name, value, text])).toEqual([
      ["from", "x", "--from=x"],
    ]);
  });

  it("know where their characters are from", () => {
    const text = "RUN one \\\n # no\n two";
    const { body } = only(text);
    const at = body.text.indexOf("two");
    expect(slice(text, excerptSpan(body, at, at + 3))).toBe("two");
    expect(slice(text, excerptSpan(body, 0, at + 3))).toBe("one \\\n # no\n two");
  });
});

describe("heredocs", () => {
  it("belong to their instruction, several in their order", () => {
    const text = "RUN cat <<A 3<<-'B' > x\n1\nA\n\t2\n\tB\nUSER x\n";
    const { instructions } = parseDockerfile(text);
    const [run, user] = instructions;
    expect(
      run?.heredocs.map(({ name, fd, expand, chomp, content }) => [name, fd, expand, chomp, content.text]),
    ).toEqual([
      ["A", 0, true, false, "1\n"],
      ["B", 3, false, true, "2\n"],
    ]);
    expect(run?.heredocs.map(({ tokenSpan }) => slice(text, tokenSpan))).toEqual(["<<A", "3<<-'B'"]);
    expect(run?.heredocs.map(({ span }) => slice(text, span))).toEqual(["1\nA", "\t2\n\tB"]);
    expect(slice(text, run!.span)).toBe(text.slice(0, text.indexOf("\nUSER")));
    expect(user?.keyword).toBe("USER");
  });

  it.each([
    'RUN echo "a <<EOF"',
    "RUN cat<<EOF",
    "RUN cat <<<EOF",
    "RUN cat <<-",
    "RUN echo it's <<EOF",
    'RUN ["cat", "<<EOF"]',
    "CMD cat <<EOF",
    "ENV a=<<EOF",
  ])("are none in %s", (line) => {
    expect(parseDockerfile(`${line}\nUSER x\nEOF\n`).instructions[1]?.keyword).toBe("USER");
  });

  it("stand beside references that only another shell knows, if there is a colon", () => {
    const line = (reference: string) => `RUN echo ${reference} <<E\nUSER x\nE\n`;
    expect(only(line("$" + "{env:TEMP}")).heredocs).toHaveLength(1);
    expect(parseDockerfile(line("$" + "{x^^}")).instructions[0]?.heredocs).toEqual([]);
  });

  it("may stand under ONBUILD, and in COPY and ADD", () => {
    for (const line of ["ONBUILD RUN <<E", "ONBUILD copy <<E /x", "ADD <<E /x", "COPY <<E /x"]) {
      const instruction = only(`${line}\nbody\nE`);
      expect(instruction.heredocs[0]?.content.text).toBe("body\n");
      if (instruction.keyword === "ONBUILD")
        expect(instruction.trigger?.heredocs).toEqual(instruction.heredocs);
    }
  });

  it("keep carriage returns and comments as content, and may be empty", () => {
    expect(only("RUN <<E\r\n# x\r\n\r\nE\r\n").heredocs[0]?.content.text).toBe("# x\r\n\r\n");
    expect(only("RUN <<E\nE").heredocs[0]?.content).toEqual({ text: "", pieces: [], origin: 8 });
  });

  it("reach to the end of the file without a terminator, which is a problem", () => {
    const text = `${stage}RUN cat <<E\nbody\n E\n`;
    const file = parseDockerfile(text);
    expect(file.problems.map(({ span }) => slice(text, span))).toEqual(["<<E"]);
    expect(file.instructions[1]?.heredocs[0]?.content.text).toBe("body\n E");
    expect(brokenLaws(file)).toEqual([]);
  });
});

describe("flags", () => {
  it("stand before the arguments and end at two dashes", () => {
    const copy = only("COPY --from=\"a b\" --link --exclude='*.c' -- --chown=x y");
    expect(copy.flags.map(({ name, value }) => [name, value])).toEqual([
      ["from", "a b"],
      ["link", undefined],
      ["exclude", "*.c"],
    ]);
    expect(copy.body.text).toBe("--chown=x y");
  });

  it("know where their values are", () => {
    const text = 'RUN --mount=type=bind,"source=a" ls';
    const [flag] = only(text).flags;
    expect(flag?.value).toBe("type=bind,source=a");
    expect(slice(text, flag!.span)).toBe('--mount=type=bind,"source=a"');
    expect(slice(text, flag!.valueSpan!)).toBe('type=bind,"source=a"');
  });
});

describe("JSON form", () => {
  it("is decoded and mapped to the file", () => {
    const text = String.raw`RUN ["a\tb", "\u00e9", "c d"]`;
    const json = only(text).json!;
    expect(json.map(({ value }) => value)).toEqual(["a\tb", "é", "c d"]);
    expect(json.map(({ span }) => slice(text, span))).toEqual([
      String.raw`"a\tb"`,
      String.raw`"\u00e9"`,
      '"c d"',
    ]);
    expect(slice(text, excerptSpan(json[0]!.excerpt, 1, 2))).toBe("\\t");
    expect(slice(text, excerptSpan(json[0]!.excerpt, 2, 3))).toBe("b");
    expect(slice(text, excerptSpan(json[2]!.excerpt, 2, 3))).toBe("d");
  });

  it("may span lines", () => {
    const text = 'RUN ["a", \\\n  "b\\\n c"]';
    expect(only(text).json?.map(({ value }) => value)).toEqual(["a", "b c"]);
  });

  it.each(['RUN ["a",]', 'RUN ["a"] # x', "RUN ['a']", "RUN [ -f x ]", 'RUN ["a"'])(
    "%s is shell form",
    (text) => {
      expect(only(text).json).toBeUndefined();
    },
  );

  it("is read in ENTRYPOINT, CMD, SHELL, VOLUME, COPY, ADD and HEALTHCHECK", () => {
    for (const head of ["ENTRYPOINT", "CMD", "SHELL", "VOLUME", "COPY", "ADD", "HEALTHCHECK CMD"]) {
      expect(only(`${head} ["x", "y"]`).json).toHaveLength(2);
    }
    expect(only('USER ["x"]').json).toBeUndefined();
    expect(only("CMD []").json).toEqual([]);
  });
});

describe("problems", () => {
  it.each([
    ["", "the file has no instructions"],
    ["# nothing\n", "the file has no instructions"],
    ["RUN a", "RUN stands before the first FROM"],
    ["FROM a b", "FROM takes an image, or an image AS a name"],
    [
      "FROM a AS 1x",
      '1x cannot name a stage: a name begins with a letter, and has letters, digits, "-", "_" and "."',
    ],
    [`${stage}Runn a`, "there is no instruction Runn"],
    [`${stage}COPY a`, "COPY needs at least one source and a destination"],
    [`${stage}COPY a <<E\nE`, "COPY cannot write into a heredoc"],
    [`${stage}COPY --form=a b c`, "COPY has no flag --form"],
    [`${stage}COPY --chmod b c`, "--chmod needs a value"],
    [`${stage}COPY --link=maybe b c`, "--link is either true or false, not maybe"],
    [`${stage}COPY --from=a --from=b c d`, "--from is given twice"],
    [`${stage}RUN --network=x a`, "--network is one of default, none, host, not x"],
    [`${stage}RUN --mount=type=disk a`, "there is no mount type disk"],
    [`${stage}ENV a`, "ENV needs a name and a value"],
    [`${stage}ENV a=b c`, "there is no = in c: ENV takes name=value"],
    [`${stage}LABEL =b`, "a name in LABEL is empty"],
    [`${stage}ARG`, "ARG needs at least one argument"],
    [`${stage}USER`, "USER needs an argument"],
    [`${stage}SHELL bash`, "SHELL takes a JSON array"],
    [`${stage}RUN ["a", 1]`, "a JSON array of arguments may hold strings only"],
    [`${stage}HEALTHCHECK HTTP /`, "HEALTHCHECK takes CMD or NONE, not HTTP"],
    [`${stage}HEALTHCHECK --interval=soon CMD a`, "--interval is a duration such as 30s"],
    [`${stage}ONBUILD FROM a`, "FROM cannot be a trigger of ONBUILD"],
    [`${stage}ONBUILD ONBUILD RUN a`, "ONBUILD cannot be a trigger of ONBUILD"],
    [`${stage}VOLUME [""]`, "a path in VOLUME is empty"],
    [`${stage}\\\n\n# end`, "an instruction is missing"],
  ])("%j", (text, message) => {
    expect(messages(text)).toEqual([message]);
    expect(brokenLaws(parseDockerfile(text))).toEqual([]);
  });

  it.each([
    "ARG A\nFROM a as B\nrun x",
    `${stage}COPY --link=FALSE --parents --exclude=a --exclude=b c d`,
    `${stage}ADD --keep-git-dir --unpack=false --checksum=x a b`,
    `${stage}RUN --device=a --security=insecure --network=none --mount=type=cache,target=/x a`,
    `${stage}RUN --mount=type=\${T} a`,
    `${stage}RUN --mount=type=bind,z,src=a,dst=/b a`,
    `${stage}HEALTHCHECK --interval=1m30s --retries=3 CMD a`,
    `${stage}HEALTHCHECK NONE`,
    `${stage}ARG --x a`,
    `${stage}ENV a b c`,
    `${stage}RUN`,
  ])("none in %j", (text) => expect(messages(text)).toEqual([]));

  it("tell of a line that BuildKit cannot hold", () => {
    expect(messages(`${stage}RUN ${"€".repeat(22_000)}`)).toEqual(["the line is longer than 65,535 bytes"]);
    expect(messages(`${stage}RUN ${"€".repeat(21_000)}`)).toEqual([]);
  });

  it("say a row of unknown words once, at the first", () => {
    const text = `${stage}RUN a\nb && c\nd && e\nUSER x\nf\n`;
    expect(parseDockerfile(text).problems.map(({ span }) => slice(text, span))).toEqual(["b", "f"]);
  });
});
