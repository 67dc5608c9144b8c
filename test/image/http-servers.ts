// Servers for tests: a registry that holds an OCI layout in memory, a daemon on a socket, and how they may misbehave.

import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach } from "vitest";
import { type Descriptor, sha256, temporaryFolder } from "./archives.ts";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** "127.0.0.1:40123"; ends with the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const folder = temporaryFolder();
let sockets = 0;

/** The path of its socket. */
export async function serveSocket(
  listener: RequestListener,
  path = join(folder, `${sockets++}.sock`),
): Promise<string> {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** May answer in the registry's place: true when it did. */
export type Interference = (
  request: IncomingMessage,
  response: ServerResponse,
  seen: readonly Seen[],
) => boolean;

export interface TestRegistry {
  readonly host: string;
  /** Requests so far. */
  readonly seen: readonly Seen[];
  /** Digests of the first image's manifest and layers. */
  readonly root: Descriptor;
}

/** Serves a layout's blobs as the repository team/app; its index, or the only entry of it, is the tag 1. */
export async function serveRegistry(
  files: ReadonlyMap<string, Buffer>,
  interfere: Interference = () => false,
  asIndex = false,
): Promise<TestRegistry> {
  const index = files.get("index.json")!;
  const entries = JSON.parse(index.toString()).manifests as Descriptor[];
  const root: Descriptor = asIndex
    ? { mediaType: "application/vnd.oci.image.index.v1+json", digest: sha256(index), size: index.length }
    : entries[0]!;
  const all = new Map([...files, [pathOf(root.digest), asIndex ? index : files.get(pathOf(root.digest))!]]);
  const seen: Seen[] = [];
  const host = await serve((request, response) => {
    const { method = "", url: path = "" } = request;
    seen.push({ method, path, authorization: request.headers.authorization, range: request.headers.range });
    if (interfere(request, response, seen)) return;
    const match = /^\/v2\/team\/app\/(manifests|blobs)\/(.+)$/.exec(path);
    const digest = match?.[2] === "1" ? root.digest : match?.[2];
    const bytes = digest && all.get(pathOf(digest));
    if (!bytes) {
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      return;
    }
    const type = match![1] === "blobs" ? "application/octet-stream" : mediaTypeOf(bytes);
    response.setHeader("content-type", type);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from > 0) response.setHeader("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": bytes.length - from });
    response.end(bytes.subarray(from));
  });
  return { host, seen, root };
}

function pathOf(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function mediaTypeOf(bytes: Buffer): string {
  return bytes.includes('"manifests":')
    ? "application/vnd.oci.image.index.v1+json"
    : "application/vnd.oci.image.manifest.v1+json";
}

/** Half of these bytes, then the connection is cut. */
export function half(response: ServerResponse, bytes: Buffer, from = 0): void {
  const middle = from + Math.floor((bytes.length - from) / 2);
  if (from > 0) {
    response.writeHead(206, {
      "content-length": bytes.length - from,
      "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    });
  } else {
    response.writeHead(200, { "content-length": bytes.length });
  }
  response.write(bytes.subarray(from, middle), () => setTimeout(() => response.destroy(), 20));
}
