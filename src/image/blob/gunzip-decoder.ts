// The decoder of assembly/gunzip.ts, and what its answers mean.

import { crc32 } from "node:zlib";
import { gunzipWasm } from "./gunzip-wasm.ts";

/** What a decoder needs to go on. */
export const wants = { input: 0, room: 1, nothing: 2 } as const;

/** Words for the answers below 0, from -1 down. */
const errors: readonly string[] = [
  "unexpected end of data",
  "incorrect header",
  "incorrect checksum of the header",
  "invalid type of block",
  "invalid length of a stored block",
  "too many codes",
  "invalid lengths of codes",
  "invalid set of codes",
  "invalid code",
  "invalid distance",
  "incorrect checksum",
  "incorrect length",
];

/** Throws an Error for answers that tell of corrupt data. */
export function checkAnswer(answer: number): void {
  if (answer < 0) throw new Error(errors[-1 - answer]);
}

export interface Decoder {
  /** Begins with new data. */
  start(): void;
  /** Takes as much as it has room for, and answers how much. Only while it wants input, as `endInput`. */
  addInput(bytes: Uint8Array): number;
  endInput(): void;
  /** Goes on, and answers what it wants then, or what is wrong, below 0. */
  run(): number;
  /** What came out; good until room is made for more. */
  output(): Uint8Array;
  makeRoom(): void;
  /** All that it knows and has. */
  readonly memory: Uint8Array;
}

/** Makes a decoder. Its text goes to other threads too: it knows nothing from around it. */
export function createDecoder(module: WebAssembly.Module, crc32: Checksum): Decoder {
  const checksum = (from: number, to: number, before: number) =>
    crc32(bytes.subarray(from, to), before >>> 0);
  const instance = new WebAssembly.Instance(module, { gunzip: { crc32: checksum } });
  const wasm = instance.exports as {
    readonly memory: WebAssembly.Memory;
    start(): void;
    inputPlace(): number;
    inputRoom(): number;
    addInput(count: number): void;
    endInput(): void;
    run(): number;
    outputFrom(): number;
    outputTo(): number;
    slide(): void;
  };
  const bytes = new Uint8Array(wasm.memory.buffer);
  return {
    memory: bytes,
    start: wasm.start,
    addInput(input) {
      const place = wasm.inputPlace();
      const part = input.subarray(0, wasm.inputRoom());
      bytes.set(part, place);
      wasm.addInput(part.length);
      return part.length;
    },
    endInput: wasm.endInput,
    run: wasm.run,
    output: () => bytes.subarray(wasm.outputFrom(), wasm.outputTo()),
    makeRoom: wasm.slide,
  };
}

/** As node:zlib has it. */
export type Checksum = typeof crc32;

let compiled: WebAssembly.Module | undefined;

export function gunzipModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(gunzipWasm, "base64"));
  return compiled;
}

export function decoderHere(): Decoder {
  return createDecoder(gunzipModule(), crc32);
}
