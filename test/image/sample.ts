// An image for report tests: a wheel rewritten, a file deleted, a package database, names that attack a terminal.
import type { HistoryEntry } from "../../src/image/image.ts";
import { file, MiB, type StackOptions, stack, text, whiteout } from "./stack.ts";

const site = "/opt/venv/lib/python3.12/site-packages";
const evil = `${site}/cubin/b\u001b[31m\n\u202egnp.bin`;

const made = (createdBy: string, emptyLayer = false): HistoryEntry => ({
  createdBy,
  emptyLayer,
  created: undefined,
  comment: undefined,
  author: undefined,
});

export function sample(options: StackOptions = {}) {
  return stack(
    [
      [file("/etc/old", MiB, "o"), text("/var/lib/dpkg/status", "Package: x\n")],
      [
        text(`${site}/cubin-1.0.dist-info/RECORD`, `cubin/a.bin,,\n`),
        file(`${site}/cubin/a.bin`, 10 * MiB),
        file(evil, 3 * MiB),
      ],
      [
        file(`${site}/cubin/a.bin`, 10 * MiB, "a", { uid: 1000 }),
        file(evil, 3 * MiB, "a", { uid: 1000, mtime: 1 }),
        whiteout("/etc/old"),
        text("/var/lib/dpkg/status", "Package: y\n"),
      ],
      [file("/srv/more", 1), file("/srv/again", 10 * MiB)],
    ],
    {
      name: "app.tar",
      compressed: [500_000, 6 * MiB, 10 * MiB, 200],
      history: [
        made("/bin/sh -c #(nop) ADD file:1 in / "),
        made("ENV A=1", true),
        made("RUN /bin/sh -c pip install cubin==1.0 \u001b]0;owned\u0007 # buildkit"),
        made("RUN |1 A=b /bin/sh -c chown -R 1000 /opt/venv # buildkit"),
        made("COPY more /srv/ # buildkit"),
      ],
      ...options,
    },
  );
}
