// Turns the name of an image into an image that is open, or into a stream to be read in one pass.

import { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { compressionOf, magicBytes } from "../blob/inflate.ts";
import { readChunks } from "../blob/read.ts";
import { prepareRelease, release } from "../blob/release.ts";
import { ImageError } from "../error.ts";
import type { ReadOptions } from "../image.ts";
import { BLOCK } from "../tar/block.ts";
import { looksLikeTar } from "../tar/look.ts";
import { archiveFilesOf } from "./archive.ts";
import { folderFiles } from "./folder.ts";
import { type ArchiveStream, type Opened, openFiles } from "./opened.ts";
import { splitPath } from "./place.ts";
import type { ImageFormat } from "./plan.ts";

/** Opens what follows the prefix of a source's name. Throws ImageError. */
export type Transport = (rest: string, options: ReadOptions) => Promise<Opened>;

/** What needs a network is loaded when it is needed. */
const docker: Transport = async (rest, options) =>
  (await import("../remote/daemon.ts")).openDaemonImage("docker", rest, options);
const podman: Transport = async (rest, options) =>
  (await import("../remote/daemon.ts")).openDaemonImage("podman", rest, options);
const registry: Transport = async (rest, options) =>
  (await import("../remote/registry.ts")).openRegistryImage(rest, options);

/**
 * Prefixes as skopeo and dive write them, each with ":" or "://" behind it; those that are names of well-known images
 * ("registry:2") only with "://".
 */
const transports: Readonly<Record<string, Transport>> = {
  "docker-archive": (rest, options) => openPath(rest, options, "docker"),
  "oci-archive": (rest, options) => openPath(rest, options, "oci"),
  oci: (rest, options) => openPath(rest, options, "oci"),
  "docker-daemon": docker,
  "docker://": docker,
  "podman://": podman,
  "registry://": registry,
};

/** "-" is standard input. Throws ImageError. */
export async function openSource(source: string, options: ReadOptions): Promise<Opened> {
  if (source === "" || source.includes("\0"))
    throw new ImageError("the name of an image is empty or has a NUL");
  if (source === "-") return ownStream(process.stdin, "standard input");
  if (existsSync(source)) return openPath(source, options, undefined);
  const [, prefix, mark, rest = ""] = /^([a-z][a-z-]*)(:\/\/|:)(.+)$/s.exec(source) ?? [];
  for (const key of [`${prefix}${mark}`, `${prefix}`]) {
    if (Object.hasOwn(transports, key)) return transports[key]!(rest, options);
  }
  const { isDaemonName, openAnyDaemonImage } = await import("../remote/daemon.ts");
  const absent = `${source}: no such file or folder`;
  if (!isDaemonName(source)) throw new ImageError(absent);
  return openAnyDaemonImage(source, options, absent);
}

/** Wraps a stream that the caller has. */
export function openStream(
  stream: AsyncIterable<Uint8Array> & { destroy?: () => unknown },
  name: string,
  format?: ImageFormat,
  reference?: string,
): ArchiveStream {
  return {
    kind: "stream",
    name,
    chunks: stream,
    total: undefined,
    format,
    reference,
    diffIds: undefined,
    async close() {
      stream.destroy?.();
    },
  };
}

/** A stream that nobody else has: the memory of its chunks can be given back. */
function ownStream(stream: Readable, name: string, format?: ImageFormat, reference?: string): ArchiveStream {
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    prepareRelease();
    for await (const chunk of stream) {
      yield chunk;
      release(chunk);
    }
  }
  return { ...openStream(stream, name, format, reference), chunks: chunks() };
}

async function openPath(
  rest: string,
  options: ReadOptions,
  format: ImageFormat | undefined,
): Promise<Opened> {
  const { path, reference } = format === undefined ? { path: rest, reference: undefined } : splitPath(rest);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new ImageError(`${path}: no such file or folder`);
  const asked = { ...options, reference: options.reference ?? reference };
  if (stat.isDirectory()) return openFiles(folderFiles(path), path, asked, format);
  if (!stat.isFile()) return ownStream(createReadStream(path), path, format, reference);

  const fd = openSync(path, "r");
  const start = Buffer.alloc(BLOCK);
  let compressed: boolean;
  try {
    const got = readSync(fd, start, 0, BLOCK, 0);
    compressed = compressionOf(start.subarray(0, Math.min(got, magicBytes)), path) !== "none";
    if (!compressed && !looksLikeTar(start.subarray(0, got))) {
      throw new ImageError(`${path} is no image: neither a tar archive nor a folder`);
    }
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  if (!compressed) return openFiles(await archiveFilesOf(fd, path), path, asked, format);
  const range = { fd, offset: 0, length: fstatSync(fd).size };
  return {
    kind: "stream",
    name: path,
    chunks: readChunks(range, path),
    total: undefined,
    format,
    reference,
    diffIds: undefined,
    async close() {
      closeSync(fd);
    },
  };
}
