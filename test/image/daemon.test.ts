// Images of daemons: found over a socket, exported as a stream, and what a daemon may do wrong, in bounded time.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import type { RequestListener, ServerResponse } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ImageError } from "../../src/image/error.ts";
import type { ReadOptions } from "../../src/image/image.ts";
import { readDiffIds, readImage } from "../../src/image/read.ts";
import { asArchive, dockerSave, type ImageParts, ociLayout, sha256, temporaryFolder } from "./archives.ts";
import { serve, serveSocket } from "./http-servers.ts";
import { tar } from "./tar-writer.ts";

const layers = [tar([{ name: "a", content: "a" }]), tar([{ name: "a", content: "b".repeat(100_000) }])];
const parts: ImageParts = { layers, tags: ["app:1"] };
const saved = tar(dockerSave([parts]));
const modern = asArchive(ociLayout([parts]));
const diffIds = layers.map(sha256);

const folder = temporaryFolder();
let count = 0;
const place = (name: string) => join(folder, `${count++}-${name}`);

/** Answers as Docker does, or podman's own API, for the image app:1. */
function daemon(archive: Buffer, prefix = "", seen: string[] = []): RequestListener {
  return (request, response) => {
    seen.push(request.url!);
    const [path = "", query = ""] = request.url!.split("?");
    if (path === `${prefix}/images/app:1/json`) {
      response.end(JSON.stringify({ Id: "sha256:x", RootFS: { Type: "layers", Layers: diffIds } }));
    } else if (path === `${prefix}/images/app:1/get`) {
      if ((prefix === "") !== (query === "")) response.statusCode = 400;
      response.end(archive);
    } else {
      response.writeHead(404).end(JSON.stringify({ message: "No such image\nor path" }));
    }
  };
}

const libpod = "/v4.0.0/libpod";
/** No daemon but those a test starts. */
const none = {
  DOCKER_HOST: `unix://${join(folder, "none")}`,
  CONTAINER_HOST: `unix://${join(folder, "none")}`,
};

async function read(name: string, env: NodeJS.ProcessEnv, options: ReadOptions = {}) {
  const image = await readImage(name, { env: { ...none, ...env }, ...options });
  await image.close();
  return image;
}

async function refused(name: string, message: RegExp, env: NodeJS.ProcessEnv, options: ReadOptions = {}) {
  const begun = performance.now();
  const error = await read(name, env, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/^[^\n\r\u001b]{1,500}$/);
  expect(performance.now() - begun).toBeLessThan(20_000);
}

describe("an image", () => {
  test("of Docker comes over its socket or by tcp", async () => {
    for (const archive of [saved, modern]) {
      const seen: string[] = [];
      const socket = await serveSocket(daemon(archive, "", seen));
      const tcp = await serve(daemon(archive));
      for (const DOCKER_HOST of [`unix://${socket}`, `tcp://${tcp}`, `http://${tcp}`]) {
        for (const name of ["docker://app:1", "docker-daemon:app:1", "app:1"]) {
          const image = await read(name, { DOCKER_HOST });
          expect(image.layers.map((layer) => layer.diffId)).toEqual(diffIds);
          expect(image.name).toBe("app:1");
        }
      }
      expect(seen).toContain("/images/app:1/get");
    }
  });

  test("of podman comes over its socket, given or usual", async () => {
    const runtime = place("run");
    mkdirSync(join(runtime, "podman"), { recursive: true });
    const socket = await serveSocket(daemon(saved, libpod), join(runtime, "podman/podman.sock"));
    for (const env of [
      { CONTAINER_HOST: `unix://${socket}` },
      { CONTAINER_HOST: "", XDG_RUNTIME_DIR: runtime },
    ]) {
      for (const name of ["podman://app:1", "app:1"]) {
        expect((await read(name, env)).layers.map((layer) => layer.diffId)).toEqual(diffIds);
      }
    }
  });

  test("of Docker comes from the context in use", async () => {
    const config = place("docker");
    const context = (name: string, Endpoints: unknown) => {
      const meta = join(config, "contexts/meta", createHash("sha256").update(name).digest("hex"));
      mkdirSync(meta, { recursive: true });
      writeFileSync(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints }));
    };
    const use = (currentContext?: string) =>
      writeFileSync(join(config, "config.json"), JSON.stringify({ auths: {}, currentContext }));
    const socket = await serveSocket(daemon(saved));
    context("here", { docker: { Host: `unix://${socket}`, SkipTLSVerify: false } });
    context("far", { docker: { Host: "ssh://build@far.example" } });
    context("else", { kubernetes: {} });

    const env = { DOCKER_HOST: "", DOCKER_CONFIG: config };
    use("here");
    expect((await read("docker://app:1", env)).layers).toHaveLength(diffIds.length);
    await refused("docker://app:1", /context far, ssh:.* `docker save IMAGE \|/, {
      ...env,
      DOCKER_CONTEXT: "far",
    });
    await refused("docker://app:1", /docker: there is no context else/, { ...env, DOCKER_CONTEXT: "else" });
    await refused("docker://app:1", /docker: there is no context a\\x1bb/, {
      ...env,
      DOCKER_CONTEXT: "a\u001bb",
    });
    use("far");
    await refused("docker://app:1", /context far/, env);
    expect((await read("docker://app:1", { ...env, DOCKER_CONTEXT: "here" })).layers).not.toHaveLength(0);
    // A host that is named wins.
    expect((await read("docker://app:1", { ...env, DOCKER_HOST: `unix://${socket}` })).name).toBe("app:1");
    writeFileSync(join(config, "config.json"), "{");
    await refused("docker://app:1", /config\.json is not JSON/, env);
  });

  test("that is a base is not exported", async () => {
    const seen: string[] = [];
    const socket = await serveSocket(daemon(saved, "", seen));
    const env = { ...none, DOCKER_HOST: `unix://${socket}` };
    expect(await readDiffIds("docker://app:1", { env })).toEqual(diffIds);
    expect(seen).toEqual(["/images/app:1/json"]);
  });
});

describe("a name", () => {
  test("that is a path is the path's", async () => {
    const path = place("app.tar");
    writeFileSync(path, saved);
    const image = await read(path, {});
    expect(image.layers).toHaveLength(2);
  });

  test("that is none of both says where it was looked for", async () => {
    const socket = await serveSocket(daemon(saved));
    await refused(
      "app:2",
      /^app:2: no such file or folder; docker has no image app:2; podman: .*none: there is no such socket$/,
      { DOCKER_HOST: `unix://${socket}` },
    );
    await refused("docker://app:2", /^docker has no image app:2$/, { DOCKER_HOST: `unix://${socket}` });
    await refused("podman://app:1", /^podman has no image app:1$/, { CONTAINER_HOST: `unix://${socket}` });
  });

  test("that can be no image's is not asked for", async () => {
    for (const name of ["./app", "/nowhere/app", "../app", "a b", "app?x=1", "app#1", "a/../b", "a//b", "-x"])
      await refused(name, /: no such file or folder$/, {});
    for (const name of ["a/../b", "/a", "a b", "app%2f..", "app?all"])
      await refused(`docker://${name}`, /is no name of an image/, {});
  });
});

describe("a daemon that", () => {
  test("is not there", async () => {
    await refused("docker://app:1", /^docker: .*none: there is no such socket$/, {});
    const file = place("file");
    writeFileSync(file, "");
    await refused("docker://app:1", /nothing listens there|no socket/, { DOCKER_HOST: `unix://${file}` });
    await refused("docker://app:1", /nothing listens there/, { DOCKER_HOST: "tcp://127.0.0.1:1" });
    await refused("docker://app:1", /behind ssh is not asked; `docker save/, {
      DOCKER_HOST: "ssh://me@there",
    });
    await refused("docker://app:1", /neither unix:\/\/ nor tcp:\/\//, {
      DOCKER_HOST: "/var/run/docker.sock",
    });
    await refused("docker://app:1", /is no address/, { DOCKER_HOST: "tcp://a b" });
  });

  test("wants TLS gets it", async () => {
    const tcp = await serve(daemon(saved));
    const DOCKER_CERT_PATH = place("certs");
    mkdirSync(DOCKER_CERT_PATH);
    for (const env of [{ DOCKER_CERT_PATH }, { DOCKER_CERT_PATH, DOCKER_TLS_VERIFY: "1" }])
      await refused("docker://app:1", /it does not speak TLS/, { DOCKER_HOST: `tcp://${tcp}`, ...env });
  });

  test("refuses says why", async () => {
    const failing = (status: number, body: string, on = "json") =>
      serveSocket((request, response) => {
        if (!request.url!.endsWith(on)) return daemon(saved)(request, response);
        return response.writeHead(status).end(body);
      });
    const DOCKER_HOST = (socket: string) => ({ DOCKER_HOST: `unix://${socket}` });
    const cases: readonly (readonly [number, string, RegExp])[] = [
      [500, '{"message":"the disk\\nis full\\u001b[31m"}', /answers 500: the disk\\nis full\\x1b\[31m$/],
      [500, '{"cause":"bad"}', /answers 500: bad$/],
      [403, "<html>", /answers 403$/],
    ];
    for (const [status, body, message] of cases) {
      await refused("docker://app:1", message, DOCKER_HOST(await failing(status, body)));
      await refused("docker://app:1", message, DOCKER_HOST(await failing(status, body, "get")));
    }
    await refused("docker://app:1", /is no docker daemon/, DOCKER_HOST(await failing(200, "hello")));
  });

  test("hangs, at once, before the image or within it, or is cut off", async () => {
    const options = { timeout: 1000 };
    const at = (on: string, what: (response: ServerResponse) => void) =>
      serveSocket((request, response) => {
        if (!request.url!.endsWith(on)) daemon(saved)(request, response);
        else what(response);
      });
    const env = async (socket: Promise<string>) => ({ DOCKER_HOST: `unix://${await socket}` });
    await refused("docker://app:1", /does not answer/, await env(at("json", () => {})), options);
    await refused("docker://app:1", /does not answer/, await env(at("get", () => {})), options);
    const stuck = at("get", (response) => void response.write(saved.subarray(0, 5000)));
    await refused("docker://app:1", /fell silent/, await env(stuck), options);
    const cut = at("get", (response) => {
      response.write(saved.subarray(0, 5000), () => setTimeout(() => response.destroy(), 20));
    });
    await refused("docker://app:1", /the connection was cut/, await env(cut), options);
    const short = at("get", (response) => void response.end(saved.subarray(0, 5000)));
    await refused("docker://app:1", /ends|truncated|too short|in the middle/, await env(short), options);
    const socket = place("raw.sock");
    const raw = createServer((client) => void client.on("error", () => {}));
    await new Promise<void>((resolve) => raw.listen(socket, resolve));
    await refused("docker://app:1", /does not answer/, { DOCKER_HOST: `unix://${socket}` }, options);
    raw.close();
  });
});
