// Threads that inflate: bytes go there and come back in buffers that change hands.

import { SHARE_ENV, Worker } from "node:worker_threads";
import { checkAnswer, createDecoder, gunzipModule, wants } from "./gunzip-decoder.ts";
import { createQueue, type Queue } from "./queue.ts";

/** The size of all buffers, as of those in assembly/gunzip.ts, and how many a thread has: some are on their way. */
const bufferBytes = 256 * 1024;
const inputBuffers = 2;
const outputBuffers = 3;

type Order =
  | { readonly kind: "start"; readonly memory: Uint8Array }
  | { readonly kind: "input"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  /** A buffer for output. */
  | { readonly kind: "room"; readonly buffer: ArrayBufferLike };

type Report =
  /** A buffer for input. */
  | { readonly kind: "taken"; readonly buffer: ArrayBufferLike }
  | { readonly kind: "output"; readonly bytes: Uint8Array }
  /** The last one of the data. */
  | { readonly kind: "answer"; readonly answer: number };

interface Thread {
  readonly worker: Worker;
  readonly inputs: Queue<ArrayBufferLike>;
  readonly reports: Queue<Exclude<Report, { kind: "taken" }>>;
}

/** Threads with nothing under way. There are as many as were in use at once. */
const idle: Thread[] = [];

export async function endIdleThreads(): Promise<void> {
  await Promise.all(idle.splice(0).map(({ worker }) => worker.terminate()));
}

let atWork = 0;

export function threadsAtWork(): number {
  return atWork;
}

/**
 * Goes on where a decoder wants input, in another thread, by the decoder's memory. A chunk is good until the next one is
 * asked for. Throws as `gunzip`.
 */
export async function* inflateInThread(
  memory: Uint8Array,
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const thread = idle.pop() ?? startThread();
  const { worker, inputs, reports } = thread;
  worker.ref();
  tell(worker, { kind: "start", memory });
  let over = false;
  atWork++;

  async function feed(): Promise<void> {
    for await (const chunk of input) {
      for (let at = 0; at < chunk.length; ) {
        const buffer = await inputs.next();
        if (over) {
          inputs.push(buffer);
          return;
        }
        const bytes = new Uint8Array(buffer, 0, Math.min(bufferBytes, chunk.length - at));
        bytes.set(chunk.subarray(at, at + bytes.length));
        at += bytes.length;
        tell(worker, { kind: "input", bytes }, buffer);
      }
    }
    if (!over) tell(worker, { kind: "end" });
  }
  feed().catch((error) => {
    if (!over) reports.fail(error);
  });

  try {
    for (;;) {
      const report = await reports.next();
      if (report.kind === "answer") {
        checkAnswer(report.answer);
        over = true;
        worker.unref();
        idle.push(thread);
        return;
      }
      yield report.bytes;
      const { buffer } = report.bytes;
      tell(worker, { kind: "room", buffer }, buffer);
    }
  } finally {
    // What is under way then is for nobody.
    if (!over) worker.terminate();
    atWork--;
    over = true;
  }
}

function tell(worker: Worker, order: Order, ...moved: ArrayBufferLike[]): void {
  worker.postMessage(order, moved as ArrayBuffer[]);
}

/** It does not keep the process alive until it has something to do. */
function startThread(): Thread {
  const worker = new Worker(`(${work})(${createDecoder}, ${JSON.stringify(wants)})`, {
    eval: true,
    workerData: gunzipModule(),
    env: SHARE_ENV,
    execArgv: [],
    // It makes next to nothing, and would keep a megabyte of it.
    resourceLimits: { maxYoungGenerationSizeMb: 1 },
  });
  const inputs = createQueue<ArrayBufferLike>();
  const reports: Thread["reports"] = createQueue();
  worker.on("message", (report: Report) => {
    if (report.kind === "taken") inputs.push(report.buffer);
    else reports.push(report);
  });
  worker.on("error", reports.fail);
  for (let i = 0; i < inputBuffers; i++) inputs.push(new ArrayBuffer(bufferBytes));
  for (let i = 0; i < outputBuffers; i++) {
    const buffer = new ArrayBuffer(bufferBytes);
    tell(worker, { kind: "room", buffer }, buffer);
  }
  return { worker, inputs, reports };
}

/** What runs in the thread. Its text goes there: it knows nothing from around it. */
function work(create: typeof createDecoder, needs: typeof wants): void {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const decoder = create(workerData as WebAssembly.Module, crc32);
  const inputs: Uint8Array[] = [];
  const rooms: ArrayBufferLike[] = [];
  let running = false;
  let ended = false;
  let answer = 0;

  parentPort?.on("message", (order: Order) => {
    if (order.kind === "start") {
      decoder.memory.set(order.memory);
      running = true;
      ended = false;
      answer = needs.input;
    } else if (order.kind === "input") {
      inputs.push(order.bytes);
    } else if (order.kind === "end") {
      ended = true;
    } else {
      rooms.push(order.buffer);
    }
    while (running && goOn()) {}
    // Nobody wants what lies behind the data.
    if (!running) while (inputs.length > 0) giveBack();
  });

  /** Whether something could be done. */
  function goOn(): boolean {
    if (answer === needs.input) {
      const input = inputs[0];
      if (input === undefined && !ended) return false;
      if (input === undefined) decoder.endInput();
      else if (decoder.addInput(input) === input.length) giveBack();
      else throw new Error("a buffer for input does not fit");
      answer = decoder.run();
      return true;
    }
    const output = decoder.output();
    if (output.length > 0 && answer > 0) {
      const buffer = rooms.pop();
      if (buffer === undefined) return false;
      const bytes = new Uint8Array(buffer, 0, output.length);
      bytes.set(output);
      report({ kind: "output", bytes }, buffer);
      decoder.makeRoom();
    }
    if (answer === needs.room) {
      answer = decoder.run();
    } else {
      running = false;
      report({ kind: "answer", answer });
    }
    return true;
  }

  function giveBack(): void {
    const { buffer } = inputs.shift()!;
    report({ kind: "taken", buffer }, buffer);
  }

  function report(it: Report, ...moved: ArrayBufferLike[]): void {
    parentPort?.postMessage(it, moved as ArrayBuffer[]);
  }
}
