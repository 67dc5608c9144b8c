// retouched-later: owner or mode changed in a later layer.
import type { ContextFile, Scenario } from "./scenario.ts";

const rule = "retouched-later";

/** A small program with data: 3.5 MB. */
const app: Readonly<Record<string, ContextFile>> = {
  "app/run": { size: 3_000_000, mode: 0o755 },
  "app/lib/data": { size: 500_000 },
  "app/lib/latest": { link: "data" },
};
const APP_BYTES = 3_500_000;

export const retouched: readonly Scenario[] = [
  {
    rule,
    title: "the user is made in the RUN that changes the owner",
    dockerfile: `FROM debian:bookworm-slim
COPY app /app
RUN groupadd -r app \\
    && useradd -r -g app app \\
    && chown -R app:app /app
USER app
`,
    context: app,
    finds: [5],
    fix: "safe",
    has: [/useradd[\s\S]*COPY --chown=app:app/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "the user is made in a RUN of its own, behind the COPY",
    dockerfile: `FROM debian:bookworm-slim
WORKDIR /srv
COPY app /srv/app
RUN useradd --create-home app
RUN chown -R app:app /srv/app
`,
    context: app,
    finds: [5],
    fix: "safe",
    has: [/useradd[\s\S]*COPY --chown=app:app/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "making the user reads what was copied",
    dockerfile: `FROM debian:bookworm-slim
COPY app /app
RUN useradd --no-create-home --home-dir /app --shell "/app/$(ls /app | grep run)" app
RUN chown -R app:app /app
`,
    context: app,
    finds: [4],
    fix: "any",
  },
  {
    rule,
    title: "a missing parent folder keeps root as its owner",
    dockerfile: `FROM busybox:1.36
COPY app /srv/deep/app
RUN chown -R www-data:www-data /srv/deep/app
`,
    context: app,
    finds: [3],
    fix: "any",
    saves: APP_BYTES,
  },
  {
    rule,
    title: "the folder is there before the COPY",
    dockerfile: `FROM busybox:1.36
WORKDIR /app
COPY app .
RUN chown -R www-data:www-data /app
USER www-data
`,
    context: app,
    finds: [4],
    fix: "safe",
    has: [/COPY --chown=www-data:www-data app \./, /chown (?!-R)[^\n]*\/app/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "chown of a user alone leaves the group",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN chown -R www-data /app
`,
    context: app,
    finds: [3],
    fix: "safe",
    has: [/--chown=www-data:(0|root) /],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "one mode for the whole tree",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN chmod -R 755 /app
`,
    // BuildKit stores no file again that has the mode already.
    context: { ...app, "app/run": { size: 3_000_000 } },
    finds: [3],
    fix: "safe",
    has: [/COPY --chmod=0?755 app \/app/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "a mode for one file of the tree is none for its neighbours",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN chmod 4755 /app/run
`,
    context: app,
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "a mode for files only is none for folders",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN find /app -type f -exec chmod 600 {} +
`,
    context: app,
    finds: [3],
    fix: "any",
    lacks: [/--chmod=0?600/],
  },
  {
    rule,
    title: "a setgid folder in the tree",
    dockerfile: `FROM debian:bookworm-slim
COPY app /app
RUN chmod -R 775 /app
`,
    context: { ...app, "app/shared": { folder: true, mode: 0o2775 }, "app/shared/x": { size: 10 } },
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "a setuid program loses its bit with its owner",
    dockerfile: `FROM debian:bookworm-slim
COPY app /app
RUN chown -R www-data:www-data /app
`,
    context: { ...app, "app/setuid": { size: 1000, mode: 0o4755 } },
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "a symbolic mode with a syntax that knows it",
    dockerfile: `# syntax=docker/dockerfile:1.14
FROM busybox:1.36
COPY app /app
RUN chmod -R g=u /app
`,
    context: app,
    finds: [4],
    fix: "safe",
    has: [/^# syntax=docker\/dockerfile:1\.14\n/, /COPY --chmod=g=u app \/app/],
    saves: APP_BYTES,
    builders: ["buildkit"],
  },
  {
    rule,
    title: "a symbolic mode with a syntax that does not know it",
    dockerfile: `# syntax=docker/dockerfile:1.7
FROM busybox:1.36
COPY app /app
RUN chmod -R g=u /app
`,
    context: app,
    finds: [4],
    fix: "any",
    lacks: [/dockerfile:1\.7\n[\s\S]*--chmod=g=u/],
    // With --unsafe-fixes the fix asks for a syntax that knows it.
    builders: ["buildkit"],
  },
  {
    rule,
    title: "COPY --link knows no names",
    dockerfile: `FROM debian:bookworm-slim
RUN useradd --create-home app
COPY --link app /app
RUN chown -R app:app /app
`,
    context: app,
    finds: [4],
    fix: "any",
    lacks: [/--link[^\n]*--chown=app/, /--chown=app[^\n]*--link/],
    builders: ["buildkit"],
  },
  {
    rule,
    title: "from another stage",
    dockerfile: `FROM busybox:1.36 AS build
RUN mkdir -p /out/lib && head -c 3000000 /dev/zero > /out/lib/blob

FROM busybox:1.36
COPY --from=build /out /app
ENV APP_HOME=/app
RUN chown -R www-data:www-data \${APP_HOME}
`,
    context: {},
    finds: [7],
    fix: "safe",
    has: [/COPY --from=build --chown=www-data:www-data|COPY --chown=www-data:www-data --from=build/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "the files come from a RUN",
    dockerfile: `FROM busybox:1.36
RUN mkdir -p /data/deep && dd if=/dev/zero bs=1000000 count=3 of=/data/deep/blob
ENV MODE=fast
RUN chown -R www-data:www-data /data && echo "$MODE" > /mode
`,
    context: {},
    finds: [4],
    fix: "safe",
    has: [/\$MODE/],
    saves: 3_000_000,
  },
  {
    rule,
    title: "the RUN that wrote the files has a mount that the other one has not",
    dockerfile: `FROM busybox:1.36
RUN --mount=type=bind,source=app,target=/src cp -R /src /data
RUN chown -R www-data:www-data /data
`,
    context: app,
    finds: [3],
    fix: "safe",
    has: [/--mount=type=bind,source=app,target=\/src cp -R \/src \/data/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "relative to a folder",
    dockerfile: `FROM debian:bookworm-slim
COPY app /opt/app
RUN cd /opt && chown -R 33:33 app
`,
    context: app,
    finds: [3],
    fix: "safe",
    has: [/--chown=33:33/],
    saves: APP_BYTES,
  },
  {
    rule,
    title: "chmod through a symbolic link",
    dockerfile: `FROM debian:bookworm-slim
COPY app /opt/app-1.0
RUN ln -s /opt/app-1.0 /opt/app
RUN chmod -R 700 /opt/app
`,
    context: app,
    finds: [4],
    fix: "any",
    // Its COPY --chmod leaves the folder itself alone.
    differs: { buildah: [/^\/opt\/app-1\.0: mode 700, then 755$/] },
    saves: 500_000,
  },
  {
    rule,
    title: "a step between gives one of the files another mode",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN chmod 600 /app/lib/data
RUN chmod -R 755 /app
`,
    context: app,
    finds: [4],
    fix: "any",
  },
  {
    rule,
    title: "a step between sees the old owner",
    dockerfile: `FROM busybox:1.36
COPY app /app
RUN stat -c '%U %a %n' /app/run > /listing
RUN chown -R www-data:www-data /app
`,
    context: app,
    finds: [4],
    fix: "any",
  },
  {
    rule,
    title: "chmod +x on a program that may be run already",
    dockerfile: `FROM busybox:1.36
COPY app/run /usr/local/bin/run
RUN chmod +x /usr/local/bin/run
`,
    context: app,
    finds: [3],
    fix: "any",
    saves: 0,
  },
  {
    rule,
    title: "chmod +x on a file that may not be run yet",
    dockerfile: `FROM busybox:1.36
COPY tool.bin /usr/local/bin/tool
RUN chmod +x /usr/local/bin/tool && tool --version 2> /dev/null || true
`,
    context: { "tool.bin": { size: 2_000_000 } },
    finds: [3],
    fix: "any",
  },
  {
    rule,
    title: "capabilities of a program that was copied",
    dockerfile: `FROM debian:bookworm-slim
COPY app/run /usr/local/bin/run
RUN setcap cap_net_bind_service=+ep /usr/local/bin/run
`,
    context: app,
    finds: [3],
    fix: "any",
  },
];
