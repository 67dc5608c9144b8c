// What `docker login` and `docker context use` left in config.json.

import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod/mini";
import { readFound } from "../../found-file.ts";
import { ImageError } from "../error.ts";

const text = z.nullish(z.string());
const config = z.looseObject({
  auths: z.nullish(
    z.record(
      z.string(),
      z.looseObject({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text }),
    ),
  ),
  credHelpers: z.nullish(z.record(z.string(), z.string())),
  credsStore: text,
  currentContext: text,
});

export type DockerConfig = z.infer<typeof config>;

/** The folder of Docker's command: `DOCKER_CONFIG`, else ~/.docker. */
export function dockerFolder(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
}

/** Undefined when there is none. Throws ImageError when it is malformed. */
export function readDockerConfig(env: NodeJS.ProcessEnv): DockerConfig | undefined {
  return readDocument(join(dockerFolder(env), "config.json"), config);
}

/** A file of JSON in Docker's folder; undefined when it is not there. Throws ImageError, quoting nothing of it. */
export function readDocument<T extends z.core.$ZodType>(path: string, schema: T): z.infer<T> | undefined {
  let json: string;
  try {
    json = readFound(path).toString();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ImageError(`${path}: ${(error as Error).message}`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's message quotes the text, and here that may be a password.
    throw new ImageError(`${path} is not JSON`);
  }
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new ImageError(`${path} is malformed: ${result.error.issues[0]?.path.join(".")}`);
}
