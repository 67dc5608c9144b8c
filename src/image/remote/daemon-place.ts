// Where the Docker daemon and podman's service listen.

import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readFound } from "../../found-file.ts";
import { ImageError } from "../error.ts";
import { dockerFolder } from "./docker-config.ts";
import { dockerContext } from "./docker-context.ts";
import type { Place } from "./http.ts";

export type DaemonKind = "docker" | "podman";

/** A daemon's address: what requests are made to. */
export interface DaemonPlace {
  readonly place: Place;
  readonly base: URL;
}

/** What the environment says, as the daemons' own clients read it, else where they usually are. Throws ImageError. */
export function daemonPlace(kind: DaemonKind, env: NodeJS.ProcessEnv): DaemonPlace {
  const variable = kind === "docker" ? "DOCKER_HOST" : "CONTAINER_HOST";
  const host = env[variable];
  if (host) return named(host, `${variable}=${host}`, kind, kind === "docker" ? dockerTls(env) : undefined);
  const context = kind === "docker" ? dockerContext(env) : undefined;
  if (context !== undefined) {
    const { name, certificates, verify } = context;
    const tls = certificates === undefined ? undefined : tlsOf(certificates, verify);
    return named(context.host, `the context ${name}, ${context.host}`, kind, tls);
  }
  const usual = sockets(kind, env);
  return socket(usual.find((path) => existsSync(path)) ?? usual[0]!);
}

function sockets(kind: DaemonKind, env: NodeJS.ProcessEnv): readonly string[] {
  const runtime = env.XDG_RUNTIME_DIR ? [env.XDG_RUNTIME_DIR] : [];
  if (kind === "podman")
    return [...runtime.map((folder) => join(folder, "podman/podman.sock")), "/run/podman/podman.sock"];
  const home = env.HOME || homedir();
  return [
    "/var/run/docker.sock",
    ...runtime.map((folder) => join(folder, "docker.sock")),
    join(home, ".docker/run/docker.sock"),
  ];
}

function socket(path: string): DaemonPlace {
  return { place: { name: path, socketPath: path }, base: new URL("http://localhost/") };
}

function named(host: string, said: string, kind: DaemonKind, tls: Place["tls"]): DaemonPlace {
  const unknown = (why: string) => new ImageError(`${said}: ${why}`);
  const match = /^([a-z]+):\/\/(.*)$/.exec(host);
  const [, scheme, rest = ""] = match ?? [];
  if (scheme === "unix") {
    if (rest === "") throw unknown("names no socket");
    return socket(rest);
  }
  if (scheme === "ssh") {
    throw unknown(`a daemon behind ssh is not asked; \`${kind} save IMAGE | dfdedupe image -\` does it`);
  }
  if (scheme !== "tcp" && scheme !== "http" && scheme !== "https")
    throw unknown("is neither unix:// nor tcp://");
  const secure = scheme === "https" || tls !== undefined;
  let base: URL;
  try {
    base = new URL(`${secure ? "https" : "http"}://${rest}/`);
  } catch {
    throw unknown("is no address");
  }
  const port = /:\d+(\/|$)/.test(rest);
  if (!port && scheme === "tcp") base.port = secure ? "2376" : "2375";
  return { place: { name: base.host, ...(tls && { tls }) }, base };
}

/** DOCKER_CERT_PATH holds ca.pem, cert.pem and key.pem; DOCKER_TLS_VERIFY, if not empty, asks for a known daemon. */
function dockerTls(env: NodeJS.ProcessEnv): Place["tls"] {
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  if (!env.DOCKER_CERT_PATH && !verify) return undefined;
  return tlsOf(env.DOCKER_CERT_PATH || dockerFolder(env), verify);
}

function tlsOf(folder: string, verify: boolean): Place["tls"] {
  const pem = (name: string) => {
    const path = join(folder, name);
    if (!existsSync(path)) return undefined;
    try {
      return readFound(path);
    } catch (error) {
      throw new ImageError(`${path}: ${(error as Error).message}`, { cause: error });
    }
  };
  const [ca, cert, key] = [pem("ca.pem"), pem("cert.pem"), pem("key.pem")];
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }), rejectUnauthorized: verify };
}
