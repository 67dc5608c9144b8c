// unpacked-later: an archive stored in one layer, unpacked in another.
import { filler } from "../standins/filler.ts";
import { tarball } from "../standins/tarball.ts";
import { wheel } from "../standins/wheel.ts";
import type { ContextFile, Scenario } from "./scenario.ts";

const rule = "unpacked-later";

const archive: Readonly<Record<string, ContextFile>> = {
  "app.tar.gz": { bytes: () => tarball({ "app-1.0/run": 2_000_000, "app-1.0/lib/data": 1_000_000 }) },
};

export const unpacked: readonly Scenario[] = [
  {
    rule,
    title: "copied, unpacked, removed",
    dockerfile: `FROM busybox:1.36
COPY app.tar.gz /tmp/
RUN tar -xzf /tmp/app.tar.gz -C /opt && rm /tmp/app.tar.gz
`,
    context: archive,
    finds: [3],
    fix: "safe",
    has: [/--mount=type=bind,/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "the archive is still used later",
    dockerfile: `FROM busybox:1.36
COPY app.tar.gz /tmp/app.tar.gz
RUN tar -xzf /tmp/app.tar.gz -C /opt
RUN sha256sum /tmp/app.tar.gz > /sum && rm /tmp/app.tar.gz
`,
    context: archive,
    finds: [3, "removed-later:4"],
    fix: "safe",
    has: [/--mount=type=bind,[\s\S]*--mount=type=bind,/],
    lacks: [/COPY|rm /],
    saves: 3_000_000,
  },
  {
    rule,
    title: "downloaded, unpacked by another RUN",
    dockerfile: `FROM debian:bookworm-slim
RUN curl -fsSL -o /tmp/app.tar.gz file:///srv/http/app.tar.gz
RUN tar -xzf /tmp/app.tar.gz -C /opt && rm /tmp/app.tar.gz
`,
    context: {},
    finds: [3],
    fix: "any",
    saves: 3_000_000,
  },
  {
    rule,
    title: "a wheel copied, installed, removed",
    dockerfile: `FROM python:3.11-slim
COPY dist/*.whl /tmp/
RUN pip install --no-index /tmp/*.whl && rm /tmp/*.whl
`,
    context: {
      "dist/standin-1.0-py3-none-any.whl": {
        bytes: () =>
          wheel({
            name: "standin",
            version: "1.0",
            files: { "standin/data.bin": filler("standin", 3_000_000) },
          }),
      },
    },
    finds: [3],
    fix: "any",
    saves: 3_000_000,
  },
];
