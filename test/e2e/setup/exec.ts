// Runs a program to its end.
import { spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/** No build takes as long: what hangs is killed, and says so by its exit code. */
const TIMEOUT = 9 * 60_000;

/** Never rejects because of the program's exit code. */
export function run(
  file: string,
  words: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const limit = { timeout: TIMEOUT, killSignal: "SIGKILL" } as const;
    const child = spawn(file, words, { stdio: ["ignore", "pipe", "pipe"], ...limit, ...options });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output: Buffer.concat(chunks).toString() }));
  });
}

/** Rejects with the end of the output when the program fails. */
export async function must(
  file: string,
  words: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<string> {
  const { code, output } = await run(file, words, options);
  if (code !== 0) throw new Error(`${file} ${words.join(" ")}: exit code ${code}\n${output.slice(-4000)}`);
  return output;
}
