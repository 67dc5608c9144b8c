// Docker's contexts: which daemon `docker context use` or DOCKER_CONTEXT chose (docker/cli, cli/context/store).

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { ImageError } from "../error.ts";
import { dockerFolder, readDockerConfig, readDocument } from "./docker-config.ts";

export interface DockerContext {
  readonly name: string;
  /** "unix:///run/user/1000/docker.sock", "tcp://…", "ssh://…" */
  readonly host: string;
  /** The folder with ca.pem, cert.pem and key.pem, if it has one. */
  readonly certificates: string | undefined;
  readonly verify: boolean;
}

const meta = z.looseObject({
  Endpoints: z.looseObject({
    docker: z.nullish(z.looseObject({ Host: z.nullish(z.string()), SkipTLSVerify: z.nullish(z.boolean()) })),
  }),
});

/** The context in use; undefined for the default one, which is the usual socket. Throws ImageError. */
export function dockerContext(env: NodeJS.ProcessEnv): DockerContext | undefined {
  const name = env.DOCKER_CONTEXT || readDockerConfig(env)?.currentContext;
  if (!name || name === "default") return undefined;
  const contexts = join(dockerFolder(env), "contexts");
  // Folders are called by a hash: a name may hold anything.
  const id = createHash("sha256").update(name).digest("hex");
  const endpoint = readDocument(join(contexts, "meta", id, "meta.json"), meta)?.Endpoints.docker;
  if (endpoint === undefined) throw new ImageError(`docker: there is no context ${name}`);
  if (!endpoint?.Host) return undefined;
  const certificates = join(contexts, "tls", id, "docker");
  return {
    name,
    host: endpoint.Host,
    certificates: existsSync(certificates) ? certificates : undefined,
    verify: endpoint.SkipTLSVerify !== true,
  };
}
