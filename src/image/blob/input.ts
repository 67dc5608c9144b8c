// A blob that can be read once: looked into at its start, then handed on, then read to its end.

export interface BlobInput {
  /** The first bytes, at most `count`, fewer only if there are no more. They stay in `rest`. */
  peek(count: number): Promise<Uint8Array>;
  /** What is not taken yet. Whoever stops early leaves the remainder to the next. */
  readonly rest: AsyncIterable<Uint8Array>;
  /** Reads to the end, or on until `atMost` bytes have come. */
  drain(atMost?: number): Promise<void>;
  /** Gives up on the rest. Does not wait: what it came from may hang. */
  close(): void;
}

/** `taken` sees every chunk once, when it comes. */
export function blobInput(
  chunks: AsyncIterable<Uint8Array>,
  taken: (chunk: Uint8Array) => void = () => {},
): BlobInput {
  const iterator = chunks[Symbol.asyncIterator]();
  let peeked: Uint8Array | undefined;

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (peeked !== undefined) {
      const value = peeked;
      peeked = undefined;
      return { done: false, value };
    }
    for (;;) {
      const result = await iterator.next();
      if (result.done === true) return { done: true, value: undefined };
      taken(result.value);
      if (result.value.length > 0) return result;
    }
  }

  return {
    async peek(count) {
      while ((peeked?.length ?? 0) < count) {
        // The next chunk may overwrite this one.
        const before: Uint8Array | undefined = peeked && Uint8Array.from(peeked);
        peeked = undefined;
        const result = await next();
        if (result.done === true) {
          peeked = before;
          break;
        }
        peeked = before === undefined ? result.value : Buffer.concat([before, result.value]);
      }
      return peeked?.subarray(0, count) ?? new Uint8Array(0);
    },
    // Without a `return`, so that leaving a loop does not end it.
    rest: { [Symbol.asyncIterator]: () => ({ next }) },
    async drain(atMost = Number.POSITIVE_INFINITY) {
      for (let left = atMost; left > 0; ) {
        const result = await next();
        if (result.done === true) return;
        left -= result.value.length;
      }
    },
    close() {
      iterator.return?.().then(undefined, () => {});
    },
  };
}
