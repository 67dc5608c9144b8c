// Requests to one repository of a registry: logs in when asked to, follows redirects, tries again where that may help.

import { setTimeout as sleep } from "node:timers/promises";
import { ImageError } from "../error.ts";
import { findCredentials } from "./credentials.ts";
import { type Answer, ask, isTlsMismatch, mayPass, networkReason } from "./http.ts";
import { type ImageName, isLoopback, registryHost } from "./image-name.ts";
import { authorize } from "./token.ts";

export interface RegistryClient {
  /**
   * An answer with status 200, 206 or 404 to GET `/v2/<repository>/<path>`. `what` names it in errors. Throws
   * ImageError.
   */
  ask(path: string, headers: Readonly<Record<string, string>>, what: string): Promise<Answer>;
  /** Ends all that is under way. */
  abort(): void;
}

export interface RegistryOptions {
  readonly plainHttp: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds. */
  readonly silence: number;
}

/** Attempts in all, for answers and failures that may pass. */
const attempts = 4;
/** Milliseconds before the second attempt; each further one waits twice as long. */
const firstPause = 250;
/** Seconds: who asks to wait longer is not waited for. */
const longestWait = 30;
const maxRedirects = 5;

/** `where` opens errors. */
export function registryClient(name: ImageName, where: string, options: RegistryOptions): RegistryClient {
  const { plainHttp, env, silence } = options;
  const host = registryHost(name.host);
  const controller = new AbortController();
  const { signal } = controller;
  /** Unknown until a registry on this machine has answered: it may have no TLS. */
  let scheme = plainHttp ? "http" : "https";
  let authorization: string | undefined;
  let answered = false;
  let known: ReturnType<typeof findCredentials> | undefined;

  const plainAllowed = (url: URL) => plainHttp || isLoopback(url.host);

  /** One request, redirects followed; `own` tells whether the registry itself has answered, not a host it named. */
  async function follow(path: string, headers: Readonly<Record<string, string>>) {
    let url = new URL(`${scheme}://${host}/v2/${name.repository}/${path}`);
    let own = true;
    for (let hops = 0; ; hops++) {
      const sent = own && authorization !== undefined ? { ...headers, authorization } : headers;
      const answer = await ask({ url, place: { name: url.host }, headers: sent, silence, signal });
      answered = true;
      const { location } = answer.headers;
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
        return { answer, own };
      answer.discard();
      if (hops === maxRedirects) throw new ImageError(`${where}: redirected more than ${maxRedirects} times`);
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (next === undefined || !/^https?:$/.test(next.protocol)) {
        throw new ImageError(`${where}: redirected to ${location}, which is no address`);
      }
      if (next.protocol === "http:" && !plainAllowed(next)) {
        throw new ImageError(`${where}: redirected to ${next.host} without TLS`);
      }
      // The login is the registry's: no other host gets it, nor does the registry by a stranger's word.
      if (next.origin !== url.origin) own = false;
      next.username = "";
      next.password = "";
      url = next;
    }
  }

  async function withScheme(path: string, headers: Readonly<Record<string, string>>) {
    try {
      return await follow(path, headers);
    } catch (error) {
      const cut = isTlsMismatch(error) || (error as NodeJS.ErrnoException).code === "ECONNRESET";
      if (answered || scheme === "http" || !isLoopback(host) || !cut) throw error;
      scheme = "http";
      return follow(path, headers);
    }
  }

  async function login(challenge: string | undefined): Promise<void> {
    known ??= findCredentials(name.host, env);
    const { credentials, problem } = await known;
    const needs = { where, credentials, repository: name.repository, plainAllowed, silence, signal };
    const why = problem === undefined ? "" : ` (${problem})`;
    try {
      authorization = await authorize(challenge, needs);
    } catch (error) {
      if (!(error instanceof ImageError) || problem === undefined) throw error;
      throw new ImageError(`${error.message}${why}`, { cause: error });
    }
    if (authorization === undefined) {
      throw new ImageError(`${where}: the registry wants a login: docker login ${name.host}${why}`);
    }
  }

  async function pause(attempt: number, answer?: Answer): Promise<void> {
    const asked = answer === undefined ? undefined : retryAfter(answer);
    if (asked !== undefined && asked > longestWait) {
      throw new ImageError(
        `${where}: the registry answers ${answer!.status} and asks to wait ${Math.ceil(asked)} s`,
      );
    }
    const time = asked === undefined ? firstPause * 2 ** (attempt - 1) : asked * 1000;
    await sleep(time, undefined, { signal });
  }

  async function request(path: string, headers: Readonly<Record<string, string>>, what: string) {
    let loggedIn = false;
    for (let attempt = 1; ; ) {
      let result: { readonly answer: Answer; readonly own: boolean };
      try {
        result = await withScheme(path, headers);
      } catch (error) {
        if (!mayPass(error) || attempt++ >= attempts) throw error;
        await pause(attempt - 1);
        continue;
      }
      const { answer, own } = result;
      const { status } = answer;
      if (status === 200 || status === 206 || status === 404) return answer;
      answer.discard();
      if (status === 401 && own && !loggedIn) {
        // Also in the middle of a long read: tokens live for minutes.
        loggedIn = true;
        await login(answer.headers["www-authenticate"]);
        continue;
      }
      if (status === 429 || status >= 500) {
        if (attempt++ < attempts) {
          await pause(attempt - 1, answer);
          continue;
        }
        throw new ImageError(
          `${where}: ${what}: the registry still answers ${status} after ${attempts} attempts`,
        );
      }
      if (status === 401 || status === 403) {
        throw new ImageError(
          `${where}: access denied (${status}): it is not there, or needs another login: docker login ${name.host}`,
        );
      }
      throw new ImageError(`${where}: ${what}: the registry answers ${status}`);
    }
  }

  return {
    async ask(path, headers, what) {
      try {
        return await request(path, headers, what);
      } catch (error) {
        throw networkError(error, where, host);
      }
    },
    abort: () => controller.abort(),
  };
}

/** Network errors in a sentence of one line, all others as they are. */
export function networkError(error: unknown, where: string, host: string): unknown {
  if (error instanceof ImageError) {
    return error.message.startsWith(where)
      ? error
      : new ImageError(`${where}: ${error.message}`, { cause: error });
  }
  if (error instanceof Error && error.name === "AbortError") {
    return new ImageError(`${where}: stopped`, { cause: error });
  }
  const reason = networkReason(error);
  if (reason === undefined) return error;
  return new ImageError(`${where}: ${host}: ${reason}`, { cause: error });
}

/** Seconds, from a number or a date (RFC 9110, 10.2.3). */
function retryAfter(answer: Answer): number | undefined {
  const header = answer.headers["retry-after"]?.trim();
  if (!header) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}
