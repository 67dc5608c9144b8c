// Every real Dockerfile at hand, read here and by BuildKit: the same instructions, or a reason why not.
import { describe, expect, it } from "vitest";
import { assignments } from "../../src/dockerfile/assignments.ts";
import { copyParts } from "../../src/dockerfile/copy.ts";
import { fromParts } from "../../src/dockerfile/from.ts";
import { runMounts } from "../../src/dockerfile/mounts.ts";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { listedWords, userParts, volumePaths, workdirPath } from "../../src/dockerfile/plain.ts";
import { runScript } from "../../src/dockerfile/script.ts";
import type { Dockerfile, Instruction } from "../../src/dockerfile/syntax.ts";
import { excerptSpan, indexLines, type LineIndex, slice } from "../../src/text.ts";
import { type BuildKitNode, type CorpusFile, corpusIsThere, corpusMissing, readCorpus } from "./corpus.ts";
import { brokenLaws } from "./laws.ts";

const corpus = corpusIsThere ? readCorpus() : [];
const parsed = corpus.map((file) => ({ file, dockerfile: parseDockerfile(file.text) }));
const accepted = parsed.filter(({ file }) => file.err === undefined);

/** What BuildKit's low-level parser says of an instruction, from ours. */
function asNode(instruction: Instruction, lines?: LineIndex): Omit<BuildKitNode, "typed" | "instrErr"> {
  const heredocs = instruction.heredocs.map(({ name, fd, expand, chomp, content }) => ({
    name,
    fd,
    expand,
    chomp,
    content: content.text,
  }));
  return {
    cmd: instruction.keyword,
    flags: instruction.flags.map(({ name, value }) =>
      value === undefined ? `--${name}` : `--${name}=${value}`,
    ),
    start: lines?.position(instruction.span.start).line ?? 0,
    end: lines?.position(instruction.span.end).line ?? 0,
    original: instruction.original,
    json: instruction.json !== undefined,
    args: instruction.trigger === undefined ? instruction.args : [],
    heredocs,
    ...(instruction.trigger !== undefined && { child: { ...asNode(instruction.trigger), heredocs: [] } }),
  };
}

/** BuildKit's answer with its nulls made lists, and chomped heredocs chomped. */
function normalized(node: BuildKitNode): Omit<BuildKitNode, "typed" | "instrErr"> {
  const { typed: _typed, instrErr: _error, child, ...rest } = node;
  const heredocs = (node.heredocs ?? []).map((heredoc) => ({
    ...heredoc,
    content: heredoc.chomp ? heredoc.content.replace(/^\t+/gm, "") : heredoc.content,
  }));
  return {
    ...rest,
    cmd: node.cmd.toUpperCase(),
    flags: node.flags ?? [],
    args: node.args ?? [],
    heredocs,
    ...(child !== undefined && { child: normalized(child) }),
  };
}

function differences(check: (file: CorpusFile, dockerfile: Dockerfile) => unknown[][]): string[] {
  return accepted.flatMap(({ file, dockerfile }) =>
    check(file, dockerfile).flatMap(([ours, theirs, place]) =>
      JSON.stringify(ours) === JSON.stringify(theirs)
        ? []
        : [`${file.id}:${place}\n  ours   ${JSON.stringify(ours)}\n  theirs ${JSON.stringify(theirs)}`],
    ),
  );
}

/** Compares a view of every accepted instruction of some keywords with a view of BuildKit's node. */
function viewDifferences(
  keywords: readonly string[],
  ours: (instruction: Instruction, dockerfile: Dockerfile) => unknown,
  theirs: (node: BuildKitNode) => unknown,
): string[] {
  return differences((file, dockerfile) =>
    (file.nodes ?? []).flatMap((node, at) =>
      keywords.includes(node.cmd.toUpperCase()) && node.instrErr === undefined
        ? [[ours(dockerfile.instructions[at]!, dockerfile), theirs(node), node.start]]
        : [],
    ),
  );
}

describe.skipIf(!corpusIsThere)("the corpus", () => {
  it("has files", () => {
    expect(accepted.length).toBeGreaterThan(2000);
  });

  it("gives the instructions that BuildKit gives", () => {
    const found = differences((file, dockerfile) => {
      const lines = indexLines(file.text);
      const nodes = file.nodes ?? [];
      return [
        [dockerfile.escape, file.escape, "escape"],
        [dockerfile.instructions.length, nodes.length, "count"],
        ...nodes.map((node, at) => {
          const instruction = dockerfile.instructions[at];
          const ours = instruction && asNode(instruction, lines);
          const sorted =
            ours &&
            Object.fromEntries(
              Object.keys(node).flatMap((key) =>
                key in ours ? [[key, ours[key as keyof typeof ours]]] : [],
              ),
            );
          return [sorted, normalized(node), node.start];
        }),
      ];
    });
    expect(found).toEqual([]);
  });

  it("breaks no law of spans, and comes back byte for byte", () => {
    expect(
      parsed.flatMap(({ file, dockerfile }) => brokenLaws(dockerfile).map((law) => `${file.id}: ${law}`)),
    ).toEqual([]);
  });

  it("gives a problem for every instruction that BuildKit refuses, and for no other", () => {
    const found = differences((file, dockerfile) => {
      const lines = indexLines(file.text);
      const ours = new Set(dockerfile.problems.map(({ span }) => lines.position(span.start).line));
      let unknownRow = false;
      return (file.nodes ?? []).flatMap((node, at) => {
        const { span } = dockerfile.instructions[at]!;
        const last = lines.position(span.end).line;
        const told = [...ours].some((line) => line >= node.start && line <= last);
        const unknown = node.instrErr?.startsWith("unknown instruction") ?? false;
        const silent = unknown && unknownRow;
        unknownRow = unknown;
        const stageless = dockerfile.problems.some(
          ({ message, span: place }) =>
            message.endsWith("before the first FROM") && place.start >= span.start && place.end <= span.end,
        );
        return silent || stageless
          ? []
          : [[told, node.instrErr !== undefined, `${node.start} ${node.instrErr ?? ""}`]];
      });
    });
    expect(found).toEqual([]);
  });

  it("gives a problem at or before the line where BuildKit stops", () => {
    const silent = parsed.filter(({ file, dockerfile }) => {
      if (file.err !== undefined || file.stageErr !== undefined) {
        const line = Number(/on line (\d+)/.exec(file.stageErr ?? "")?.[1] ?? Number.NaN);
        const first = dockerfile.problems[0];
        if (first === undefined) return true;
        const end = dockerfile.instructions.find(({ span }) => span.end >= first.span.start)?.span.end ?? 0;
        const lines = indexLines(file.text);
        return lines.position(first.span.start).line > line || lines.position(end).line < line;
      }
      return dockerfile.problems.length > 0;
    });
    expect(
      silent.map(({ file, dockerfile }) => [
        file.id,
        file.err ?? file.stageErr,
        dockerfile.problems[0]?.message,
      ]),
    ).toEqual([]);
  });

  it("reads FROM", () => {
    expect(
      viewDifferences(
        ["FROM"],
        (instruction) => {
          const parts = fromParts(instruction)!;
          return [parts.image.text, parts.alias?.text, parts.platform?.text];
        },
        ({ args, flags }) => [args![0], args![2]?.toLowerCase(), flagValue(flags, "platform")],
      ),
    ).toEqual([]);
  });

  it("reads COPY and ADD", () => {
    expect(
      viewDifferences(
        ["COPY", "ADD"],
        (instruction) => {
          const parts = copyParts(instruction)!;
          return {
            paths: parts.sources.map(({ text }) => text),
            dest: parts.destination.text,
            contents: parts.heredocs.map(({ name, content, expand }) => [name, content.text, expand]),
            flags: [parts.from, parts.chown, parts.chmod, parts.checksum].map((word) => word?.text),
            link: parts.link,
          };
        },
        ({ typed, flags }) => ({
          paths: typed.paths ?? [],
          dest: typed.dest,
          contents: (typed.contents ?? []).map(({ Path, Data, Expand }: Record<string, unknown>) => [
            Path,
            Data,
            Expand,
          ]),
          flags: ["from", "chown", "chmod", "checksum"].map((name) => flagValue(flags, name)),
          link: flags?.some((flag) => /^--link(=true)?$/i.test(flag)) ?? false,
        }),
      ),
    ).toEqual([]);
  });

  it("reads ENV, ARG and LABEL", () => {
    expect(
      viewDifferences(
        ["ENV", "LABEL"],
        (instruction, file) =>
          assignments(instruction, file.escape).flatMap(({ name, value }) => [name, value]),
        ({ args }) => args!.filter((_, at) => at % 3 < 2),
      ),
    ).toEqual([]);
    expect(
      viewDifferences(
        ["ARG"],
        (instruction, file) =>
          assignments(instruction, file.escape).map(({ name, value }) =>
            value === undefined ? name : `${name}=${value}`,
          ),
        ({ args }) => args,
      ),
    ).toEqual([]);
  });

  it("reads the mounts of RUN", () => {
    expect(
      viewDifferences(
        ["RUN"],
        (instruction) => runMounts(instruction).map(({ from }) => from ?? ""),
        ({ typed }) => typed.mounts.map(({ From }: { From: string }) => From),
      ),
    ).toEqual([]);
  });

  it("reads what RUN runs", () => {
    expect(
      viewDifferences(
        ["RUN"],
        (instruction, dockerfile) => {
          const script = runScript(instruction, dockerfile);
          return script.kind === "exec" ? script.words.map(({ value }) => value) : [script.text.text];
        },
        ({ typed }) => runText(typed),
      ),
    ).toEqual([]);
  });

  it("reads USER, WORKDIR and VOLUME", () => {
    const ours = (instruction: Instruction) => {
      const user = userParts(instruction);
      const whole =
        user && (user.group === undefined ? user.user.text : `${user.user.text}:${user.group.text}`);
      return [whole, workdirPath(instruction)?.text].filter((text) => text !== undefined);
    };
    expect(viewDifferences(["USER", "WORKDIR"], ours, ({ args }) => args)).toEqual([]);
    const paths = (instruction: Instruction) => volumePaths(instruction).map(({ text }) => text);
    expect(viewDifferences(["VOLUME"], paths, ({ args }) => args)).toEqual([]);
  });

  it("keeps the words of its views where they stand", () => {
    const wrong = parsed.flatMap(({ file, dockerfile }) =>
      dockerfile.instructions.flatMap((instruction) => {
        const words = ["COPY", "ADD", "VOLUME"].includes(instruction.keyword) ? listedWords(instruction) : [];
        const pairs = assignments(instruction, dockerfile.escape);
        const texts = [
          ...(instruction.json === undefined ? words.map(({ text, span }) => ({ text, span })) : []),
          ...pairs.map(({ name, nameSpan }) => ({ text: name, span: nameSpan })),
          ...pairs.flatMap(({ value, valueSpan }) =>
            value === undefined ? [] : [{ text: value, span: valueSpan! }],
          ),
        ];
        const whole = excerptSpan(instruction.body, 0, instruction.body.text.length);
        const unbroken = slice(file.text, whole) === instruction.body.text;
        return texts
          .filter(({ text, span }) => unbroken && slice(file.text, span) !== text)
          .map(({ text }) => `${file.id}: ${text}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(corpusIsThere)("without the corpus", () => {
  it.skip(corpusMissing);
});

function flagValue(flags: readonly string[] | null, name: string): string | undefined {
  const prefix = `--${name}=`;
  return flags?.findLast((flag) => flag.startsWith(prefix))?.slice(prefix.length);
}

/** The script that BuildKit hands to the shell, with the heredocs it lists; carriage returns left out. */
function runText(typed: {
  cmdline: string[];
  files: { Name: string; Data: string; Chomp: boolean }[] | null;
}): string[] {
  const [first] = typed.files ?? [];
  if (first === undefined) return typed.cmdline;
  const chomped = (data: string) => data.replace(/^\t+/gm, "");
  if (/^\d*<<-?\s*('[^']*'|"[^"]*"|\\.|[^<\s'"\\])+$/.test(typed.cmdline[0]!) && typed.files!.length === 1) {
    return [(first.Chomp ? chomped(first.Data) : first.Data).replaceAll("\r\n", "\n")];
  }
  return [
    (typed.cmdline[0]! + typed.files!.map(({ Data, Name }) => `\n${Data}${Name}`).join("")).replaceAll(
      "\r\n",
      "\n",
    ),
  ];
}
