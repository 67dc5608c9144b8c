// Runs the command line in memory, in a folder of its own.
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import type { Output } from "../../src/io.ts";

export interface RunResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as bytes. */
  readonly bytes: Buffer;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
  /** Columns of the terminal; no terminal when absent. */
  readonly columns?: number;
}

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const terminal = options.columns === undefined ? {} : { isTTY: true, columns: options.columns };
  const output = (chunks: Buffer[]): Output => ({
    ...terminal,
    write: (chunk) => chunks.push(Buffer.from(chunk as string)),
  });
  const code = await main(argv, {
    stdout: output(out),
    stderr: output(err),
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin as string)]),
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
  });
  const bytes = Buffer.concat(out);
  return { code, bytes, out: bytes.toString(), err: Buffer.concat(err).toString() };
}

/** A temporary folder with these files, gone when the test ends. A path that ends in "/" is an empty folder. */
export function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "dfdedupe-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(path.endsWith("/") ? join(root, path) : dirname(join(root, path)), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(join(root, path), content);
  }
  return root;
}

/** Runs something as a user whom file modes bind; root, whom they do not, becomes nobody for that time. */
export async function unprivileged<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await work();
  chmodSync(folder, 0o777);
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
