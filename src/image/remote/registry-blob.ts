// A layer of a registry as a stream; where the connection is cut, it goes on with the bytes that are missing.

import { setTimeout as sleep } from "node:timers/promises";
import { ImageError } from "../error.ts";
import { type Answer, mayPass } from "./http.ts";
import type { ImageName } from "./image-name.ts";
import { networkError, type RegistryClient } from "./registry-client.ts";

/** Connections in all that may be cut. */
const attempts = 4;
const pause = 250;

/** Exactly `size` bytes; whether they are the right ones their reader checks. Throws ImageError. */
export async function* blobStream(
  client: RegistryClient,
  name: ImageName,
  where: string,
  digest: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  const what = `blob ${digest.slice(0, 19)}`;
  let done = 0;
  for (let attempt = 1; ; attempt++) {
    const answer = await client.ask(`blobs/${digest}`, done > 0 ? { range: `bytes=${done}-` } : {}, what);
    const problem = mismatch(answer, done, size);
    if (problem !== undefined) {
      answer.discard();
      throw new ImageError(`${where}: ${what} ${problem}`);
    }
    try {
      for await (const chunk of answer.body) {
        done += chunk.length;
        if (done > size) throw new ImageError(`${where}: ${what} has more than the ${size} bytes announced`);
        yield chunk;
      }
    } catch (error) {
      if (!mayPass(error)) throw networkError(error, where, name.host);
    }
    if (done === size) return;
    if (attempt === attempts) throw new ImageError(`${where}: ${what} ${ended(done, size)}`);
    await sleep(pause * attempt);
  }
}

function ended(done: number, size: number): string {
  return `ends after ${done} of ${size} bytes`;
}

/** What is wrong with an answer before its body is read. */
function mismatch(answer: Answer, done: number, size: number): string | undefined {
  if (answer.status === 404) return "is missing";
  if (done > 0) {
    const from = /^bytes (\d+)-/.exec(answer.headers["content-range"] ?? "")?.[1];
    return answer.status === 206 && Number(from) === done ? undefined : ended(done, size);
  }
  const length = answer.headers["content-length"];
  if (length === undefined || Number(length) === size) return undefined;
  return `has ${length} bytes where ${size} are announced`;
}
