import { expect, test } from "vitest";
import { progressLine } from "../../src/report/progress.ts";

function terminal(isTTY = true) {
  const written: string[] = [];
  let time = 0;
  const line = progressLine({ write: (text) => written.push(String(text)), isTTY, columns: 80 }, () => time);
  return {
    written,
    show(at: number, done: number, total?: number) {
      time = at;
      line.show({ done, total });
    },
    clear: () => line.clear(),
  };
}

test("bytes, rate and time left, at most ten times a second, and gone in the end", () => {
  const { written, show, clear } = terminal();
  show(2000, 500e6, 2e9);
  show(2050, 510e6, 2e9);
  show(2100, 1.05e9, 2e9);
  clear();
  clear();
  expect(written).toEqual([
    "\r\x1b[K█████░░░░░░░░░░░░░░░ 25 %  500 MB of 2.0 GB  250 MB/s  6 s left",
    "\r\x1b[K███████████░░░░░░░░░ 52 %  1.1 GB of 2.0 GB  500 MB/s  2 s left",
    "\r\x1b[K",
  ]);
});

test("nothing for short work, nothing without a terminal", () => {
  const short = terminal();
  short.show(0, 1, 10);
  short.show(999, 9, 10);
  short.clear();
  expect(short.written).toEqual([]);
  const pipe = terminal(false);
  pipe.show(5000, 1, 10);
  pipe.clear();
  expect(pipe.written).toEqual([]);
});

test("a pipe of unknown length has no bar", () => {
  const { written, show } = terminal();
  show(70_000, 70e6);
  expect(written).toEqual(["\r\x1b[Kreading  70.0 MB  1.0 MB/s"]);
});
