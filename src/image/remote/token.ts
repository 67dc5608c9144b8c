// From a registry's challenge and what is known of the user to an Authorization header.

import * as z from "zod/mini";
import { ImageError } from "../error.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { Credentials } from "./credentials.ts";
import { type Answer, ask, networkReason, readBody } from "./http.ts";

export interface TokenNeeds {
  /** What errors open with. */
  readonly where: string;
  readonly credentials: Credentials | undefined;
  /** What is asked for if the challenge does not say. */
  readonly repository: string;
  /** Whether a URL may be spoken to without TLS. */
  readonly plainAllowed: (url: URL) => boolean;
  readonly silence: number;
  readonly signal: AbortSignal;
}

const tokenAnswer = z.looseObject({ token: z.nullish(z.string()), access_token: z.nullish(z.string()) });
const tokenBytes = 1024 * 1024;

/**
 * The header that answers a challenge (distribution: docs/spec/auth/token.md, oauth.md); undefined if there is none:
 * the registry wants a user and none is known. Throws ImageError.
 */
export async function authorize(header: string | undefined, needs: TokenNeeds): Promise<string | undefined> {
  const challenges = parseChallenges(header);
  const { credentials } = needs;
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  if (bearer !== undefined) {
    if (credentials?.kind === "registry") return `Bearer ${credentials.token}`;
    return `Bearer ${await fetchToken(bearer, needs)}`;
  }
  if (challenges.some(({ scheme }) => scheme === "basic")) return basic(credentials);
  const asked = challenges.map(({ scheme }) => scheme).join(", ");
  throw new ImageError(
    `${needs.where}: the registry wants a login, but ${asked === "" ? "does not say how" : `only by ${asked}`}`,
  );
}

function basic(credentials: Credentials | undefined): string | undefined {
  if (credentials?.kind !== "password") return undefined;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")}`;
}

async function fetchToken({ parameters }: Challenge, needs: TokenNeeds): Promise<string> {
  const { where, credentials, plainAllowed, silence, signal } = needs;
  const realm = parameters.get("realm") ?? "";
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new ImageError(`${where}: the registry sends logins to "${realm}", which is no address`);
  }
  if (url.protocol === "http:" && !plainAllowed(url)) {
    throw new ImageError(`${where}: the registry sends logins to ${url.host} without TLS`);
  }
  const asked = new URLSearchParams();
  const service = parameters.get("service");
  if (service !== undefined) asked.set("service", service);
  asked.set("scope", parameters.get("scope") ?? `repository:${needs.repository}:pull`);

  const place = { name: url.host };
  let answer: Answer;
  let body: Buffer;
  try {
    if (credentials?.kind === "identity") {
      asked.set("grant_type", "refresh_token");
      asked.set("client_id", "dfdedupe");
      asked.set("refresh_token", credentials.token);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      answer = await ask({ url, place, method: "POST", headers, body: `${asked}`, silence, signal });
    } else {
      for (const [name, value] of asked) url.searchParams.append(name, value);
      const authorization = basic(credentials);
      answer = await ask({ url, place, headers: authorization ? { authorization } : {}, silence, signal });
    }
    body = await readBody(answer, tokenBytes, `${where}: the token of ${url.host}`);
  } catch (error) {
    const reason = networkReason(error);
    if (reason === undefined) throw error;
    throw new ImageError(`${where}: ${url.host}, where the registry sends logins: ${reason}`, {
      cause: error,
    });
  }
  if (answer.status === 401 || answer.status === 403) {
    const who = credentials === undefined ? "without a login" : "with the login that is known";
    throw new ImageError(`${where}: ${url.host} gives no token ${who} (${answer.status})`);
  }
  if (answer.status !== 200) {
    throw new ImageError(`${where}: ${url.host} gives no token: it answers ${answer.status}`);
  }
  const token = parseToken(body);
  if (token === undefined) throw new ImageError(`${where}: ${url.host} gives no token`);
  return token;
}

/** A header must not be breakable by what is in it. */
function parseToken(body: Buffer): string | undefined {
  try {
    const answer = tokenAnswer.parse(JSON.parse(body.toString()));
    const token = answer.token || answer.access_token || "";
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
