// What the typed views make of single instructions.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Dockerfile variables are meant.
import { describe, expect, it } from "vitest";
import { assignments } from "../../src/dockerfile/assignments.ts";
import { copyParts } from "../../src/dockerfile/copy.ts";
import { fromParts } from "../../src/dockerfile/from.ts";
import { runMounts } from "../../src/dockerfile/mounts.ts";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { shellWords, userParts, volumePaths, workdirPath } from "../../src/dockerfile/plain.ts";
import { runScript } from "../../src/dockerfile/script.ts";
import type { Instruction, SourceWord } from "../../src/dockerfile/syntax.ts";
import { excerptSpan, slice } from "../../src/text.ts";

const first = (text: string): Instruction => parseDockerfile(text).instructions[0]!;
const texts = (words: readonly SourceWord[] | undefined) => words?.map(({ text }) => text);

describe("fromParts", () => {
  it("gives image, platform and name with their places", () => {
    const text = "FROM --platform=$BUILDPLATFORM a/b:${V:-1} \\\n As Build";
    const parts = fromParts(first(text))!;
    expect([parts.image.text, parts.platform?.text, parts.alias?.text]).toEqual([
      "a/b:${V:-1}",
      "$BUILDPLATFORM",
      "build",
    ]);
    const spans = [parts.image.span, parts.platform!.span, parts.alias!.span];
    expect(spans.map((span) => slice(text, span))).toEqual(["a/b:${V:-1}", "$BUILDPLATFORM", "Build"]);
  });

  it("gives nothing for what is no FROM, or a broken one", () => {
    for (const text of ["FROM", "FROM a b", "FROM a is b", "FROM a as b c", "RUN a"]) {
      expect(fromParts(first(text))).toBeUndefined();
    }
  });
});

describe("copyParts", () => {
  it("reads a COPY", () => {
    const text =
      "COPY --link --from=build --chown=1:2 --chmod=755 --exclude=*.o --exclude=x --parents a b/ /c/";
    const parts = copyParts(first(text))!;
    expect(texts(parts.sources)).toEqual(["a", "b/"]);
    expect(slice(text, parts.destination.span)).toBe("/c/");
    expect([parts.from, parts.chown, parts.chmod].map((word) => word?.text)).toEqual(["build", "1:2", "755"]);
    expect([parts.link, parts.parents, texts(parts.exclude)]).toEqual([true, true, ["*.o", "x"]]);
  });

  it("reads an ADD", () => {
    const parts = copyParts(
      first("ADD --keep-git-dir=true --unpack=false --checksum=sha256:0 https://x/y /z"),
    )!;
    expect([parts.keepGitDir, parts.unpack, parts.checksum?.text, parts.link]).toEqual([
      true,
      false,
      "sha256:0",
      false,
    ]);
    expect(copyParts(first("ADD a b"))).not.toHaveProperty("unpack");
  });

  it("reads JSON, where words may hold spaces", () => {
    const text = 'COPY ["a b", "c\\u0020d", "/e"]';
    const parts = copyParts(first(text))!;
    expect(texts([...parts.sources, parts.destination])).toEqual(["a b", "c d", "/e"]);
    expect(slice(text, parts.sources[1]!.span)).toBe('"c\\u0020d"');
  });

  it("tells heredocs from paths", () => {
    const parts = copyParts(first("COPY <<a.txt b <<-'c d' /e/\n1\na.txt\n\t2\nc d\n"))!;
    // Blanks split COPY's words even inside quotes, so the second heredoc is no source.
    expect(texts(parts.sources)).toEqual(["b", "<<-'c", "d'"]);
    expect(parts.heredocs.map(({ name, content }) => [name, content.text])).toEqual([["a.txt", "1\n"]]);
  });

  it("needs a source and a destination", () => {
    expect(copyParts(first("COPY a"))).toBeUndefined();
    expect(copyParts(first("RUN a b"))).toBeUndefined();
  });
});

describe("assignments", () => {
  const pairs = (text: string, escapeChar: "\\" | "`" = "\\") =>
    assignments(first(text), escapeChar).map(({ name, value }) => [name, value]);

  it("keep quotes and escapes", () => {
    expect(pairs('ENV A=1 B="x y" C=\'$z\' D=a\\ b E= F="\\"" G=a"b c"d')).toEqual([
      ["A", "1"],
      ["B", '"x y"'],
      ["C", "'$z'"],
      ["D", "a\\ b"],
      ["E", ""],
      ["F", '"\\""'],
      ["G", 'a"b c"d'],
    ]);
  });

  it("read the old form, where the value is the rest of the line", () => {
    expect(pairs("ENV  A   b c = d")).toEqual([["A", "b c = d"]]);
    expect(pairs("LABEL a b")).toEqual([["a", "b"]]);
  });

  it("read ARG with and without values", () => {
    expect(pairs("ARG A B=1 C=")).toEqual([
      ["A", undefined],
      ["B", "1"],
      ["C", ""],
    ]);
  });

  it("leave out what BuildKit refuses", () => {
    expect(pairs("ENV A=1 b =c")).toEqual([["A", "1"]]);
    expect(pairs("ENV a")).toEqual([]);
  });

  it("split by the file's escape", () => {
    expect(pairs("ENV A=c:\\ B=x` y", "`")).toEqual([
      ["A", "c:\\"],
      ["B", "x` y"],
    ]);
  });

  it("know where they stand", () => {
    const text = 'ENV A=1 \\\n # why\n  B="x y"';
    const [, second] = assignments(first(text), "\\");
    expect(slice(text, second!.span)).toBe('B="x y"');
    expect(slice(text, second!.nameSpan)).toBe("B");
    expect(slice(text, second!.valueSpan!)).toBe('"x y"');
  });
});

describe("runMounts", () => {
  const mounts = (flags: string) => runMounts(first(`RUN ${flags} ls`)).map(({ span: _, ...mount }) => mount);

  it("binds the build context, read-only, unless told otherwise", () => {
    expect(mounts("--mount=target=/src")).toEqual([
      { type: "bind", target: "/src", readonly: true, required: false },
    ]);
    expect(mounts("--mount=type=bind,from=a,src=b,dst=/c,rw")[0]).toMatchObject({
      from: "a",
      source: "b",
      target: "/c",
      readonly: false,
    });
  });

  it("knows the other names of fields", () => {
    for (const name of ["target", "dst", "destination"])
      expect(mounts(`--mount=${name}=/x`)[0]?.target).toBe("/x");
    for (const name of ["source", "src"]) expect(mounts(`--mount=${name}=y`)[0]?.source).toBe("y");
    for (const on of ["ro", "readonly", "ro=true", "rw=0", "readwrite=false"]) {
      expect(mounts(`--mount=type=cache,target=/x,${on}`)[0]?.readonly).toBe(true);
    }
    for (const off of ["rw", "readwrite=1", "ro=false"])
      expect(mounts(`--mount=target=/x,${off}`)[0]?.readonly).toBe(false);
  });

  it("gives caches, secrets, ssh and tmpfs what BuildKit gives them", () => {
    expect(mounts("--mount=type=cache,id=k,target=/x,sharing=Locked,uid=1")[0]).toEqual({
      type: "cache",
      id: "k",
      target: "/x",
      sharing: "locked",
      uid: "1",
      readonly: false,
      required: false,
    });
    expect(mounts("--mount=type=cache,target=/x")[0]).toMatchObject({ sharing: "shared" });
    expect(mounts("--mount=type=secret,id=a/key")[0]).toMatchObject({
      id: "a/key",
      target: "/run/secrets/key",
    });
    expect(mounts("--mount=type=secret,target=/root/.netrc,required")[0]).toMatchObject({
      id: ".netrc",
      target: "/root/.netrc",
      required: true,
    });
    expect(mounts("--mount=type=secret,id=a,env=TOKEN")[0]).not.toHaveProperty("target");
    expect(mounts("--mount=type=ssh")[0]).not.toHaveProperty("target");
    expect(mounts("--mount=type=tmpfs,target=/t,size=1g")[0]).toMatchObject({ readonly: false, size: "1g" });
  });

  it("reads quoted fields and keeps variables", () => {
    expect(mounts('--mount="target=/x,source=$A"')[0]).toMatchObject({ target: "/x", source: "$A" });
    expect(mounts('--mount=\\"source=a,b\\",target=/x')[0]).toMatchObject({ source: "a,b", target: "/x" });
    expect(mounts("--mount=type=${Type},target=/x")[0]).toMatchObject({ type: "${Type}" });
  });

  it("stands where its flag stands", () => {
    const text = "RUN --mount=target=/a \\\n  --mount=target=/b ls";
    expect(runMounts(first(text)).map(({ span }) => slice(text, span))).toEqual([
      "--mount=target=/a",
      "--mount=target=/b",
    ]);
  });
});

describe("plain words", () => {
  it("splits USER at the colon that is not a variable's", () => {
    expect(userParts(first("USER app"))).toMatchObject({ user: { text: "app" } });
    const text = "USER ${U:-app}:${G:-1}";
    const parts = userParts(first(text))!;
    expect([parts.user.text, parts.group?.text]).toEqual(["${U:-app}", "${G:-1}"]);
    expect(slice(text, parts.group!.span)).toBe("${G:-1}");
    expect(userParts(first("USER"))).toBeUndefined();
  });

  it("takes all of WORKDIR", () => {
    expect(workdirPath(first('WORKDIR "/a b" '))?.text).toBe('"/a b"');
  });

  it("takes SHELL in JSON form only", () => {
    expect(texts(shellWords(first('SHELL ["bash", "-c"]')))).toEqual(["bash", "-c"]);
    expect(shellWords(first("SHELL bash -c"))).toBeUndefined();
  });

  it("takes VOLUME in both forms", () => {
    expect(texts(volumePaths(first('VOLUME ["/a", "/b"]')))).toEqual(["/a", "/b"]);
    expect(texts(volumePaths(first("VOLUME /a $B")))).toEqual(["/a", "$B"]);
  });
});

describe("runScript", () => {
  const script = (text: string) => {
    const file = parseDockerfile(text);
    const found = runScript(file.instructions[0]!, file);
    return found.kind === "exec"
      ? [found.kind, ...found.words.map(({ value }) => value)]
      : [found.kind, found.text.text];
  };

  it("is the body, or the program in JSON form", () => {
    expect(script("RUN --network=none a \\\n && b")).toEqual(["shell", "a  && b"]);
    expect(script('RUN ["a", "b c"]')).toEqual(["exec", "a", "b c"]);
  });

  it("is the heredoc when there is nothing else", () => {
    expect(script("RUN <<EOF\na\nb\nEOF\n")).toEqual(["shell", "a\nb\n"]);
    expect(script("RUN <<-EOF\n\ta\n\tEOF\n")).toEqual(["shell", "a\n"]);
    expect(script("RUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n")).toEqual([
      "file",
      "#!/usr/bin/env python3\nprint()\n",
    ]);
  });

  it("has other heredocs behind the body, as a shell reads them", () => {
    expect(script("RUN python3 - <<A && cat <<-B\n1\nA\n\t2\n\tB\nUSER x")).toEqual([
      "shell",
      "python3 - <<A && cat <<-B\n1\nA\n\t2\n\tB",
    ]);
  });

  it("has no carriage returns, and still knows its places", () => {
    const text = "RUN sh <<EOF\r\necho a\r\n  echo b\r\nEOF\r\n";
    const file = parseDockerfile(text);
    const found = runScript(file.instructions[0]!, file);
    if (found.kind !== "shell") throw new Error("a shell was expected");
    expect(found.text.text).toBe("sh <<EOF\necho a\n  echo b\nEOF");
    const at = found.text.text.indexOf("echo b");
    expect(slice(text, excerptSpan(found.text, at, at + 6))).toBe("echo b");
  });

  it("names the interpreter of a heredoc that is a program", () => {
    const file = parseDockerfile("RUN <<E\r\n#! /bin/bash -e\r\nls\r\nE");
    expect(runScript(file.instructions[0]!, file)).toMatchObject({
      kind: "file",
      interpreter: "/bin/bash -e",
    });
  });
});
