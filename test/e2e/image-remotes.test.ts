// One image in a real registry, a real Docker daemon and podman's service: the same figures as from its archive.
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReadOptions } from "../../src/image/image.ts";
import { readDiffIds, readImage } from "../../src/image/read.ts";
import { measureWaste } from "../../src/image/waste.ts";
import { asArchive, blob, type ImageParts, ociLayout, ociManifest, writeFolder } from "../image/archives.ts";
import { tar } from "../image/tar-writer.ts";
import { must, run } from "./setup/exec.ts";
import { program } from "./setup/places.ts";

/** Why a source cannot be tried; undefined when it can. */
function obstacle(...programs: readonly string[]): string | undefined {
  const missing = ["skopeo", ...programs].filter((name) => program(name) === undefined);
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  return process.getuid?.() === 0 ? undefined : "it needs root";
}

const obstacles = {
  registry: obstacle("docker-registry"),
  docker: obstacle("dockerd", "docker"),
  tls: obstacle("dockerd", "docker", "openssl"),
  podman: obstacle("podman"),
};
for (const [name, why] of Object.entries(obstacles)) if (why) console.warn(`${name}: skipped, ${why}`);

const folder = mkdtempSync(join(tmpdir(), "dfdedupe-remotes-"));
const started: ChildProcess[] = [];

/** Runs until the tests have ended; `ready` is asked until it answers with true. */
async function start(
  file: string,
  words: readonly string[],
  ready: () => Promise<boolean>,
): Promise<ChildProcess> {
  const child = spawn(program(file)!, words, { stdio: ["ignore", "ignore", "pipe"] });
  started.push(child);
  let output = "";
  child.stderr.on("data", (chunk) => {
    output = (output + chunk).slice(-3000);
  });
  for (let tries = 0; tries < 240; tries++) {
    if (child.exitCode !== null) break;
    if (await ready()) return child;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${file} does not start: ${output}`);
}

/** Ends a process by its id, hard if it must be. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await gone;
  clearTimeout(timer);
}

afterAll(async () => {
  await Promise.all(started.map(end));
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const layers = [
  tar([
    { name: "opt/", mode: 0o755 },
    { name: "opt/a", content: "a".repeat(300_000) },
    { name: "opt/b", content: "b".repeat(20_000) },
    { name: "opt/d/", mode: 0o755 },
    { name: "opt/d/x", content: "x".repeat(1000) },
    { name: "opt/link", type: "1", link: "opt/b" },
  ]),
  tar([
    { name: "opt/", mode: 0o755 },
    { name: "opt/a", content: "a".repeat(300_000), uid: 1000 },
  ]),
  tar([{ name: "opt/", mode: 0o755 }, { name: "opt/.wh.d" }, { name: "opt/b", content: "c".repeat(20_000) }]),
];
const amd: ImageParts = { layers, tags: ["app:1"], platform: { os: "linux", architecture: "amd64" } };
const arm: ImageParts = { layers: layers.slice(0, 1), platform: { os: "linux", architecture: "arm64" } };
const waste = { retouched: 300_000, removed: 1000 };

const archive = join(folder, "app.tar");
const layout = join(folder, "layout");
const indexed = join(folder, "indexed");
const statement = {
  _type: "https://in-toto.io/Statement/v0.1",
  predicateType: "https://slsa.dev/provenance/v1",
};

beforeAll(async () => {
  writeFolder(layout, ociLayout([amd]));
  const files = ociLayout([{ ...amd, tags: [] }, arm], ({ files, descriptors }) => {
    const layer = blob(files, JSON.stringify(statement), "application/vnd.in-toto+json");
    const config = blob(files, "{}", "application/vnd.oci.image.config.v1+json");
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config, layers: [layer] });
    const entry = {
      ...blob(files, manifest, ociManifest),
      platform: { os: "unknown", architecture: "unknown" },
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": descriptors[0]!.digest,
      },
    };
    const manifests = [...descriptors.map(({ annotations: _, ...its }) => its), entry];
    const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests });
    return [
      { ...blob(files, index, ociIndexType), annotations: { "org.opencontainers.image.ref.name": "1" } },
    ];
  });
  writeFolder(indexed, files);
  writeFileSync(join(folder, "indexed.tar"), asArchive(files));
  if (program("skopeo") !== undefined) await skopeo(`oci:${layout}:app:1`, `docker-archive:${archive}:app:1`);
});

const ociIndexType = "application/vnd.oci.image.index.v1+json";

async function skopeo(from: string, to: string, ...more: readonly string[]): Promise<void> {
  await must(program("skopeo")!, [
    "--insecure-policy",
    "copy",
    "-q",
    "--dest-tls-verify=false",
    ...more,
    from,
    to,
  ]);
}

async function figures(source: string, options: ReadOptions = {}) {
  const image = await readImage(source, { verify: true, ...options });
  try {
    const { stored, visible, waste, reasons, layers } = measureWaste(image);
    return {
      total: { stored, visible, waste, reasons },
      layers: layers.map((layer) => [layer.stored, layer.waste]),
      diffIds: image.config.diffIds,
      attestations: image.attestations,
    };
  } finally {
    await image.close();
  }
}

async function expectSame(source: string, options: ReadOptions = {}): Promise<void> {
  const expected = await figures(archive);
  expect(expected.total.reasons).toMatchObject(waste);
  expect(expected.total.stored).toBe(expected.total.visible + expected.total.waste);
  expect(await figures(source, options)).toEqual(expected);
  expect(await readDiffIds(source, options)).toEqual(expected.diffIds);
}

describe.skipIf(obstacles.registry)("a registry", () => {
  let open = "";
  let closed = "";

  /** A registry on this machine, with these lines about who may come in. */
  async function registry(name: string, auth: string): Promise<string> {
    const host = `127.0.0.1:${await freePort()}`;
    const data = join(folder, name);
    mkdirSync(data);
    const config = join(folder, `${name}.yml`);
    writeFileSync(
      config,
      `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${data} } }\nhttp: { addr: "${host}" }\n${auth}`,
    );
    await start("docker-registry", ["serve", config], () =>
      fetch(`http://${host}/v2/`).then(
        () => true,
        () => false,
      ),
    );
    return host;
  }

  beforeAll(async () => {
    open = await registry("open", "");
    const users = join(folder, "users");
    writeFileSync(users, "me:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n");
    closed = await registry("closed", `auth: { htpasswd: { realm: it, path: ${users} } }\n`);
  });

  test("has it in each compression and format", async () => {
    const forms = [
      ["gzip", "oci"],
      ["gzip", "v2s2"],
      ["zstd", "oci"],
    ] as const;
    for (const [compression, format] of forms) {
      const name = `${open}/team/app:${compression}-${format}`;
      const how = ["--format", format, "--dest-compress-format", compression, "--dest-compress"];
      await skopeo(`oci:${layout}:app:1`, `docker://${name}`, ...how);
      await expectSame(`registry://${name}`);
    }
  });

  test("has an index of platforms and attestations", async () => {
    await skopeo(`oci:${indexed}:1`, `docker://${open}/team/multi:1`, "--all");
    const source = `registry://${open}/team/multi:1`;
    for (const platform of ["linux/amd64", "linux/arm64"]) {
      expect(await figures(source, { platform })).toEqual(await figures(`oci:${indexed}:1`, { platform }));
    }
    expect((await figures(source, { platform: "linux/amd64" })).attestations).toHaveLength(1);
    await expect(figures(source, { platform: "linux/s390x" })).rejects.toThrow(/no image for linux\/s390x/);
  });

  test("lets nobody in without a login", async () => {
    await skopeo(`oci:${layout}:app:1`, `docker://${closed}/app:1`, "--dest-creds", "me:secret");
    const config = (password: string) => {
      const path = mkdtempSync(join(folder, "config-"));
      const auth = Buffer.from(`me:${password}`).toString("base64");
      writeFileSync(join(path, "config.json"), JSON.stringify({ auths: { [closed]: { auth } } }));
      return { env: { DOCKER_CONFIG: path } };
    };
    await expectSame(`registry://${closed}/app:1`, config("secret"));
    await expect(figures(`registry://${closed}/app:1`, config("wrong"))).rejects.toThrow(/access denied/);
    const nobody = { env: { DOCKER_CONFIG: folder } };
    await expect(figures(`registry://${closed}/app:1`, nobody)).rejects.toThrow(/wants a login/);
    await expect(figures(`registry://${open}/team/none:1`)).rejects.toThrow(/no such image/);
  });
});

/** A Docker daemon of its own. */
async function docker(name: string, host: string, ...more: readonly string[]): Promise<ChildProcess> {
  const client = program("docker")!;
  const words = [
    ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver", "vfs", "-H", host],
    ["--data-root", join(folder, name), "--exec-root", join(folder, `${name}-run`)],
    ["--pidfile", join(folder, `${name}.pid`), ...more],
  ];
  const tls = more.includes("--tlsverify") ? tlsWords : [];
  return start("dockerd", words.flat(), async () => {
    const { code } = await run(client, ["-H", host, ...tls, "version"]);
    return code === 0;
  });
}

const pem = (name: string) => join(folder, "certs", `${name}.pem`);
const tlsWords = ["--tlsverify", "--tlscacert", pem("ca"), "--tlscert", pem("cert"), "--tlskey", pem("key")];

describe.skipIf(obstacles.docker)("the Docker daemon", () => {
  test("has it behind its socket", async () => {
    const host = `unix://${join(folder, "docker.sock")}`;
    const daemon = await docker("docker", host);
    await must(program("docker")!, ["-H", host, "load", "-q", "-i", archive]);
    const env = { DOCKER_HOST: host };
    for (const name of ["docker://app:1", "docker-daemon:app:1", "app:1"]) await expectSame(name, { env });
    const id = await must(program("docker")!, ["-H", host, "image", "inspect", "-f", "{{.Id}}", "app:1"]);
    await expectSame(`docker://${id.trim()}`, { env });
    await expect(figures("docker://app:2", { env })).rejects.toThrow(/^docker has no image app:2$/);
    await end(daemon);
    await expect(figures("docker://app:1", { env })).rejects.toThrow(/no such socket|nothing listens/);
  });

  test.skipIf(obstacles.tls)("has it behind TLS", async () => {
    const certs = join(folder, "certs");
    mkdirSync(certs);
    writeFileSync(
      join(certs, "names"),
      "subjectAltName = IP:127.0.0.1\nextendedKeyUsage = serverAuth,clientAuth\n",
    );
    const openssl = (...words: readonly string[]) => must(program("openssl")!, words, { cwd: certs });
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout"];
    await openssl("req", "-x509", ...key, "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2");
    for (const name of ["key", "server"]) {
      const cert = name === "key" ? "cert.pem" : "server-cert.pem";
      await openssl("req", ...key, `${name}.pem`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
      const ca = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
      await openssl("x509", "-req", "-in", `${name}.csr`, "-out", cert, ...ca);
    }
    const host = `tcp://127.0.0.1:${await freePort()}`;
    const server = ["--tlscacert", pem("ca"), "--tlscert", pem("server-cert"), "--tlskey", pem("server")];
    await docker("tls", host, "--tlsverify", ...server);
    await must(program("docker")!, ["-H", host, ...tlsWords, "load", "-q", "-i", archive]);
    const env = { DOCKER_HOST: host, DOCKER_CERT_PATH: certs, DOCKER_TLS_VERIFY: "1" };
    await expectSame("docker://app:1", { env });
    const stranger = { ...env, DOCKER_CERT_PATH: join(folder, "stranger") };
    mkdirSync(stranger.DOCKER_CERT_PATH);
    copyFileSync(pem("ca"), join(stranger.DOCKER_CERT_PATH, "ca.pem"));
    await expect(figures("docker://app:1", { env: stranger })).rejects.toThrow(/certificate|was cut/);
    const empty = { ...env, DOCKER_CERT_PATH: folder };
    await expect(figures("docker://app:1", { env: empty })).rejects.toThrow(/certificate is not trusted/);
  });
});

describe.skipIf(obstacles.podman)("podman's service", () => {
  test("has it behind its socket", async () => {
    const socket = join(folder, "podman.sock");
    const storage = [
      "--storage-driver",
      "vfs",
      "--root",
      join(folder, "podman"),
      "--runroot",
      join(folder, "prun"),
    ];
    const podman = program("podman")!;
    await must(podman, [...storage, "load", "-q", "-i", archive]);
    // As podman names what it builds.
    await must(podman, [...storage, "tag", "app:1", "localhost/own:1"]);
    await start("podman", [...storage, "system", "service", "--time", "0", `unix://${socket}`], async () => {
      const { code } = await run(podman, ["--remote", "--url", `unix://${socket}`, "version"]);
      return code === 0;
    });
    const env = { CONTAINER_HOST: `unix://${socket}`, DOCKER_HOST: `unix://${join(folder, "none")}` };
    for (const name of ["podman://app:1", "podman://docker.io/library/app:1", "podman://own:1", "own:1"])
      await expectSame(name, { env });
    // Podman speaks Docker's language, too.
    await expectSame("docker://app:1", { env: { DOCKER_HOST: `unix://${socket}` } });
    await expect(figures("podman://app:2", { env })).rejects.toThrow(/^podman has no image app:2$/);
  });
});
