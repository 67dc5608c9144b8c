// Random Dockerfiles over a small alphabet of steps, each of which builds: the laws of fixes are tried on them.
import fc from "fast-check";

/** A build context: files by path, and gzipped tar archives by path with what is in them, by path. */
export interface GeneratedContext {
  readonly files: Readonly<Record<string, string>>;
  readonly archives: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const FILLER = "0123456789abcdef".repeat(128);

/** The build context of every generated file. */
export const generatedContext: GeneratedContext = {
  files: {
    "one.bin": `one ${FILLER}`,
    "two.bin": `two ${FILLER}`,
    "data/a.bin": `a ${FILLER}`,
    "data/sub/b.bin": `b ${FILLER}`,
  },
  archives: { "pack.tar.gz": { "pack/x.bin": `x ${FILLER}`, "pack/y.bin": `y ${FILLER}` } },
};

/** What the steps so far left behind, so that the next one can work. */
interface State {
  readonly files: Set<string>;
  readonly folders: Set<string>;
  readonly archives: Set<string>;
  workdir: string;
  variable: string | undefined;
  count: number;
}

interface Choice {
  readonly kind: number;
  readonly pick: number;
  readonly other: number;
  readonly style: number;
}

const FOLDERS = ["/data", "/opt/app", "/srv/files", "/tmp/work"];

const choice: fc.Arbitrary<Choice> = fc.record({
  kind: fc.nat({ max: 19 }),
  pick: fc.nat({ max: 40 }),
  other: fc.nat({ max: 40 }),
  style: fc.nat({ max: 7 }),
});

/** Dockerfiles of one stage from `base`, an image with a POSIX shell, coreutils and tar. */
export function dockerfiles(base = "debian:12"): fc.Arbitrary<string> {
  return fc.array(choice, { minLength: 2, maxLength: 14 }).map((choices) => write(base, choices));
}

function write(base: string, choices: readonly Choice[]): string {
  const state: State = {
    files: new Set(),
    folders: new Set(),
    archives: new Set(),
    workdir: "/",
    variable: undefined,
    count: 0,
  };
  const lines = [`FROM ${base}`];
  let open: string[] = [];
  let strict = false;
  const flush = (): void => {
    if (open.length > 0)
      lines.push(
        strict ? `RUN set -e; \\\n    ${open.join("; \\\n    ")}` : `RUN ${open.join(" && \\\n    ")}`,
      );
    open = [];
  };
  for (const one of choices) {
    const instruction = settingOf(state, one);
    if (instruction !== undefined) {
      flush();
      if (one.style === 3) lines.push(`# About ${instruction.split(" ")[0]?.toLowerCase()} ${state.count}.`);
      lines.push(instruction);
      continue;
    }
    const commands = commandsOf(state, one);
    if (one.style > 2) flush();
    if (open.length === 0) {
      strict = one.style === 7;
      if (one.style === 4) lines.push(`# Step ${state.count}.`);
    }
    open.push(...commands);
  }
  flush();
  return `${lines.join("\n")}\n`;
}

function nameOf(state: State, folder: string): string {
  state.count += 1;
  return `${folder}/f${state.count}.bin`;
}

function among(set: ReadonlySet<string>, pick: number): string | undefined {
  const all = [...set].sort();
  return all.length === 0 ? undefined : all[pick % all.length];
}

/** COPY, ENV, WORKDIR; undefined when the choice is one for a RUN. */
function settingOf(state: State, { kind, pick, other }: Choice): string | undefined {
  const folder = FOLDERS[pick % FOLDERS.length]!;
  switch (kind) {
    case 0:
    case 1: {
      const path = nameOf(state, folder);
      state.files.add(path);
      state.folders.add(folder);
      return `COPY ${kind === 0 ? "one.bin" : "two.bin"} ${path}`;
    }
    case 2: {
      const target = `${folder}/tree${state.count}`;
      state.count += 1;
      for (const name of ["a.bin", "sub/b.bin"]) state.files.add(`${target}/${name}`);
      state.folders.add(folder);
      return `COPY data ${target}`;
    }
    case 3: {
      const path = `/tmp/p${state.count}.tar.gz`;
      state.count += 1;
      state.archives.add(path);
      return `COPY pack.tar.gz ${path}`;
    }
    case 4:
      state.variable = folder;
      return `ENV PLACE=${folder} SIZE=${other}`;
    case 5:
      state.workdir = folder;
      state.folders.add(folder);
      return `WORKDIR ${folder}`;
    default:
      return undefined;
  }
}

/** Commands that succeed on what is there. */
function commandsOf(state: State, { kind, pick, other, style }: Choice): string[] {
  const file = among(state.files, pick);
  const folder = FOLDERS[other % FOLDERS.length]!;
  const make = state.folders.has(folder) && style !== 5 ? [] : [`mkdir -p ${folder}`];
  if (file === undefined || kind < 9) {
    state.folders.add(folder);
    const path = nameOf(state, folder);
    state.files.add(path);
    const written = state.variable === folder ? path.replace(folder, "$PLACE") : path;
    return [...make, `yes w${state.count} | head -c 2000 > ${written}`];
  }
  const relative =
    file.startsWith(`${state.workdir}/`) && style === 1 ? file.slice(state.workdir.length + 1) : file;
  switch (kind) {
    case 9:
    case 10:
    case 11: {
      state.files.delete(file);
      return [`rm ${style === 2 ? "-f " : ""}${relative}`];
    }
    case 12: {
      const path = nameOf(state, folder);
      state.folders.add(folder);
      state.files.add(path);
      state.files.delete(file);
      return [...make, `mv ${file} ${path}`];
    }
    case 13: {
      const path = nameOf(state, folder);
      state.folders.add(folder);
      state.files.add(path);
      return [...make, `cp ${file} ${path}`];
    }
    case 14:
      return [`chmod 600 ${file}`];
    case 15:
      return [`chown 1000:1000 ${file}`];
    case 16:
      return [`echo more >> ${relative}`];
    case 17:
    case 18: {
      const archive = among(state.archives, pick);
      if (archive === undefined) return ["true"];
      const target = `${folder}/u${state.count}`;
      state.count += 1;
      for (const name of ["pack/x.bin", "pack/y.bin"]) state.files.add(`${target}/${name}`);
      const gone = style % 2 === 0 ? [`rm ${archive}`] : [];
      if (gone.length > 0) state.archives.delete(archive);
      return [`mkdir -p ${target}`, `tar -xzf ${archive} -C ${target}`, ...gone];
    }
    default:
      return [
        `cd ${file.slice(0, file.lastIndexOf("/"))}`,
        `cat ${file.slice(file.lastIndexOf("/") + 1)} > /dev/null`,
        `cd ${state.workdir}`,
      ];
  }
}
