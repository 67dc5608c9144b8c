// Bytes to text and back, so that a file in any encoding comes out as it went in.
import { isUtf8 } from "node:buffer";
import { closeSync, openSync, readSync } from "node:fs";
import { Failure, systemReason } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Source } from "./find.ts";

/** The text of a Dockerfile. */
export interface SourceText {
  readonly text: string;
  /** latin1 when the bytes are not valid UTF-8: then each byte is one character, and none is lost. */
  readonly encoding: "utf8" | "latin1";
}

/** More than this is no Dockerfile; it also ends the reading of endless devices. */
const LIMIT = 16 * 2 ** 20;

/**
 * Reads a source. Throws a Failure for what cannot be read and for binary content; answers undefined for binary
 * content in a file that nobody named.
 */
export async function readSource(source: Source, io: Io): Promise<SourceText | undefined> {
  const bytes = source.file === undefined ? await readStream(io.stdin) : readFile(source.file, source.path);
  if (bytes.includes(0)) {
    if (!source.named) return undefined;
    throw new Failure(`${source.path}: binary content, not a Dockerfile`);
  }
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

/** The bytes of a text that `readSource` gave, or of an edited one. */
export function encode(text: string, encoding: SourceText["encoding"]): Buffer {
  return Buffer.from(text, encoding);
}

function readFile(file: string, shown: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, "r");
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(descriptor, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
      total += length;
      if (total > LIMIT) throw tooLarge(shown);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${shown}: ${systemReason(error)}`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

async function readStream(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    total += bytes.length;
    if (total > LIMIT) throw tooLarge("-");
  }
  return Buffer.concat(chunks);
}

function tooLarge(shown: string): Failure {
  return new Failure(`${shown}: larger than ${LIMIT / 2 ** 20} MiB, not a Dockerfile`);
}
