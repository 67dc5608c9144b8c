// One HTTP request to a daemon or a registry: streaming, over TCP, TLS or a socket, and never waiting for ever.

import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import { ImageError } from "../error.ts";

/** Where requests go. */
export interface Place {
  /** What errors call it: "registry.example:5000", "/var/run/docker.sock". */
  readonly name: string;
  /** A socket in the file system, instead of the URL's host. */
  readonly socketPath?: string;
  readonly tls?: Pick<RequestOptions, "ca" | "cert" | "key" | "rejectUnauthorized">;
}

export interface Asked {
  readonly url: URL;
  readonly place: Place;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds of silence, before the answer begins and within it, that are borne. */
  readonly silence: number;
  /** The same within the answer, if it is another. */
  readonly bodySilence?: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What is left of the body ends with its loop. Throws ImageError for silence, else what the system says. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives up on the body; does not wait. */
  discard(): void;
}

/** Milliseconds that connecting may take. */
const connectTime = 10_000;

/** Errors of the network are thrown as they are: ask `networkReason`. Throws ImageError for silence. */
export function ask(asked: Asked): Promise<Answer> {
  const { url, place, method = "GET", headers, body, silence, signal } = asked;
  const secure = url.protocol === "https:";
  const options: RequestOptions = {
    method,
    headers: { "user-agent": "dfdedupe", "accept-encoding": "identity", ...headers },
    ...place.tls,
    ...(place.socketPath !== undefined && { socketPath: place.socketPath, agent: false }),
    ...(signal && { signal }),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? tlsRequest : plainRequest)(url, options);
    let timer: NodeJS.Timeout | undefined;
    const wait = (time: number, silent: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.destroy(new ImageError(silent)), time);
    };
    wait(Math.min(silence, connectTime), `${place.name} cannot be reached in time`);
    const connected = () => wait(silence, `${place.name} does not answer (${seconds(silence)})`);
    request.on("socket", (socket) => {
      if (!socket.connecting) connected();
      else socket.once(secure ? "secureConnect" : "connect", connected);
    });
    request.on("response", (response) => {
      clearTimeout(timer);
      // An error between two reads of the body is told by the next read.
      response.on("error", () => {});
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: bodyOf(response, place.name, asked.bodySilence ?? silence),
        discard: () => drain(response),
      });
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

async function* bodyOf(response: IncomingMessage, name: string, silence: number): AsyncGenerator<Uint8Array> {
  let waiting = true;
  let chunks = 0;
  const stop = () => response.destroy(new ImageError(`${name} fell silent (${seconds(silence)})`));
  const timer = setTimeout(() => {
    const before = chunks;
    // What came while this process was busy is not seen yet.
    if (waiting) setImmediate(() => setImmediate(() => waiting && chunks === before && stop()));
  }, silence);
  try {
    for await (const chunk of response) {
      waiting = false;
      chunks++;
      yield chunk as Uint8Array;
      waiting = true;
      timer.refresh();
    }
  } finally {
    waiting = false;
    clearTimeout(timer);
    response.destroy();
  }
}

/** A short rest is read, so that the connection can be used again, but not waited for long. */
function drain(response: IncomingMessage): void {
  if (!(Number(response.headers["content-length"]) <= 65_536)) {
    response.destroy();
    return;
  }
  const timer = setTimeout(() => response.destroy(), 1000);
  response.once("close", () => clearTimeout(timer));
  response.resume();
}

function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 1000)} s`;
}

/** Milliseconds that a document may take in all, however steadily it trickles in. */
const documentTime = 300_000;

/**
 * A small answer as a whole. Throws ImageError if it has more than `limit` bytes or takes too long; `what` opens the
 * message.
 */
export async function readBody(answer: Answer, limit: number, what: string): Promise<Buffer> {
  const tooLarge = (size: string) =>
    new ImageError(`${what} has ${size} bytes, more than the ${limit} of a document`);
  const announced = Number(answer.headers["content-length"] ?? 0);
  if (announced > limit) {
    answer.discard();
    throw tooLarge(`${announced}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const begun = performance.now();
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (performance.now() - begun > documentTime) throw new ImageError(`${what} takes too long`);
    if (size > limit) throw tooLarge(`at least ${size}`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is wrong with the network, for a message that names the place; undefined for other errors. */
export function networkReason(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof ImageError) return undefined;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return undefined;
  if (code in reasons) return reasons[code];
  if (/ALERT/.test(code) && /CERT/.test(code)) return "it does not accept this client's certificate";
  // Certificates: DEPTH_ZERO_SELF_SIGNED_CERT, UNABLE_TO_VERIFY_LEAF_SIGNATURE, CERT_HAS_EXPIRED, ERR_TLS_…
  if (/CERT|SIGNATURE|^ERR_TLS/.test(code)) {
    return `its certificate is not trusted: ${error.message} (NODE_EXTRA_CA_CERTS may name another authority)`;
  }
  if (isTlsMismatch(error)) return "it does not speak TLS";
  return error.message || code;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "it cannot be reached",
  ENOENT: "there is no such socket",
  ENOTSOCK: "it is no socket",
  EACCES: "permission denied",
  EPERM: "permission denied",
};

/** Whether an error may pass by itself. */
export function mayPass(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return ["ECONNRESET", "EPIPE", "EAI_AGAIN", "ETIMEDOUT"].includes(code);
}

/** Whether the other side answered TLS with something else. */
export function isTlsMismatch(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}
