// Images straight from a registry: logins, redirects, platforms, and all that a registry may do wrong, in bounded time.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ImageError } from "../../src/image/error.ts";
import type { ReadOptions, WalkedImage } from "../../src/image/image.ts";
import { openImage, readDiffIds, readImage } from "../../src/image/read.ts";
import {
  blob,
  configOf,
  type ImageParts,
  ociIndex,
  ociLayout,
  ociManifest,
  sha256,
  temporaryFolder,
} from "./archives.ts";
import { half, type Interference, serve, serveRegistry } from "./http-servers.ts";
import { tar } from "./tar-writer.ts";

const base = tar([{ name: "etc/" }, { name: "etc/a", content: "a".repeat(5000) }]);
const top = tar([{ name: "etc/a", content: "b".repeat(70_000) }]);
const amd: ImageParts = { layers: [base, top], platform: { os: "linux", architecture: "amd64" } };
const arm: ImageParts = { layers: [base], platform: { os: "linux", architecture: "arm64", variant: "v8" } };
const layout = ociLayout([{ ...amd, compress: (it) => it }]);
const layers = [base, top].map((bytes) => ({ digest: sha256(bytes), bytes }));

const folder = temporaryFolder();
let homes = 0;
/** An environment whose config.json says this. */
function home(config: object = {}, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = join(folder, `home-${homes++}`);
  mkdirSync(path);
  writeFileSync(join(path, "config.json"), JSON.stringify(config));
  return { PATH: process.env.PATH, DOCKER_CONFIG: path, ...more };
}
const nobody = home();

async function read(host: string, options: ReadOptions = {}, name = "team/app:1"): Promise<WalkedImage> {
  const image = await readImage(`registry://${host}/${name}`, { env: nobody, ...options });
  await image.close();
  return image;
}

/** Fails with one line that says this, within a time (milliseconds). */
async function refused(
  host: string,
  message: RegExp,
  options: ReadOptions = {},
  within = 20_000,
  name?: string,
): Promise<string> {
  const begun = performance.now();
  const error = await read(host, options, name).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ImageError);
  const text = (error as Error).message;
  expect(text).toMatch(message);
  expect(text).toMatch(/^[^\n\r\u001b]{1,500}$/);
  expect(performance.now() - begun).toBeLessThan(within);
  return text;
}

const isBlob = (path: string | undefined) => path?.includes("/blobs/") === true;
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
function answer(
  response: ServerResponse,
  status: number,
  headers: Record<string, string> = {},
  body = "",
): true {
  response.writeHead(status, headers).end(body);
  return true;
}

describe("an image", () => {
  test("is read by tag and by digest, its layers once each", async () => {
    const { host, seen, root } = await serveRegistry(layout);
    const image = await read(host);
    expect(image.digest).toBe(root.digest);
    expect(image.platform).toBe("linux/amd64");
    expect(image.layers.map((layer) => layer.digest)).toEqual(layers.map(({ digest }) => digest));
    expect(image.layers.map((layer) => layer.compressedSize)).toEqual([base.length, top.length]);
    expect(image.layers.map((layer) => layer.entries.count)).toEqual([2, 1]);
    expect(seen.filter(({ path }) => layers.some(({ digest }) => path.endsWith(digest)))).toHaveLength(2);
    for (const name of [`team/app@${root.digest}`, `team/app:other@${root.digest}`]) {
      expect((await read(host, {}, name)).digest).toBe(root.digest);
    }
    await refused(host, /no such image/, {}, 20_000, "team/app:2");
    await refused(host, /no such image/, {}, 20_000, `team/app@${sha256("x")}`);
  });

  test("is opened without its layers", async () => {
    const { host, seen } = await serveRegistry(layout);
    const source = `registry://${host}/team/app:1`;
    const image = await openImage(source, { env: nobody });
    expect(image.layers.map(({ size }) => size)).toEqual([base.length, top.length]);
    await image.close();
    expect(await readDiffIds(source, { env: nobody })).toEqual(layers.map(({ digest }) => digest));
    expect(seen.filter(({ path }) => layers.some(({ digest }) => path.endsWith(digest)))).toEqual([]);
  });

  test("has many layers and no warning", async () => {
    const many = Array.from({ length: 30 }, (_, i) => tar([{ name: `f${i}`, content: `${i}` }]));
    const warnings: string[] = [];
    const listen = (warning: Error) => void warnings.push(warning.name);
    process.on("warning", listen);
    const { host } = await serveRegistry(ociLayout([{ layers: many }]));
    expect((await read(host)).layers).toHaveLength(30);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  test("is chosen by platform; attestations come with it, and only other platforms' manifests are not fetched", async () => {
    const statement = {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType: "https://slsa.dev/provenance/v1",
    };
    let attestation = "";
    const files = ociLayout([amd, arm], ({ files, descriptors }) => {
      const layer = blob(files, JSON.stringify(statement), "application/vnd.in-toto+json");
      const config = blob(files, "{}", "application/vnd.oci.image.config.v1+json");
      const manifest = blob(files, JSON.stringify({ config, layers: [layer] }), ociManifest);
      attestation = manifest.digest;
      const annotations = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": descriptors[1]!.digest,
      };
      return [...descriptors, { ...manifest, annotations }];
    });
    const { host, seen } = await serveRegistry(files, undefined, true);
    const image = await read(host, { platform: "linux/arm64" });
    expect(image.platform).toBe("linux/arm64/v8");
    expect(image.attestations).toEqual([{ predicateType: statement.predicateType, statement }]);
    expect(seen.filter(({ path }) => path.includes("/manifests/"))).toHaveLength(3);
    await refused(host, /no image for linux\/s390x; it has/, { platform: "linux/s390x" });

    files.delete(`blobs/${attestation.replace(":", "/")}`);
    const without = await serveRegistry(files, undefined, true);
    expect((await read(without.host, { platform: "linux/arm64" })).attestations).toEqual([]);
  });

  test("comes without TLS only from this machine, or when told to", async () => {
    const { host } = await serveRegistry(layout);
    const elsewhere = host.replace("127.0.0.1", "0.0.0.0");
    await refused(elsewhere, /it does not speak TLS/);
    await read(elsewhere, { plainHttp: true });
    await read(host, { plainHttp: true });
    await read(host.replace("127.0.0.1", "localhost"));
  });

  test("is this machine's, though Windows has several", async () => {
    const here = { x64: "amd64", arm64: "arm64" }[process.arch as string] ?? process.arch;
    const linux: ImageParts = { layers: [base], platform: { os: "linux", architecture: here } };
    const windows = [base, top].map(
      (layer): ImageParts => ({ layers: [layer], platform: { os: "windows", architecture: here } }),
    );
    const { host } = await serveRegistry(ociLayout([...windows, linux]), undefined, true);
    expect((await read(host)).platform).toBe(`linux/${here}`);
    const one = await serveRegistry(ociLayout(windows), undefined, true);
    await refused(one.host, /holds 2 images, say which by tag, digest or --platform/);
  });

  test("has a name that Docker would understand", async () => {
    const { host } = await serveRegistry(layout);
    for (const name of [
      "team/App:1",
      "team/app:",
      "team//app",
      "team/app@sha256:12",
      "../app",
      "team/app:1@x@y",
    ]) {
      await refused(host, /is no name of an image/, {}, 20_000, name);
    }
  });
});

describe("logins", () => {
  /** A registry that wants a token for every request, and the server that gives it for `login`. */
  async function withTokens(login: string | undefined, lifetime = Number.POSITIVE_INFINITY) {
    const asked: string[] = [];
    /** How often each token was used. */
    const uses = new Map<string, number>();
    const realm = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        asked.push(`${request.method} ${request.url} ${body}`);
        const refresh = new URLSearchParams(body).get("refresh_token");
        const given = refresh === null ? request.headers.authorization : `Refresh ${refresh}`;
        if (given !== login) return answer(response, 401);
        const token = `t${uses.size + 1}`;
        uses.set(token, 0);
        return answer(response, 200, {}, JSON.stringify({ token, expires_in: 60 }));
      });
    });
    const registry = await serveRegistry(layout, (request, response) => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      const used = uses.get(token);
      if (used !== undefined) uses.set(token, used + 1);
      if (used !== undefined && used < lifetime) return false;
      const challenge = `Bearer realm="http://${realm}/token?x=1",service="it, \\"too\\"",scope="repository:team/app:pull"`;
      return answer(response, 401, { "www-authenticate": challenge });
    });
    return { ...registry, asked };
  }

  test("by token, anonymous; asked for once", async () => {
    const { host, asked } = await withTokens(undefined);
    await read(host);
    expect(asked).toEqual(["GET /token?x=1&service=it%2C+%22too%22&scope=repository%3Ateam%2Fapp%3Apull "]);
  });

  test("by token, with the password of config.json, in every spelling of the host", async () => {
    const { host, asked } = await withTokens(basic("me", "a:b"));
    const auth = Buffer.from("me:a:b").toString("base64");
    for (const key of [host, `https://${host}`, `https://${host}/v1/`]) {
      await read(host, { env: home({ auths: { [key]: { auth } } }) });
    }
    await read(host, { env: home({ auths: { [host]: { username: "me", password: "a:b" } } }) });
    expect(asked).toHaveLength(4);
    const text = await refused(host, /gives no token with the login that is known \(401\)/, {
      env: home({ auths: { [host]: { username: "me", password: "secret" } } }),
    });
    expect(text).not.toContain("secret");
    await refused(host, /gives no token without a login/);
  });

  test("by identity token and registry token", async () => {
    const { host, asked } = await withTokens("Refresh fresh");
    await read(host, { env: home({ auths: { [host]: { identitytoken: "fresh" } } }) });
    expect(asked[0]).toMatch(/^POST .*grant_type=refresh_token&client_id=dfdedupe&refresh_token=fresh$/);
    await read(host, { env: home({ auths: { [host]: { registrytoken: "t1" } } }) });
    expect(asked).toHaveLength(1);
  });

  test("again when a token has expired", async () => {
    const { host, asked } = await withTokens(undefined, 1);
    await read(host);
    expect(asked.length).toBeGreaterThan(2);
  });

  test("by password, of config.json or of a helper", async () => {
    const { host } = await serveRegistry(layout, (request, response) =>
      request.headers.authorization === basic("me", "pw")
        ? false
        : answer(response, 401, { "www-authenticate": 'Basic realm="it"' }),
    );
    await read(host, { env: home({ auths: { [host]: { username: "me", password: "pw" } } }) });
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const helper = (name: string, script: string) => {
      writeFileSync(join(bin, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, `docker-credential-${name}`), 0o755);
    };
    const path = { PATH: `${bin}:${process.env.PATH}` };
    helper(
      "good",
      `[ "$1" = get ] && [ "$(cat)" = ${host} ] && echo '{"ServerURL":"x","Username":"me","Secret":"pw"}'`,
    );
    helper("none", "echo 'credentials not found in native keychain'; exit 1");
    helper("bad", "echo 'the keychain is locked'; exit 1");
    helper("odd", 'echo \'{"Secret": "hidden\'');
    await read(host, { env: home({ credHelpers: { [host]: "good" }, credsStore: "bad" }, path) });
    await read(host, { env: home({ credsStore: "good" }, path) });
    // A login beside a helper that has none.
    const auths = { [host]: { username: "me", password: "pw" } };
    await read(host, { env: home({ auths, credsStore: "none" }, path) });
    await refused(host, /wants a login: docker login 127.*\d$/, { env: home({ credsStore: "none" }, path) });
    await refused(host, /the keychain is locked\)$/, { env: home({ credsStore: "bad" }, path) });
    await refused(host, /docker-credential-gone: there is no such program/, {
      env: home({ credsStore: "gone" }, path),
    });
    await refused(host, /is no name of a program/, { env: home({ credsStore: "../x" }, path) });
    const text = await refused(host, /cannot be read/, { env: home({ credsStore: "odd" }, path) });
    expect(text).not.toContain("hidden");
    const broken = home();
    writeFileSync(join(broken.DOCKER_CONFIG!, "config.json"), '{"auths": {"x": {"auth": "c2VjcmV0"');
    const why = await refused(host, /config.json is not JSON$/, { env: broken });
    expect(why).not.toContain("c2VjcmV0");
  });

  test("that never suffice end", async () => {
    const realm = await serve((_, response) => void answer(response, 200, {}, '{"token":"x"}'));
    for (const challenge of [`Bearer realm="http://${realm}/"`, 'Basic realm="it"']) {
      const { host, seen } = await serveRegistry(layout, (_, response) =>
        answer(response, 401, { "www-authenticate": challenge }),
      );
      await refused(host, /access denied \(401\)|wants a login/, {
        env: home({ auths: { [host]: { username: "me", password: "pw" } } }),
      });
      expect(seen.length).toBeLessThanOrEqual(2);
    }
  });

  test("that make no sense are refused", async () => {
    const cases: readonly (readonly [string | undefined, RegExp])[] = [
      [undefined, /does not say how/],
      ["Negotiate abc==", /only by negotiate/],
      ["Bearer", /which is no address/],
      ['Bearer realm="file:///etc/passwd"', /which is no address/],
      ['Bearer realm="http://registry.example/token"', /without TLS/],
    ];
    for (const [challenge, message] of cases) {
      const headers: Record<string, string> =
        challenge === undefined ? {} : { "www-authenticate": challenge };
      const { host } = await serveRegistry(layout, (_, response) => answer(response, 401, headers));
      await refused(host, message);
    }
    for (const token of ["not json", "{}", '{"token":"a\\r\\nX: y"}', "x".repeat(2_000_000)]) {
      const realm = await serve((_, response) => void answer(response, 200, {}, token));
      const { host } = await serveRegistry(layout, (_, response) =>
        answer(response, 401, { "www-authenticate": `Bearer realm="http://${realm}/"` }),
      );
      await refused(host, /gives no token|more than the/);
    }
  });
});

describe("redirects", () => {
  test("lead to other hosts, which do not see the login", async () => {
    const leaked: (string | undefined)[] = [];
    const store = await serve((request, response) => {
      leaked.push(request.headers.authorization);
      const found = layers.find(({ digest }) => request.url === `/store/${digest}?signed=1`);
      response.end(found?.bytes);
    });
    const { host } = await serveRegistry(layout, (request, response) => {
      if (request.headers.authorization !== basic("me", "pw"))
        return answer(response, 401, { "www-authenticate": 'Basic realm="it"' });
      const digest = layers.find((layer) => request.url?.endsWith(layer.digest))?.digest;
      if (digest === undefined) return false;
      return answer(response, 307, { location: `http://${store}/store/${digest}?signed=1` });
    });
    const env = home({ auths: { [host]: { username: "me", password: "pw" } } });
    expect((await read(host, { env })).layers).toHaveLength(2);
    expect(leaked).toEqual([undefined, undefined]);
  });

  test("without end, and to places that are none, are refused", async () => {
    const locations: readonly (readonly [string, RegExp])[] = [
      ["/v2/team/app/blobs/again", /redirected more than 5 times/],
      ["http://registry.example/x", /redirected to registry.example without TLS/],
      ["file:///etc/passwd", /no address/],
      ["http://[", /no address/],
    ];
    for (const [location, message] of locations) {
      const { host } = await serveRegistry(layout, (request, response) =>
        isBlob(request.url) ? answer(response, 302, { location }) : false,
      );
      await refused(host, message);
    }
  });
});

describe("a registry that", () => {
  const failing =
    (times: number, status: number, headers: Record<string, string> = {}): Interference =>
    (request, response, seen) =>
      seen.filter(({ path }) => path === request.url).length <= times && answer(response, status, headers);

  test("answers 500 or 429 is asked again, a few times", async () => {
    await read((await serveRegistry(layout, failing(1, 500))).host);
    await read((await serveRegistry(layout, failing(1, 429, { "retry-after": "0" }))).host);
    const date = new Date(Date.now() - 1000).toUTCString();
    await read((await serveRegistry(layout, failing(2, 503, { "retry-after": date }))).host);
    for (const status of [429, 500, 502]) {
      const { host, seen } = await serveRegistry(layout, failing(99, status, { "retry-after": "0" }));
      await refused(host, new RegExp(`still answers ${status} after 4 attempts`));
      expect(seen).toHaveLength(4);
    }
    const waiting = await serveRegistry(layout, failing(99, 429, { "retry-after": "3600" }));
    await refused(waiting.host, /answers 429 and asks to wait 3600 s/, {}, 20_000);
  });

  test("refuses is not asked again", async () => {
    for (const [status, message] of [
      [403, /access denied \(403\)/],
      [400, /the manifest: the registry answers 400/],
      [405, /answers 405/],
    ] as const) {
      const { host, seen } = await serveRegistry(layout, failing(99, status));
      await refused(host, message);
      expect(seen).toHaveLength(1);
    }
  });

  test("cuts a layer off is asked for the rest", async () => {
    const cut: Interference = (request, response) => {
      const layer = layers.find(({ digest }) => request.url?.endsWith(digest));
      if (layer === undefined || request.headers.range !== undefined) return false;
      half(response, layer.bytes);
      return true;
    };
    const { host, seen } = await serveRegistry(layout, cut);
    expect((await read(host, { verify: true })).layers).toHaveLength(2);
    expect(seen.filter(({ range }) => range !== undefined)).toHaveLength(2);
  });

  test("has only half a body ends in one error", async () => {
    const always: Interference = (request, response) => {
      const layer = layers.find(({ digest }) => request.url?.endsWith(digest));
      if (layer === undefined) return false;
      half(response, layer.bytes, Number(request.headers.range?.slice("bytes=".length, -1) ?? 0));
      return true;
    };
    await refused((await serveRegistry(layout, always)).host, /ends after \d+ of \d+ bytes/);
    // One that knows no ranges.
    const plain: Interference = (request, response) => {
      const layer = layers.find(({ digest }) => request.url?.endsWith(digest));
      if (layer !== undefined) half(response, layer.bytes);
      return layer !== undefined;
    };
    await refused((await serveRegistry(layout, plain)).host, /ends after \d+ of \d+ bytes/);
    const short: Interference = (request, response) =>
      isBlob(request.url) && answer(response, 200, { "transfer-encoding": "chunked" }, "half");
    await refused((await serveRegistry(layout, short)).host, /has 4 bytes where \d+ are announced/);
    const manifest: Interference = (_, response) => {
      half(response, Buffer.alloc(1000, 32));
      return true;
    };
    await refused((await serveRegistry(layout, manifest)).host, /the connection was cut/);
  });

  test("gives other bytes than promised", async () => {
    const { digest, bytes } = layers[1]!;
    const changed = Buffer.from(bytes).fill("c", 600, 700);
    const other =
      (body: Buffer): Interference =>
      (request, response) => {
        if (request.url?.endsWith(digest) !== true) return false;
        response.end(body);
        return true;
      };
    await refused((await serveRegistry(layout, other(changed))).host, /layer 1 .* is corrupt: its digest is/);
    const longer = Buffer.concat([bytes, Buffer.alloc(5000)]);
    await refused((await serveRegistry(layout, other(longer))).host, /has \d+ bytes where|more than the/);
    const manifest: Interference = (request, response) =>
      request.url?.includes("/manifests/") === true && answer(response, 200, {}, '{"layers":[]}');
    const name = `team/app@${sha256("x")}`;
    await refused((await serveRegistry(layout, manifest)).host, /the manifest is corrupt/, {}, 20_000, name);
    const config: Interference = (request, response) => {
      const size = Buffer.byteLength(configOf(amd));
      return (
        request.url?.endsWith(sha256(configOf(amd))) === true && answer(response, 200, {}, " ".repeat(size))
      );
    };
    await refused((await serveRegistry(layout, config)).host, /config .* is corrupt/);
  });

  test("misses a blob", async () => {
    for (const { digest } of layers) {
      const files = new Map(layout);
      files.delete(`blobs/${digest.replace(":", "/")}`);
      await refused((await serveRegistry(files)).host, /blob sha256:\w+ is missing/);
    }
  });

  test("has manifests that are too large, endless or senseless", async () => {
    const manifest =
      (headers: Record<string, string>, body: (response: ServerResponse) => void): Interference =>
      (_, response) => {
        response.writeHead(200, headers);
        body(response);
        return true;
      };
    const huge = manifest({ "content-length": `${2 ** 40}` }, (response) => response.write("{"));
    await refused((await serveRegistry(layout, huge)).host, /more than the 16777216 of a document/);
    const endless = manifest({}, (response) => {
      const more = () => void (response.destroyed || response.write(Buffer.alloc(65_536, 32), more));
      more();
    });
    const limits = { documentBytes: 1_000_000 };
    await refused((await serveRegistry(layout, endless)).host, /more than the 1000000 of/, { limits });
    for (const body of ["", "hello", "null", "[]", '{"layers":{}}', '{"schemaVersion":2}', '"manifests":']) {
      const { host } = await serveRegistry(
        layout,
        manifest({}, (response) => response.end(body)),
      );
      await refused(host, /is not JSON|is malformed|holds no image/);
    }
    const old = { "content-type": "application/vnd.docker.distribution.manifest.v1+prettyjws" };
    const schema1 = manifest(old, (response) => response.end('{"schemaVersion":1}'));
    await refused((await serveRegistry(layout, schema1)).host, /schema 1/);
  });

  test("has an index that names itself", async () => {
    const size = 300;
    const itself = JSON.stringify({ manifests: [{ mediaType: ociIndex, digest: sha256("x"), size }] }).padEnd(
      size,
    );
    const { host } = await serveRegistry(layout, (_, response) =>
      answer(response, 200, { "content-type": ociIndex }, itself),
    );
    await refused(host, /the index .* is corrupt/);
    // Honest digests, but no end.
    const deep = ociLayout([amd], ({ files, descriptors }) => {
      let inner = descriptors;
      for (let depth = 0; depth < 12; depth++) {
        inner = [blob(files, JSON.stringify({ manifests: inner }), ociIndex)];
      }
      return inner;
    });
    await refused((await serveRegistry(deep)).host, /nested more than/);
  });

  test("hangs, before an answer, in a document or in a layer", async () => {
    const timeout = 1000;
    const never: Interference = () => true;
    await refused((await serveRegistry(layout, never)).host, /does not answer/, { timeout }, 20_000);
    const within =
      (match: (path: string) => boolean): Interference =>
      (request, response) => {
        if (!match(request.url ?? "")) return false;
        response.writeHead(200, { "content-length": top.length });
        response.write(top.subarray(0, 1000));
        return true;
      };
    const inDocument = await serveRegistry(
      layout,
      within((path) => path.includes("manifests")),
    );
    await refused(inDocument.host, /fell silent/, { timeout }, 20_000);
    const inLayer = await serveRegistry(
      layout,
      within((path) => path.endsWith(layers[1]!.digest)),
    );
    await refused(inLayer.host, /fell silent/, { timeout }, 20_000);
    // Connected, and then nothing, not even TLS.
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createServer((socket) => void sockets.add(socket.on("error", () => {})));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await refused(`127.0.0.1:${port}`, /cannot be reached in time/, { timeout }, 20_000);
    await refused(`127.0.0.1:${port}`, /does not answer/, { timeout, plainHttp: true }, 20_000);
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test("is broken in one layer is not waited for in the other", async () => {
    const { host } = await serveRegistry(layout, (request, response) => {
      if (request.url?.endsWith(layers[0]!.digest)) return answer(response, 200, {}, "x".repeat(base.length));
      if (!request.url?.endsWith(layers[1]!.digest)) return false;
      response.writeHead(200, { "content-length": top.length });
      response.write(top.subarray(0, 1000));
      return true;
    });
    await refused(host, /layer 0 /, { timeout: 60_000 }, 20_000);
  });

  test("cannot be reached", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await refused(`127.0.0.1:${port}`, /nothing listens there/);
    await refused("nowhere.invalid", /no such host|cannot be looked up/, {}, 20_000);
    const garbage = createServer((socket) => void socket.on("error", () => {}).end("SSH-2.0-x\r\n"));
    await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
    await refused(`127.0.0.1:${(garbage.address() as { port: number }).port}`, /Parse Error|cut/);
    garbage.close();
  });
});
