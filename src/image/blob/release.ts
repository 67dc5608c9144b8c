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
