// Which earlier line a finding names: what surely wrote the files, before what only may have.
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyze.ts";
import { memoryContext } from "../../src/context/open.ts";
import type { Finding } from "../../src/finding.ts";

type Files = Readonly<Record<string, string>>;

/** The findings on the last instruction. */
function last(rows: readonly string[], files?: Files): readonly Finding[] {
  const text = `${rows.join("\n")}\n`;
  const options = files === undefined ? {} : { context: memoryContext(files) };
  const { findings } = analyze(text, options);
  const start = text.lastIndexOf("\n", text.length - 2) + 1;
  return findings.filter(({ span }) => span.start >= start);
}

function places(rows: readonly string[], files?: Files): readonly [string, readonly number[]][] {
  const text = `${rows.join("\n")}\n`;
  const line = (offset: number): number => text.slice(0, offset).split("\n").length;
  return last(rows, files).map(({ rule, related }) => [rule, related.map(({ span }) => line(span.start))]);
}

const FETCH = "RUN curl -fsSL https://example.org/x.tgz | tar -xz -C /app";

describe("an archive that is unpacked is from", () => {
  test.each<[string, number, ...string[]]>([
    ["the COPY, not what was unpacked around it", 3, FETCH, "COPY data.tar.gz /app/data.tar.gz"],
    ["the COPY into the folder", 3, FETCH, "COPY data.tar.gz /app/"],
    ["the COPY that came before", 2, "COPY data.tar.gz /app/", FETCH],
    [
      "the download",
      3,
      "RUN unzip /mnt/x.zip -d /app",
      "RUN curl -fsSLo /app/data.tar.gz https://example.org/d",
    ],
    ["the COPY, not the root of the system", 3, "ADD rootfs.tar.gz /", "COPY data.tar.gz /app/data.tar.gz"],
  ])("%s", (_, line, ...rows) => {
    const after = "RUN tar -xzf /app/data.tar.gz -C /srv && rm /app/data.tar.gz";
    expect(places(["FROM debian:12", ...rows, after])).toEqual([["unpacked-later", [line]]]);
  });

  test("either of two folders when nothing tells", () => {
    const rows = ["FROM debian:12", FETCH, "COPY . /app", "RUN tar -xzf /app/data.tar.gz -C /srv"];
    expect(places(rows)).toEqual([["unpacked-later", [2, 3]]]);
    expect(places(rows, { "data.tar.gz": "", "other.txt": "" })).toEqual([["unpacked-later", [3]]]);
    expect(places(rows, { "other.txt": "" })).toEqual([["unpacked-later", [2, 3]]]);
  });
});

describe("a file of a copied folder is from", () => {
  test("the COPY when the build context has it", () => {
    const rows = ["FROM debian:12", FETCH, "COPY . /app", "RUN chmod +x /app/server.bin"];
    expect(places(rows)).toEqual([["retouched-later", [2, 3]]]);
    expect(places(rows, { "server.bin": "x".repeat(2000) })).toEqual([["retouched-later", [3]]]);
  });

  test("either when the COPY may leave it out", () => {
    const rows = ["FROM debian:12", FETCH, "COPY --exclude=*.bin . /app", "RUN rm /app/server.bin"];
    expect(places(rows, { "server.bin": "x".repeat(2000) })).toEqual([["removed-later", [2, 3]]]);
  });
});

describe("what a root file system is added for", () => {
  const rows = ["FROM scratch", "ADD rootfs.tar.gz /", "COPY app /opt/app"];

  test("is no reason to leave a COPY without its flag", () => {
    const [finding] = last([...rows, "RUN chown -R www-data /opt/app"]);
    expect(finding?.fix?.title).toBe("copy with --chown=www-data:0");
  });

  test("is not named where a part of a copied folder is changed", () => {
    const [finding] = last([...rows, "RUN chmod +x /opt/app/bin/server"]);
    expect(finding?.fix?.why).toContain("of what line 3 copies");
  });
});

describe("what lies in a conda environment is from the RUN that made it", () => {
  const base = ["FROM continuumio/miniconda3", "COPY environment.yml /tmp/"];
  const named = "RUN conda create -y -n web python=3.12";
  const unnamed = "RUN conda env create -f /tmp/environment.yml";

  test.each<[string, string, string, string]>([
    ["with its name", named, "RUN chmod -R 777 /opt/conda/envs/web", "retouched-later"],
    ["with the folder of all", named, "RUN chmod -R 777 /opt/conda/envs", "retouched-later"],
    ["with the name that a file gives", unnamed, "RUN chmod -R 777 /opt/conda/envs/web", "retouched-later"],
    ["with the folder of that one", unnamed, "RUN chmod -R 777 /opt/conda/envs", "retouched-later"],
    [
      "where a part is removed",
      unnamed,
      "RUN rm -rf /opt/conda/envs/web/lib/python3.12/test",
      "removed-later",
    ],
  ])("%s", (_, create, change, rule) => {
    expect(places([...base, create, change])).toEqual([[rule, [3]]]);
    const [finding] = last([...base, create, change]);
    expect(finding?.fix?.title).toContain("the RUN that wrote the files (line 3)");
  });

  test("and is called as the command calls it", () => {
    const [finding] = last([...base, unnamed, "RUN chmod -R 777 /opt/conda/envs/web"]);
    expect(finding?.message).toContain("of /opt/conda/envs/web,");
  });

  test("and from the base image where no RUN made any", () => {
    expect(places([...base, "RUN chmod -R 777 /opt/conda/envs/web"])).toEqual([["retouched-later", []]]);
  });
});
