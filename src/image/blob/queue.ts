// Values that are waited for, in order.

export interface Queue<T> {
  push(value: T): void;
  /** The first value that nobody took. Throws what it failed with, also when there are some. */
  next(): Promise<T>;
  fail(error: unknown): void;
}

export function createQueue<T>(): Queue<T> {
  const values: T[] = [];
  const waiting: { resolve(value: T): void; reject(error: unknown): void }[] = [];
  let failure: { readonly error: unknown } | undefined;
  return {
    push(value) {
      const first = waiting.shift();
      if (first === undefined) values.push(value);
      else first.resolve(value);
    },
    next() {
      return new Promise((resolve, reject) => {
        if (failure !== undefined) reject(failure.error);
        else if (values.length > 0) resolve(values.shift()!);
        else waiting.push({ resolve, reject });
      });
    },
    fail(error) {
      failure ??= { error };
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}
