// Who to be to a registry: what `docker login` left in config.json, or with a credential helper.

import { spawn } from "node:child_process";
import * as z from "zod/mini";
import { type DockerConfig, readDockerConfig } from "./docker-config.ts";

export type Credentials =
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  /** A refresh token, to be changed for a token (OAuth 2). */
  | { readonly kind: "identity"; readonly token: string }
  /** A token that is used as it is. */
  | { readonly kind: "registry"; readonly token: string };

export interface FoundCredentials {
  readonly credentials: Credentials | undefined;
  /** Why there are perhaps none: told only if the registry insists. */
  readonly problem: string | undefined;
}

/** Reads the configuration of Docker for a host as names have it ("docker.io"). Throws ImageError if it is malformed. */
export async function findCredentials(host: string, env: NodeJS.ProcessEnv): Promise<FoundCredentials> {
  const settings = readDockerConfig(env);
  if (settings === undefined) return { credentials: undefined, problem: undefined };
  const keys = host === "docker.io" ? hubKeys : [host];
  const stored = inFile(settings, keys);
  const helper = keys.map((key) => own(settings.credHelpers, key)).find(Boolean) ?? settings.credsStore;
  if (!helper) return { credentials: stored, problem: undefined };
  const answer = await askHelper(helper, keys[0]!, env);
  return { credentials: answer.credentials ?? stored, problem: answer.problem };
}

/** Docker's own registry has gone by several names. */
const hubKeys = ["https://index.docker.io/v1/", "index.docker.io", "docker.io", "registry-1.docker.io"];

function own<T>(record: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function inFile(settings: DockerConfig, keys: readonly string[]): Credentials | undefined {
  const auths = Object.entries(settings.auths ?? {});
  // Old versions wrote "https://host/v1/" where others have "host".
  const plain = (key: string) => key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  const wanted = keys.map(plain);
  const entry =
    keys.map((key) => own(settings.auths, key)).find((found) => found !== undefined) ??
    auths.find(([key]) => wanted.includes(plain(key)))?.[1];
  if (entry === undefined) return undefined;
  if (entry.registrytoken) return { kind: "registry", token: entry.registrytoken };
  if (entry.identitytoken) return { kind: "identity", token: entry.identitytoken };
  if (entry.username && entry.password)
    return { kind: "password", user: entry.username, password: entry.password };
  if (!entry.auth) return undefined;
  const [user = "", ...password] = Buffer.from(entry.auth, "base64").toString().split(":");
  return { kind: "password", user, password: password.join(":").replace(/\0+$/, "") };
}

/** Milliseconds a helper may take; some unlock a keychain first. */
const helperTime = 20_000;
const helperBytes = 1024 * 1024;

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

/** The protocol of docker-credential-helpers: the server on standard input, JSON on standard output. */
async function askHelper(helper: string, server: string, env: NodeJS.ProcessEnv): Promise<FoundCredentials> {
  const program = `docker-credential-${helper}`;
  const without = (why: string): FoundCredentials => ({
    credentials: undefined,
    problem: `${program}: ${why}`,
  });
  if (!/^[\w.-]+$/.test(helper)) return without("is no name of a program");
  const { output, failure } = await runHelper(program, server, env);
  if (/credentials not found/i.test(output)) return { credentials: undefined, problem: undefined };
  if (failure !== undefined) return without(output.trim() === "" ? failure : output.trim());
  let answer: z.infer<typeof helperAnswer> | undefined;
  try {
    answer = helperAnswer.safeParse(JSON.parse(output)).data;
  } catch {
    // Said below, without quoting what may be a secret.
  }
  if (answer === undefined) return without("its answer cannot be read");
  const { Username: user, Secret: password } = answer;
  if (password === "") return { credentials: undefined, problem: undefined };
  const credentials: Credentials =
    user === "<token>" ? { kind: "identity", token: password } : { kind: "password", user, password };
  return { credentials, problem: undefined };
}

function runHelper(
  program: string,
  server: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly output: string; readonly failure: string | undefined }> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], { env, stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (failure: string | undefined) => {
      clearTimeout(timer);
      // What it may have started holds the pipe, and must not hold us.
      child.stdout.destroy();
      resolve({ output: Buffer.concat(chunks).toString(), failure });
    };
    const stop = (failure: string) => {
      child.kill("SIGKILL");
      done(failure);
    };
    const timer = setTimeout(() => stop(`does not answer (${helperTime / 1000} s)`), helperTime);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > helperBytes) stop("answers without end");
      else chunks.push(chunk);
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      done(error.code === "ENOENT" ? "there is no such program" : error.message),
    );
    child.on("close", (code) => done(code === 0 ? undefined : `ends with ${code}`));
    // It may end without reading.
    child.stdin.on("error", () => {});
    child.stdin.end(server);
  });
}
