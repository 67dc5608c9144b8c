import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { writeParts } from "../../src/io.ts";

test("a long report waits for its reader", async () => {
  let read = "";
  let most = 0;
  const slow = new Writable({
    highWaterMark: 100,
    write(chunk, _, done) {
      most = Math.max(most, slow.writableLength);
      read += chunk;
      setImmediate(done);
    },
  });
  const parts = Array.from({ length: 50 }, (_, index) => `${index},`.repeat(10));
  await writeParts(slow, parts);
  await new Promise<void>((resolve) => slow.end(resolve));
  expect(read).toBe(parts.join(""));
  expect(most).toBeLessThan(200);
});

test("and ends with it", async () => {
  const gone = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => done(new Error("EPIPE")),
  });
  gone.on("error", () => {});
  let made = 0;
  function* parts(): Generator<string> {
    while (made++ < 1000) yield "part";
  }
  await writeParts(gone, parts());
  expect(made).toBeLessThan(10);
  // What only takes text is given all of it.
  let taken = "";
  const write = (text: string | Uint8Array): boolean => {
    taken += text;
    return false;
  };
  await writeParts({ write }, ["a", "b"]);
  expect(taken).toBe("ab");
});
