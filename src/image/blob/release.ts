// Gives memory of buffers that are done with back at once.

let drain: InstanceType<typeof MessagePort> | undefined;

/** Makes `release` work from the next turn of the event loop on; takes some milliseconds, once. */
export function prepareRelease(): void {
  if (drain !== undefined) return;
  const { port1, port2 } = new MessageChannel();
  port2.close();
  drain = port1;
}

/**
 * Frees the buffer of an array that reaches its end; that one, and all others of the buffer, must not be used again.
 * Left to the garbage collector such buffers pile up to 32 MB, for it sees only the small objects that hold them. A
 * port whose other end is closed drops what is moved into it.
 */
export function release(array: Uint8Array | Int32Array | Uint32Array | Float64Array): void {
  const { buffer, byteOffset, byteLength } = array;
  // Who made it may still fill what lies behind.
  if (byteOffset + byteLength < buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  drain?.postMessage(undefined, [buffer]);
}

type Collect = (options: { readonly type: "minor" }) => void;

let collect: Collect | undefined;

/** Frees what was made and forgotten lately. For buffers that only an addon sees: those that `release` cannot reach. */
export function collectYoung(): void {
  collect ??= garbageCollector();
  collect({ type: "minor" });
}

/** V8 has the function in contexts made while the flag is set. Few images need it, and loading what sets it takes time. */
function garbageCollector(): Collect {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("globalThis.gc");
  setFlagsFromString("--no-expose-gc");
  return typeof found === "function" ? (found as Collect) : () => {};
}
