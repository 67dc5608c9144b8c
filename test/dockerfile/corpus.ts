// The real Dockerfiles that BuildKit's own parser has read, where they are at hand.
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const root = new URL("../../../shared/corpus/", import.meta.url);

export interface BuildKitHeredoc {
  readonly name: string;
  readonly fd: number;
  readonly expand: boolean;
  readonly chomp: boolean;
  readonly content: string;
}

export interface BuildKitNode {
  readonly cmd: string;
  readonly flags: readonly string[] | null;
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly json: boolean;
  readonly args: readonly string[] | null;
  readonly heredocs: readonly BuildKitHeredoc[] | null;
  readonly child?: BuildKitNode;
  readonly instrErr?: string;
  // biome-ignore lint/suspicious/noExplicitAny: its shape depends on the command, and each test names the fields.
  readonly typed?: any;
}

export interface CorpusFile {
  readonly id: string;
  readonly text: string;
  readonly escape: string;
  readonly err?: string;
  readonly stageErr?: string;
  readonly nodes: readonly BuildKitNode[] | null;
  readonly stages: number | null;
  readonly metaArgs: number | null;
}

export const corpusIsThere = existsSync(new URL("buildkit.jsonl.gz", root));
export const corpusMissing = "skipped: the corpus of real Dockerfiles is not at ../shared/corpus";

export function readCorpus(): CorpusFile[] {
  const lines = gunzipSync(readFileSync(new URL("buildkit.jsonl.gz", root)))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const answer = JSON.parse(line) as Omit<CorpusFile, "text">;
    const path = `wild/${answer.id.split("/").map(encodeURIComponent).join("/")}`;
    return { ...answer, text: readFileSync(new URL(path, root), "utf8") };
  });
}
