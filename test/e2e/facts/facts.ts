// What builders store and how they read COPY and RUN flags: measured, for the model and docs/builders.md rely on it.
import type { BuilderName } from "../builders/builder.ts";
import type { BuiltImage } from "../builders/files.ts";
import type { ContextFile } from "../scenarios/scenario.ts";

export interface Fact {
  readonly title: string;
  readonly dockerfile: string;
  readonly context?: Readonly<Record<string, ContextFile>>;
  /** What to look at; a failed build is "fails" without asking. */
  readonly look: (image: BuiltImage) => string;
  readonly is: Readonly<Record<BuilderName, string>>;
}

const SIZE = 100_000;
const file = { "tool.bin": { size: SIZE, mode: 0o755 } } as const;
const tree: Readonly<Record<string, ContextFile>> = {
  "app/shared": { folder: true, mode: 0o2775 },
  "app/shared/x": { text: "x\n" },
  "app/setuid": { text: "x\n", mode: 0o4755 },
};

/** How often the 100 kB are in the layers above the base. */
function copies({ layers }: BuiltImage): string {
  return `${layers.slice(1).reduce((sum, bytes) => sum + Math.floor(bytes / SIZE), 0)} times`;
}

function owner(path: string): (image: BuiltImage) => string {
  return ({ files }) => {
    const entry = files.get(path);
    return entry === undefined ? "is not there" : `${entry.uid}:${entry.gid}`;
  };
}

function mode(path: string): (image: BuiltImage) => string {
  return ({ files }) => files.get(path)?.mode.toString(8) ?? "is not there";
}

function size(path: string): (image: BuiltImage) => string {
  return ({ files }) => {
    const entry = files.get(path);
    return entry === undefined ? "is not there" : `${entry.type} of ${entry.size} bytes`;
  };
}

const both = (is: string) => ({ buildah: is, buildkit: is });

export const facts: readonly Fact[] = [
  {
    title: "chmod to the mode that a file has",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN chmod 755 /tool\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "chown to the owner that a file has",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN chown 0:0 /tool\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "chmod to another mode",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN chmod 700 /tool\n",
    context: file,
    look: copies,
    is: both("2 times"),
  },
  {
    title: "chmod to another mode and back",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN chmod 700 /tool && chmod 755 /tool\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "touch",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN touch /tool\n",
    context: file,
    look: copies,
    is: both("2 times"),
  },
  {
    title: "the same file copied again",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nCOPY tool.bin /tool\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "the same folder copied again",
    dockerfile: "FROM busybox:1.36\nCOPY . /d\nCOPY . /d\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "a folder of a folder, then the folder",
    dockerfile: "FROM busybox:1.36\nCOPY big /d/big\nCOPY . /d\n",
    context: { "big/tool": { size: SIZE }, small: { text: "x" } },
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "a folder of another stage copied again",
    dockerfile:
      "FROM busybox:1.36 AS a\nCOPY . /d\nFROM busybox:1.36\nCOPY --from=a /d /d\nCOPY --from=a /d /d\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "the same content copied again, with another time",
    dockerfile:
      "FROM busybox:1.36 AS a\nCOPY tool.bin /\nRUN touch /tool.bin\n" +
      "FROM busybox:1.36\nCOPY tool.bin /\nCOPY --from=a /tool.bin /\n",
    context: file,
    look: copies,
    is: both("2 times"),
  },
  {
    title: "mv to another name and back",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN mv /tool /x && mv /x /tool\n",
    context: file,
    look: copies,
    is: { buildah: "2 times", buildkit: "1 times" },
  },
  {
    title: "a hardlink to a file of an earlier layer",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN ln /tool /other\n",
    context: file,
    look: copies,
    is: both("2 times"),
  },
  {
    title: "written, then removed in one RUN",
    dockerfile: "FROM busybox:1.36\nRUN head -c 100000 /dev/zero > /tool && rm /tool\n",
    look: copies,
    is: both("0 times"),
  },
  {
    title: "COPY --chown=app where no such user is",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=app tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: { buildah: "fails", buildkit: "0:0" },
  },
  {
    title: "COPY --chown=app where no file says who there is",
    dockerfile: "FROM scratch\nCOPY --chown=app tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("fails"),
  },
  {
    title: "COPY --chown=www-data",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=www-data tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("33:33"),
  },
  {
    title: "COPY --chown=33",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=33 tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("33:33"),
  },
  {
    title: "COPY --chown=www-data:0",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=www-data:0 tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("33:0"),
  },
  {
    title: "RUN chown www-data",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool\nRUN chown www-data /tool\n",
    context: file,
    look: owner("tool"),
    is: both("33:0"),
  },
  {
    title: "COPY --link --chown=www-data",
    dockerfile: "FROM busybox:1.36\nCOPY --link --chown=www-data tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("fails"),
  },
  {
    title: "COPY --link --chown=33:33",
    dockerfile: "FROM busybox:1.36\nCOPY --link --chown=33:33 tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: { buildah: "fails", buildkit: "33:33" },
  },
  {
    title: "USER, then COPY",
    dockerfile: "FROM busybox:1.36\nUSER www-data\nCOPY tool.bin /tool\n",
    context: file,
    look: owner("tool"),
    is: both("0:0"),
  },
  {
    title: "USER, then WORKDIR: the owner of the folder",
    dockerfile: "FROM busybox:1.36\nUSER www-data\nWORKDIR /srv/app\nCOPY tool.bin .\n",
    context: file,
    look: owner("srv/app"),
    is: { buildah: "0:0", buildkit: "33:33" },
  },
  {
    title: "COPY --chown to a folder that is there: the owner of the folder",
    dockerfile: "FROM busybox:1.36\nWORKDIR /app\nCOPY --chown=33:33 app .\n",
    context: tree,
    look: owner("app"),
    is: { buildah: "33:33", buildkit: "0:0" },
  },
  {
    title: "COPY --chown of a folder to a missing one: the owner of the folder",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=33:33 app /srv/deep/app\n",
    context: tree,
    look: owner("srv/deep/app"),
    is: both("33:33"),
  },
  {
    title: "COPY --chown of a folder to a missing one: the owner of missing parents",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=33:33 app /srv/deep/app\n",
    context: tree,
    look: owner("srv/deep"),
    is: both("33:33"),
  },
  {
    title: "COPY --chown of a file to a missing folder: the owner of missing parents",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=33:33 tool.bin /srv/deep/tool\n",
    context: file,
    look: owner("srv/deep"),
    is: both("33:33"),
  },
  {
    title: "COPY --chmod=700 of a folder: the mode of a folder in it",
    dockerfile: "FROM busybox:1.36\nCOPY --chmod=700 app /app\n",
    context: tree,
    look: mode("app/shared"),
    is: both("700"),
  },
  {
    title: "COPY --chmod=700 of a folder to a missing one: the mode of the folder",
    dockerfile: "FROM busybox:1.36\nCOPY --chmod=700 app /app\n",
    context: tree,
    look: mode("app"),
    is: { buildah: "755", buildkit: "700" },
  },
  {
    title: "COPY --chmod=700 of a file to a missing folder: the mode of missing parents",
    dockerfile: "FROM busybox:1.36\nCOPY --chmod=700 tool.bin /srv/deep/tool\n",
    context: file,
    look: mode("srv/deep"),
    is: { buildah: "755", buildkit: "700" },
  },
  {
    title: "COPY --chmod=775 of a folder: the mode of a setgid folder in it",
    dockerfile: "FROM busybox:1.36\nCOPY --chmod=775 app /app\n",
    context: tree,
    look: mode("app/shared"),
    is: both("775"),
  },
  {
    title: "RUN chmod -R 775 (GNU): the mode of a setgid folder",
    dockerfile: "FROM debian:bookworm-slim\nCOPY app /app\nRUN chmod -R 775 /app\n",
    context: tree,
    look: mode("app/shared"),
    is: { buildah: "775", buildkit: "2775" },
  },
  {
    title: "RUN chmod -R 775 (busybox): the mode of a setgid folder",
    dockerfile: "FROM busybox:1.36\nCOPY app /app\nRUN chmod -R 775 /app\n",
    context: tree,
    look: mode("app/shared"),
    is: both("775"),
  },
  {
    title: "COPY: the mode of a setuid program",
    dockerfile: "FROM busybox:1.36\nCOPY app /app\n",
    context: tree,
    look: mode("app/setuid"),
    is: { buildah: "755", buildkit: "4755" },
  },
  {
    title: "COPY --chown: the mode of a setuid program",
    dockerfile: "FROM busybox:1.36\nCOPY --chown=33:33 app /app\n",
    context: tree,
    look: mode("app/setuid"),
    is: { buildah: "755", buildkit: "4755" },
  },
  {
    title: "RUN chown: the mode of a setuid program",
    dockerfile: "FROM busybox:1.36\nCOPY app /app\nRUN chown -R 33:33 /app\n",
    context: tree,
    look: mode("app/setuid"),
    is: both("755"),
  },
  {
    title: "COPY --chmod=g=u",
    dockerfile: "FROM busybox:1.36\nCOPY --chmod=g=u tool.bin /tool\n",
    context: file,
    look: mode("tool"),
    is: { buildah: "fails", buildkit: "775" },
  },
  {
    title: "RUN chmod -R 700 link, where the link leads to a folder",
    dockerfile: "FROM debian:bookworm-slim\nCOPY app /app\nRUN ln -s /app /link && chmod -R 700 /link\n",
    context: tree,
    look: mode("app/shared/x"),
    is: both("700"),
  },
  {
    title: "RUN chown -R 33 link, where the link leads to a folder: the owner of a file in it",
    dockerfile: "FROM debian:bookworm-slim\nCOPY app /app\nRUN ln -s /app /link && chown -R 33 /link\n",
    context: tree,
    look: owner("app/shared/x"),
    is: both("0:0"),
  },
  {
    title: "RUN --mount=type=bind to a path that is not there: what stays of it",
    dockerfile:
      "FROM busybox:1.36\nRUN --mount=type=bind,source=tool.bin,target=/mnt/deep/tool.bin wc -c /mnt/deep/tool.bin\n",
    context: file,
    look: size("mnt/deep/tool.bin"),
    is: both("is not there"),
  },
  {
    title: "RUN --mount=type=bind to a path that is not there: what stays of its parents",
    dockerfile:
      "FROM busybox:1.36\nRUN --mount=type=bind,source=tool.bin,target=/mnt/deep/tool.bin wc -c /mnt/deep/tool.bin\n",
    context: file,
    look: size("mnt/deep"),
    is: { buildah: "directory of 0 bytes", buildkit: "is not there" },
  },
  {
    title: "RUN --mount=type=bind of a file into a folder that is there: what stays of it",
    dockerfile:
      "FROM busybox:1.36\nRUN --mount=type=bind,source=tool.bin,target=/tmp/tool.bin wc -c /tmp/tool.bin\n",
    context: file,
    look: size("tmp/tool.bin"),
    is: both("is not there"),
  },
  {
    title: "RUN --mount=type=bind: the owner that a file of the context has there",
    dockerfile:
      "FROM busybox:1.36\nRUN --mount=type=bind,source=tool.bin,target=/tmp/tool.bin cp -a /tmp/tool.bin /tool.bin\n",
    context: { "tool.bin": { size: SIZE, uid: 1234 } },
    look: owner("tool.bin"),
    is: { buildah: "1234:1234", buildkit: "0:0" },
  },
  {
    title: "COPY: the owner that a file of the context gets",
    dockerfile: "FROM busybox:1.36\nCOPY tool.bin /tool.bin\n",
    context: { "tool.bin": { size: SIZE, uid: 1234 } },
    look: owner("tool.bin"),
    is: both("0:0"),
  },
  {
    title: "RUN --mount=type=cache to a path that is not there: what stays of it",
    dockerfile: "FROM busybox:1.36\nRUN --mount=type=cache,target=/cache/x touch /cache/x/y\n",
    look: size("cache/x"),
    is: both("is not there"),
  },
  {
    title: "RUN --mount=type=cache on an empty folder of the base image: what stays of it",
    dockerfile: "FROM busybox:1.36\nRUN --mount=type=cache,target=/opt touch /opt/y\n",
    look: size("opt"),
    is: { buildah: "is not there", buildkit: "directory of 0 bytes" },
  },
  {
    title: "changes below a VOLUME",
    dockerfile: "FROM busybox:1.36\nRUN mkdir /data\nVOLUME /data\nRUN touch /data/x\n",
    look: size("data/x"),
    is: { buildah: "is not there", buildkit: "file of 0 bytes" },
  },
  {
    title: "RUN with a heredoc",
    dockerfile: "FROM busybox:1.36\nRUN <<EOF\necho one > /one\nEOF\n",
    look: size("one"),
    is: { buildah: "fails", buildkit: "file of 4 bytes" },
  },
  {
    title: "COPY with a heredoc",
    dockerfile: "FROM busybox:1.36\nCOPY <<EOF /one\none\nEOF\n",
    look: size("one"),
    is: { buildah: "fails", buildkit: "file of 4 bytes" },
  },
  {
    title: "COPY --exclude",
    dockerfile: "FROM busybox:1.36\nCOPY --exclude=setuid app /app\n",
    context: tree,
    look: size("app/setuid"),
    is: { buildah: "fails", buildkit: "is not there" },
  },
  {
    title: "COPY --parents",
    dockerfile: "FROM busybox:1.36\nCOPY --parents app/shared/x /srv/\n",
    context: tree,
    look: size("srv/app/shared/x"),
    is: { buildah: "fails", buildkit: "file of 2 bytes" },
  },
  {
    title: "chmod in a layer above, of a file of the base image",
    dockerfile: "FROM busybox:1.36\nRUN chmod 700 /bin/busybox && chmod 755 /bin/busybox\n",
    look: ({ layers }) => (layers.slice(1).some((bytes) => bytes > 0) ? "stored again" : "not stored"),
    is: { buildah: "stored again", buildkit: "not stored" },
  },
];
