// The world as a command sees it: streams, environment and folder. Tests hand in their own.

import { EventEmitter, once } from "node:events";

export interface Output {
  /** Bytes go out as they are, text as UTF-8. */
  write(chunk: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: NodeJS.ProcessEnv;
  /** The current folder, absolute. */
  readonly cwd: string;
  /** Waits until all is written. What could not be is answered, once; a reader that went away is no error. */
  flush?(): Promise<Error | undefined>;
}

/** The part of a process that a command sees. */
export interface Host {
  readonly stdout: Output & NodeJS.WritableStream;
  readonly stderr: Output & NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
}

/**
 * Writes parts one after the other, no faster than they are read: a long report must not pile up. Ends when nobody reads
 * any more.
 */
export async function writeParts(output: Output, parts: Iterable<string>): Promise<void> {
  for (const part of parts) {
    if (output.write(part) !== false || !(output instanceof EventEmitter)) continue;
    try {
      await once(output, "drain");
    } catch {
      // Who has the stream hears of the error, too.
      return;
    }
  }
}

/** The process's own streams. A reader that goes away (`| head`) ends the output, not the program. */
export function processIo(host: Host = process): Io {
  let failed: Error | undefined;
  for (const stream of [host.stdout, host.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") failed ??= error;
    });
  }
  return {
    stdout: host.stdout,
    stderr: host.stderr,
    // Opened only when a command reads it.
    get stdin() {
      return host.stdin;
    },
    env: host.env,
    cwd: host.cwd(),
    async flush() {
      await new Promise<unknown>((resolve) => host.stdout.write("", resolve));
      // A stream tells its writer of an error before its listeners.
      await new Promise(setImmediate);
      const error = failed;
      failed = undefined;
      return error;
    },
  };
}
