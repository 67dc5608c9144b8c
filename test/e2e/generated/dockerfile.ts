// Dockerfiles out of a small alphabet of steps, the same for the same seed.
import type { ContextFile } from "../scenarios/scenario.ts";

/** A step and what it needs to be possible; steps write below /a, /b and /c. */
interface Step {
  readonly text: string;
  /** Paths that must be there. */
  readonly needs?: readonly string[];
  readonly makes?: readonly string[];
  readonly removes?: readonly string[];
  /** How often it is drawn; 1 when absent. */
  readonly weight?: number;
}

/** The context that all of them are built in. */
export const generatedContext: Readonly<Record<string, ContextFile>> = {
  "one/data": { size: 1_500_000 },
  "one/bin/run": { size: 1_200_000, mode: 0o755 },
  "one/bin/link": { link: "run" },
  "two/data": { size: 1_100_000, mode: 0o600 },
  "file.bin": { size: 1_300_000 },
};

const steps: readonly Step[] = [
  { text: "COPY one /a", makes: ["/a", "/a/data", "/a/bin", "/a/bin/run"], weight: 3 },
  { text: "COPY --chown=www-data:www-data one /a", makes: ["/a", "/a/data", "/a/bin", "/a/bin/run"] },
  { text: "COPY two /b", makes: ["/b", "/b/data"], weight: 3 },
  { text: "COPY two/ /a/", makes: ["/a", "/a/data"] },
  { text: "COPY file.bin /c/", makes: ["/c", "/c/file.bin"], weight: 2 },
  { text: "COPY --chmod=640 file.bin /c/file.bin", makes: ["/c", "/c/file.bin"] },
  { text: "COPY file.bin /tmp/file.bin", makes: ["/tmp/file.bin"], weight: 2 },
  { text: "COPY one /tmp/one", makes: ["/tmp/one"] },
  { text: "COPY . /c", makes: ["/c", "/c/file.bin", "/c/one", "/c/two"] },
  { text: "WORKDIR /a", makes: ["/a"] },
  { text: "WORKDIR /" },
  { text: "ENV OWNER=www-data" },
  { text: "ENV OWNER=root" },
  { text: "USER www-data" },
  { text: "USER root", weight: 2 },
  { text: "RUN dd if=/dev/zero of=/tmp/blob bs=1000000 count=2", makes: ["/tmp/blob"], weight: 2 },
  {
    text: "RUN mkdir -p /b && dd if=/dev/zero of=/b/blob bs=1000000 count=2",
    makes: ["/b", "/b/blob"],
    weight: 2,
  },
  { text: "RUN cp -R /a /b/copy", needs: ["/a", "/b"], makes: ["/b/copy"] },
  { text: "RUN chown -R www-data:www-data /a", needs: ["/a"], weight: 3 },
  { text: "RUN chown -R www-data /b", needs: ["/b"], weight: 2 },
  { text: 'RUN chown -R "$OWNER" /c && echo "$OWNER" > /owner', needs: ["/c"], makes: ["/owner"] },
  { text: "RUN chown www-data:www-data /a", needs: ["/a"] },
  { text: "RUN chmod -R 755 /a", needs: ["/a"], weight: 2 },
  { text: "RUN chmod -R g=u /b", needs: ["/b"] },
  { text: "RUN chmod +x /c/file.bin", needs: ["/c/file.bin"], weight: 2 },
  { text: "RUN chmod 600 /a/bin/link", needs: ["/a/bin/run"] },
  { text: "RUN find /a -type f -exec chmod 640 {} +", needs: ["/a"] },
  { text: "RUN rm -rf /b", needs: ["/b"], removes: ["/b"] },
  { text: "RUN cd /tmp && rm -f blob", needs: ["/tmp/blob"], removes: ["/tmp/blob"], weight: 2 },
  { text: "RUN cd /c; rm file.bin; echo done > done", needs: ["/c/file.bin"], removes: ["/c/file.bin"] },
  { text: "RUN wc -c /tmp/blob > /size && rm /tmp/blob", needs: ["/tmp/blob"], removes: ["/tmp/blob"] },
  {
    text: "RUN sha256sum /tmp/file.bin > /sum && rm /tmp/file.bin",
    needs: ["/tmp/file.bin"],
    removes: ["/tmp/file.bin"],
    weight: 3,
  },
  {
    text: "RUN cp -R /tmp/one/bin /bin2 && rm -r /tmp/one",
    needs: ["/tmp/one"],
    removes: ["/tmp/one"],
    weight: 3,
  },
  {
    text: "RUN mv /c/file.bin /c/moved.bin",
    needs: ["/c/file.bin"],
    removes: ["/c/file.bin"],
    makes: ["/c/moved.bin"],
  },
  { text: "RUN mv /b /moved", needs: ["/b"], removes: ["/b"] },
  { text: "RUN echo more >> /a/data", needs: ["/a/data"], weight: 2 },
  { text: "RUN echo more >> /tmp/blob", needs: ["/tmp/blob"] },
  { text: "RUN sha256sum /c/file.bin > /sum", needs: ["/c/file.bin"] },
  { text: "RUN stat -c '%u %a' /a/data > /listing", needs: ["/a/data"] },
  { text: "RUN echo small > /small" },
];

/** A Dockerfile of 5 to 10 steps that a builder accepts, unless a user may not do what a step wants. */
export function generateDockerfile(random: () => number): string {
  const there = new Set<string>();
  const lines = ["FROM busybox:1.36"];
  const length = 5 + Math.floor(random() * 6);
  while (lines.length <= length) {
    const possible = steps.filter(({ needs = [] }) => needs.every((path) => there.has(path)));
    const step = draw(possible, random);
    for (const path of step.removes ?? []) {
      for (const other of [...there]) if (other === path || other.startsWith(`${path}/`)) there.delete(other);
    }
    for (const path of step.makes ?? []) there.add(path);
    lines.push(step.text);
  }
  return `${lines.join("\n")}\n`;
}

function draw(possible: readonly Step[], random: () => number): Step {
  const total = possible.reduce((sum, { weight = 1 }) => sum + weight, 0);
  let at = random() * total;
  for (const step of possible) {
    at -= step.weight ?? 1;
    if (at < 0) return step;
  }
  return possible[0]!;
}

/** Numbers from 0 up to 1: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
