// Names of images in registries, as Docker resolves them (distribution/reference, normalize.go).

import { isDigest } from "../blob/read.ts";
import { ImageError } from "../error.ts";

export interface ImageName {
  /** "docker.io", "registry.example:5000", "[::1]:5000". */
  readonly host: string;
  /** "library/debian" */
  readonly repository: string;
  /** Undefined only if there is a digest. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const hub = "docker.io";
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** "debian" is docker.io/library/debian:latest; a digest wins over a tag. Throws ImageError. */
export function parseImageName(text: string): ImageName {
  const wrong = (why: string) => new ImageError(`${text} is no name of an image: ${why}`);
  if (text.length > 512) throw wrong("it is too long");
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0) throw wrong("it has more than one @");
  if (digest !== undefined && !isDigest(digest)) throw wrong("what follows the @ is no digest");

  const colon = named.lastIndexOf(":");
  const tagged = colon > named.lastIndexOf("/");
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !tagPattern.test(tag)) throw wrong("what follows the last : is no tag");
  const path = tagged ? named.slice(0, colon) : named;

  const slash = path.indexOf("/");
  const first = slash < 0 ? "" : path.slice(0, slash);
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const host = !isHost || first === "index.docker.io" ? hub : first;
  if (!hostPattern.test(host)) throw wrong(`${host} is no host`);
  const rest = isHost ? path.slice(slash + 1) : path;
  const repository = host === hub && !rest.includes("/") ? `library/${rest}` : rest;
  if (repository.length > 255 || !repository.split("/").every((part) => component.test(part))) {
    throw wrong(`${rest === "" ? "nothing" : rest} is no repository`);
  }
  return { host, repository, tag: digest === undefined ? (tag ?? "latest") : undefined, digest };
}

/** The host that answers for a name's host. */
export function registryHost(host: string): string {
  return host === hub ? "registry-1.docker.io" : host;
}

/** Whether a host, perhaps with a port, is this machine: what is said to it stays here. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(name)
  );
}
