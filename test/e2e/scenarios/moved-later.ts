// moved-later: moved or renamed in a later layer.
import type { ContextFile, Scenario } from "./scenario.ts";

const rule = "moved-later";
const app: Readonly<Record<string, ContextFile>> = {
  "app/run": { size: 3_000_000, mode: 0o755 },
  "app/lib/data": { size: 500_000 },
};

export const moved: readonly Scenario[] = [
  {
    rule,
    title: "copied under one name, wanted under another",
    dockerfile: `FROM busybox:1.36
COPY app /tmp/app
RUN mv /tmp/app /opt/app
`,
    context: app,
    finds: [3],
    // The base image may have a folder of that name, into which mv would move.
    fix: "unsafe",
    has: [/COPY app \/opt\/app/],
    lacks: [/mv /],
    saves: 3_500_000,
  },
  {
    rule,
    title: "into a folder that is there",
    dockerfile: `FROM busybox:1.36
RUN mkdir -p /opt/tools
COPY app /tmp/app
RUN mv /tmp/app /opt/tools && echo moved > /moved
`,
    context: app,
    finds: [4],
    fix: "any",
    has: [/echo moved > \/moved/],
    saves: 3_500_000,
  },
  {
    rule,
    title: "made by a RUN",
    dockerfile: `FROM busybox:1.36
RUN mkdir /build && dd if=/dev/zero bs=1000000 count=3 of=/build/tool
RUN mv /build/tool /usr/bin/tool
`,
    context: {},
    finds: [3],
    fix: "safe",
    saves: 3_000_000,
  },
  {
    rule,
    title: "renamed by a glob",
    dockerfile: `FROM busybox:1.36
COPY dist /tmp/dist
RUN mv /tmp/dist/tool-*.bin /usr/bin/tool
`,
    context: { "dist/tool-1.2.bin": { size: 3_000_000, mode: 0o755 }, "dist/readme": { text: "read me\n" } },
    finds: [3],
    fix: "any",
    lacks: [/COPY [^\n]*\*/],
  },
];
