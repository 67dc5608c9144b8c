// Inflates gzip: small blobs in this thread, large ones in threads of their own.

import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { checkAnswer, type Decoder, decoderHere, wants } from "./gunzip-decoder.ts";
import { inflateInThread, threadsAtWork } from "./gunzip-thread.ts";

export { endIdleThreads } from "./gunzip-thread.ts";

/** Decoders that are not in use. */
const idle: Decoder[] = [];

/** Bytes of input before a thread is worth its start. */
const smallBlob = 2 * 1024 * 1024;

/** With few cores this thread takes a large blob, too: another one has a fourth more work, to hand bytes over. */
const takesPart = availableParallelism() <= 2;
let large: Decoder | undefined;

/**
 * The uncompressed bytes of all members. A chunk is good until the next one is asked for. Throws an Error for data that
 * are corrupt or end too early.
 */
export async function* gunzip(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const decoder = idle.pop() ?? decoderHere();
  decoder.start();
  try {
    const chunks = input[Symbol.asyncIterator]();
    let rest: Uint8Array = new Uint8Array(0);
    let taken = 0;
    for (;;) {
      const answer = decoder.run();
      checkAnswer(answer);
      if (answer !== wants.input) {
        const output = decoder.output();
        if (output.length > 0) yield output;
        if (answer === wants.nothing) return;
        // Threads wait to be heard.
        if (threadsAtWork() > 0) await setImmediate();
        decoder.makeRoom();
        continue;
      }
      if (rest.length === 0) {
        const { done, value } = await chunks.next();
        if (done === true) {
          decoder.endInput();
          continue;
        }
        rest = value;
      }
      if (taken + rest.length > smallBlob) {
        if (takesPart) large ??= decoder;
        if (large !== decoder) {
          yield* inflateInThread(decoder.memory, following(rest, chunks));
          return;
        }
      }
      const count = decoder.addInput(rest);
      rest = rest.subarray(count);
      taken += count;
    }
  } finally {
    if (large === decoder) large = undefined;
    idle.push(decoder);
  }
}

async function* following(
  first: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
