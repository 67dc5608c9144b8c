// copied-twice: a COPY writes what an earlier one wrote.
import type { ContextFile, Scenario } from "./scenario.ts";

const rule = "copied-twice";

const project: Readonly<Record<string, ContextFile>> = {
  "models/weights.bin": { size: 3_000_000 },
  "models/vocabulary": { size: 500_000 },
  "src/main.py": { text: "print('hello')\n" },
  "package.json": { text: "{}\n" },
};

export const copied: readonly Scenario[] = [
  {
    rule,
    title: "a folder, then everything",
    dockerfile: `FROM busybox:1.36
WORKDIR /app
COPY models ./models
COPY . .
`,
    context: project,
    finds: [4],
    fix: "safe",
    lacks: [/COPY models/],
    // BuildKit leaves out what is as before, as long as no cached step brings older times.
    saves: { buildah: 3_500_000, buildkit: 0 },
  },
  {
    rule,
    title: "a file, then a folder with another one of that name",
    dockerfile: `FROM busybox:1.36
COPY defaults/settings.bin /app/settings.bin
RUN echo prepared > /prepared
COPY app /app
`,
    context: { "defaults/settings.bin": { size: 3_000_000 }, "app/settings.bin": { size: 3_000_000 } },
    finds: [4],
    fix: "any",
    // The later one must win.
    lacks: [/--exclude/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "a step between reads the first copy",
    dockerfile: `FROM busybox:1.36
WORKDIR /app
COPY models ./models
RUN sha256sum models/* > /sum
COPY . .
`,
    context: project,
    finds: [5],
    fix: "any",
    // The unsafe fix is COPY --exclude.
    builders: ["buildkit"],
  },
  {
    rule,
    title: "the first copy gives the folder its owner",
    dockerfile: `FROM busybox:1.36
COPY --chown=www-data:www-data models /app/models
COPY . /app
`,
    context: project,
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "a small manifest for the cache, then everything",
    dockerfile: `FROM busybox:1.36
WORKDIR /app
COPY package.json .
RUN head -c 3000000 /dev/zero > /installed
COPY . .
`,
    context: project,
    finds: [],
    fix: "none",
  },
];
