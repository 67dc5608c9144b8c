// removed-later: deleted in a later layer.
import type { Scenario } from "./scenario.ts";

const rule = "removed-later";
/** Makes a file of 3 MB, of which the model knows the size. */
const BLOB = "dd if=/dev/zero bs=1000000 count=3";

export const removed: readonly Scenario[] = [
  {
    rule,
    title: "the lists of apt",
    dockerfile: `FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git
RUN rm -rf /var/lib/apt/lists/*
`,
    context: {},
    finds: [3],
    fix: "safe",
    saves: 1_000_000,
  },
  {
    rule,
    title: "the lists of apt, in a cache mount",
    dockerfile: `FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends git
RUN rm -rf /var/lib/apt/lists/*
`,
    context: {},
    finds: [3],
    fix: "safe",
    cacheMounts: true,
    has: [/--mount=type=cache,target=\/var\/lib\/apt\/lists/],
    // It takes away every empty folder that something was mounted on.
    differs: { buildah: [/^\/var\/lib\/apt\/lists: is gone$/] },
    lacks: [/rm -rf/],
    saves: 1_000_000,
  },
  {
    rule,
    title: "build dependencies purged late",
    dockerfile: `FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
RUN cat /usr/share/build-essential/data | sha256sum > /built
RUN apt-get purge -y build-essential && apt-get autoremove -y
`,
    context: {},
    finds: [4],
    fix: "any",
  },
  {
    rule,
    title: "a relative rm behind a cd that led elsewhere",
    dockerfile: `FROM busybox:1.36
RUN mkdir -p /job/src && cd /job/src && ${BLOB} of=blob && wc -c blob > ../size
RUN cd /job && rm -rf src
`,
    context: {},
    finds: [3],
    fix: "safe",
    saves: 3_000_000,
  },
  {
    rule,
    title: "commands that end with semicolons",
    dockerfile: `FROM busybox:1.36
RUN set -eux; \\
    mkdir /build; \\
    ${BLOB} of=/build/blob; \\
    # what is kept
    wc -c /build/blob > /size
RUN rm -rf /build; \\
    echo cleaned > /cleaned
`,
    context: {},
    finds: [7],
    fix: "safe",
    has: [/# what is kept/, /echo cleaned > \/cleaned/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "heredocs",
    dockerfile: `FROM busybox:1.36
RUN <<EOF
set -e
mkdir /build
${BLOB} of=/build/blob
wc -c /build/blob > /size
EOF
RUN <<EOF
rm -rf /build
echo cleaned > /cleaned
EOF
`,
    context: {},
    finds: [9],
    fix: "any",
    saves: 3_000_000,
    builders: ["buildkit"],
  },
  {
    rule,
    title: "a step between needs the file",
    dockerfile: `FROM busybox:1.36
RUN mkdir /build && ${BLOB} of=/build/blob
COPY key /key
RUN sha256sum /build/blob /key > /sum
RUN rm -r /build
`,
    context: { key: { text: "key\n" } },
    finds: [5],
    fix: "any",
  },
  {
    rule,
    title: "copied only to be used",
    dockerfile: `FROM busybox:1.36
COPY installer.bin /tmp/installer.bin
RUN sha256sum /tmp/installer.bin > /sum && rm /tmp/installer.bin
`,
    context: { "installer.bin": { size: 3_000_000 } },
    finds: [3],
    fix: "safe",
    has: [/--mount=type=bind,/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "copied, used by two steps, then removed",
    dockerfile: `FROM busybox:1.36
COPY installer.bin /tmp/installer.bin
RUN sha256sum /tmp/installer.bin > /sum
RUN wc -c /tmp/installer.bin > /size && rm /tmp/installer.bin
`,
    context: { "installer.bin": { size: 3_000_000 } },
    finds: [4],
    fix: "safe",
    has: [/--mount=type=bind,[\s\S]*--mount=type=bind,/],
    lacks: [/COPY|rm /],
    saves: 3_000_000,
  },
  {
    rule,
    title: "the command uses a variable set between",
    dockerfile: `FROM busybox:1.36
RUN mkdir -p /build-1 && ${BLOB} of=/build-1/blob
ENV VERSION=1
RUN rm -rf "/build-$VERSION" && echo "$VERSION" > /done
`,
    context: {},
    finds: [4],
    fix: "any",
    saves: 3_000_000,
  },
  {
    rule,
    title: "another user removes it",
    dockerfile: `FROM busybox:1.36
RUN mkdir -m 777 /build && ${BLOB} of=/build/blob && touch /keep
USER www-data
RUN rm -rf /build/blob && id -u > /build/who
`,
    context: {},
    finds: [4],
    fix: "any",
    saves: 3_000_000,
  },
];
