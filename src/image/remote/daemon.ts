// Images of the Docker daemon and of podman's service: inspected first, then exported as one stream.

import * as z from "zod/mini";
import { isDigest } from "../blob/read.ts";
import { ImageError, oneLine } from "../error.ts";
import type { ReadOptions } from "../image.ts";
import { defaultLimits } from "../limits.ts";
import type { ArchiveStream } from "../sources/opened.ts";
import { type DaemonKind, type DaemonPlace, daemonPlace } from "./daemon-place.ts";
import { type Answer, ask, networkReason, readBody } from "./http.ts";
import { silenceOf } from "./patience.ts";

/** The part of an inspection that is used; Docker's and podman's are alike in it. */
const inspection = z.looseObject({
  RootFS: z.nullish(z.looseObject({ Layers: z.nullish(z.array(z.string())) })),
});

const refusal = z.union([z.looseObject({ message: z.string() }), z.looseObject({ cause: z.string() })]);

/** Docker and podman pack a whole image up before the first byte of it goes out. */
const packingSilence = 600_000;

/** Opens an image of a daemon by name or id; it is exported when it is read. Throws ImageError. */
export async function openDaemonImage(
  kind: DaemonKind,
  name: string,
  options: ReadOptions,
): Promise<ArchiveStream> {
  checkName(kind, name);
  const env = options.env ?? process.env;
  const daemon = daemonPlace(kind, env);
  const silence = silenceOf(options);
  const path = `${kind === "docker" ? "" : "v4.0.0/libpod/"}images/${name}`;
  const limit = options.limits?.documentBytes ?? defaultLimits.documentBytes;

  const inspected = await askDaemon(kind, daemon, `${path}/json`, silence, silence);
  const text = await bodyText(kind, daemon, inspected, limit);
  if (inspected.status === 404) throw new ImageError(`${kind} has no image ${name}`);
  if (inspected.status !== 200) throw refused(kind, daemon, inspected.status, text);
  const details = parse(text, inspection);
  if (details === undefined)
    throw new ImageError(`${daemon.place.name} is no ${kind} daemon: it tells nothing of images`);
  const layers = details.RootFS?.Layers ?? [];

  async function* chunks(): AsyncGenerator<Uint8Array> {
    const query = kind === "docker" ? "" : "?format=docker-archive";
    const packing = options.timeout ?? packingSilence;
    const answer = await askDaemon(kind, daemon, `${path}/get${query}`, packing, silence);
    if (answer.status !== 200) {
      throw refused(kind, daemon, answer.status, await bodyText(kind, daemon, answer, limit));
    }
    try {
      yield* answer.body;
    } catch (error) {
      throw unreachable(kind, daemon, error);
    }
  }

  return {
    kind: "stream",
    name,
    chunks: chunks(),
    total: undefined,
    format: undefined,
    reference: undefined,
    diffIds: layers.length > 0 && layers.every(isDigest) ? layers : undefined,
    close: async () => {},
  };
}

/**
 * A bare name is asked of both, Docker first. Throws ImageError that says what either of them answered; `absent` opens
 * it.
 */
export async function openAnyDaemonImage(
  name: string,
  options: ReadOptions,
  absent: string,
): Promise<ArchiveStream> {
  const answers: string[] = [];
  for (const kind of ["docker", "podman"] as const) {
    try {
      return await openDaemonImage(kind, name, options);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      answers.push(error.message);
    }
  }
  throw new ImageError([absent, ...answers].join("; "));
}

/** Whether a name can be one that a daemon knows: no path, and nothing that a URL would have to escape. */
export function isDaemonName(name: string): boolean {
  return (
    /^[a-z0-9][\w.:@/-]*$/i.test(name) && !/\/\/|\/$|(^|\/)\.{1,2}(\/|$)/.test(name) && name.length <= 512
  );
}

function checkName(kind: DaemonKind, name: string): void {
  if (!isDaemonName(name)) throw new ImageError(`${kind}://${name} is no name of an image`);
}

async function askDaemon(
  kind: DaemonKind,
  daemon: DaemonPlace,
  path: string,
  silence: number,
  bodySilence: number,
): Promise<Answer> {
  try {
    return await ask({ url: new URL(path, daemon.base), place: daemon.place, silence, bodySilence });
  } catch (error) {
    throw unreachable(kind, daemon, error);
  }
}

function unreachable(kind: DaemonKind, daemon: DaemonPlace, error: unknown): unknown {
  if (error instanceof ImageError) return new ImageError(`${kind}: ${error.message}`, { cause: error });
  const reason = networkReason(error);
  if (reason === undefined) return error;
  return new ImageError(`${kind}: ${daemon.place.name}: ${reason}`, { cause: error });
}

async function bodyText(
  kind: DaemonKind,
  daemon: DaemonPlace,
  answer: Answer,
  limit: number,
): Promise<string> {
  try {
    return (await readBody(answer, limit, `${kind}: an answer of ${daemon.place.name}`)).toString();
  } catch (error) {
    throw unreachable(kind, daemon, error);
  }
}

function refused(kind: DaemonKind, daemon: DaemonPlace, status: number, text: string): ImageError {
  const said = parse(text, refusal);
  const message = said === undefined ? "" : String("message" in said ? said.message : said.cause);
  const why = message === "" ? "" : `: ${oneLine(message)}`;
  return new ImageError(`${kind}: ${daemon.place.name} answers ${status}${why}`);
}

function parse<T extends z.core.$ZodType>(text: string, schema: T): z.infer<T> | undefined {
  try {
    return z.safeParse(schema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
