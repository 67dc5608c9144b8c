// A line on a terminal that tells how far a long read is; nothing for short ones and elsewhere.
import { formatBytes } from "../bytes.ts";
import type { Output } from "../io.ts";

/** Bytes done, and all of them if known. */
export interface Progress {
  readonly done: number;
  readonly total: number | undefined;
}

export interface ProgressLine {
  show(progress: Progress): void;
  /** Takes the line off the terminal. */
  clear(): void;
}

/** Milliseconds before the first line, and between two. */
const PATIENCE = 1000;
const PACE = 100;

/** `now` in milliseconds. */
export function progressLine(output: Output, now: () => number = () => performance.now()): ProgressLine {
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} };
  const begun = now();
  let last = -PACE;
  let drawn = false;
  return {
    show(progress) {
      const time = now() - begun;
      if (time < PATIENCE || time - last < PACE) return;
      last = time;
      drawn = true;
      output.write(`\r\x1b[K${describe(progress, time, (output.columns ?? 80) - 1)}`);
    },
    clear() {
      if (drawn) output.write("\r\x1b[K");
      drawn = false;
    },
  };
}

const BAR = 20;

function describe({ done, total }: Progress, time: number, width: number): string {
  const speed = (done / time) * 1000;
  const rate = `${formatBytes(Math.round(speed))}/s`;
  if (total === undefined || total === 0) return `reading  ${formatBytes(done)}  ${rate}`.slice(0, width);
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR);
  const bar = "█".repeat(filled) + "░".repeat(BAR - filled);
  const left = speed > 0 ? `  ${duration((total - done) / speed)} left` : "";
  const parts = `${bar} ${Math.floor(share * 100)} %  ${formatBytes(done)} of ${formatBytes(total)}  ${rate}${left}`;
  return parts.slice(0, width);
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
