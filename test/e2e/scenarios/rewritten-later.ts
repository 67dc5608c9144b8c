// rewritten-later: edited in place in a later layer.
import type { Scenario } from "./scenario.ts";

const rule = "rewritten-later";
/** Makes a file of 3 MB, of which the model knows the size. */
const BLOB = "dd if=/dev/zero bs=1000000 count=3";

export const rewritten: readonly Scenario[] = [
  {
    rule,
    title: "a line appended to what a RUN wrote",
    dockerfile: `FROM busybox:1.36
RUN mkdir /data && ${BLOB} of=/data/blob
RUN echo end >> /data/blob
`,
    context: {},
    finds: [3],
    fix: "safe",
    saves: 3_000_000,
  },
  {
    rule,
    title: "with a variable that is set between",
    dockerfile: `FROM busybox:1.36
RUN mkdir /data && ${BLOB} of=/data/blob
ENV LEVEL=5
RUN echo "level $LEVEL" >> /data/blob
`,
    context: {},
    finds: [4],
    fix: "any",
    saves: 3_000_000,
  },
  {
    rule,
    title: "a copied file edited",
    dockerfile: `FROM busybox:1.36
COPY dump.sql /srv/dump.sql
RUN sed -i 's/old/new/' /srv/dump.sql
`,
    context: { "dump.sql": { text: "insert old value\n".repeat(200_000) } },
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "a step between reads the first state",
    dockerfile: `FROM busybox:1.36
RUN mkdir /data && ${BLOB} of=/data/blob
RUN sha256sum /data/blob > /sum
RUN echo end >> /data/blob
`,
    context: {},
    finds: [4],
    fix: "any",
  },
];
