// OCI layouts: an index that names manifests, or further indexes, that name a config and layers.

import { checkBytes } from "../blob/read.ts";
import { ImageError } from "../error.ts";
import type { Attestation } from "../image.ts";
import {
  type Descriptor,
  indexSchema,
  manifestSchema,
  parseConfig,
  parseDocument,
  platformOf,
  statementSchema,
} from "./documents.ts";
import { type ImageFiles, missing } from "./files.ts";
import type { ImageChoice, ImagePlan, LayerPlace } from "./plan.ts";
import { hostPlatform, listed, matchesDigest, matchesName, matchesPlatform } from "./reference.ts";

const indexTypes = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
]);
const manifestTypes = new Set([
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]);

const nameKeys = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
const maxDepth = 8;
const maxDocuments = 1000;

/** An image manifest found in the index or below. */
interface Candidate {
  readonly descriptor: Descriptor;
  /** Names it goes by, its own and those of the indexes above. */
  readonly names: readonly string[];
  /** Its digest and those of the indexes above. */
  readonly digests: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform: string | undefined;
}

/** Undefined when the index names no image that is there. Throws ImageError. */
export async function describeOci(files: ImageFiles, choice: ImageChoice): Promise<ImagePlan | undefined> {
  const limit = choice.limits.documentBytes;
  const candidates: Candidate[] = [];
  /** What manifests of attestations say they are about, and where they are. */
  const attached: { readonly about: string; readonly descriptor: Descriptor }[] = [];
  let documents = 0;

  async function blob(descriptor: Descriptor, what: string): Promise<Uint8Array> {
    const path = blobPath(descriptor.digest);
    const where = `${files.name}: the ${what} ${descriptor.digest}`;
    if (++documents > maxDocuments)
      throw new ImageError(`${files.name} has more than ${maxDocuments} documents`);
    if (files.size(path) === undefined) throw missing(files.name, `the ${what} ${descriptor.digest}`);
    const bytes = await files.read(path, limit);
    if (bytes.length !== descriptor.size) {
      throw new ImageError(`${where} has ${bytes.length} bytes where ${descriptor.size} are announced`);
    }
    await checkBytes(bytes, descriptor.digest, where);
    return bytes;
  }

  /** Attestations may have been left behind; an image is whole without them. */
  async function there({ digest }: Descriptor): Promise<boolean> {
    const path = blobPath(digest);
    return files.size(path) !== undefined && (await files.present?.(path)) !== false;
  }

  async function visit(
    descriptors: readonly Descriptor[],
    above: Omit<Candidate, "descriptor">,
    depth: number,
  ) {
    if (depth > maxDepth)
      throw new ImageError(`${files.name}: indexes are nested more than ${maxDepth} deep`);
    for (const descriptor of descriptors) {
      const own = descriptor.annotations ?? {};
      if (own["vnd.docker.reference.type"] === "attestation-manifest") {
        attached.push({ about: own["vnd.docker.reference.digest"] ?? "", descriptor });
        continue;
      }
      const candidate: Candidate = {
        descriptor,
        names: [...above.names, ...nameKeys.flatMap((key) => own[key] ?? [])],
        digests: [...above.digests, descriptor.digest],
        annotations: { ...above.annotations, ...own },
        platform: platformOf(descriptor.platform ?? {}) ?? above.platform,
      };
      const present = files.size(blobPath(descriptor.digest)) !== undefined;
      if (present && (await isIndex(descriptor))) {
        if (above.digests.includes(descriptor.digest)) {
          throw new ImageError(`${files.name}: the index ${descriptor.digest} names itself`);
        }
        const bytes = await blob(descriptor, "index");
        const index = parseDocument(bytes, indexSchema, `${files.name}: the index ${descriptor.digest}`);
        await visit(index.manifests, candidate, depth + 1);
      } else if (!indexTypes.has(descriptor.mediaType ?? "")) {
        candidates.push(candidate);
      }
    }
  }

  async function isIndex(descriptor: Descriptor): Promise<boolean> {
    if (indexTypes.has(descriptor.mediaType ?? "")) return true;
    if (manifestTypes.has(descriptor.mediaType ?? "")) return false;
    const bytes = await blob(descriptor, "manifest");
    const where = `${files.name}: the manifest ${descriptor.digest}`;
    return parseDocument(bytes, indexSchema, where).manifests.length > 0;
  }

  const root = parseDocument(await files.read("index.json", limit), indexSchema, `${files.name}: index.json`);
  await visit(root.manifests, { names: [], digests: [], annotations: {}, platform: undefined }, 0);

  const present = (candidate: Candidate) => files.size(blobPath(candidate.descriptor.digest)) !== undefined;
  const chosen = await chooseCandidate(files.name, candidates, choice, present, async (candidate) => {
    const manifest = parseDocument(await blob(candidate.descriptor, "manifest"), manifestSchema, files.name);
    return platformOf(parseConfig(await blob(manifest.config, "config"), files.name));
  });
  if (chosen === undefined) return undefined;

  const { digest } = chosen.descriptor;
  const where = `${files.name}: the manifest ${digest}`;
  const manifest = parseDocument(await blob(chosen.descriptor, "manifest"), manifestSchema, where);
  const configDigest = manifest.config.digest;
  const config = parseConfig(
    await blob(manifest.config, "config"),
    `${files.name}: the config ${configDigest}`,
  );
  if (config.diffIds.length !== manifest.layers.length) {
    throw new ImageError(
      `${files.name}: the config has ${config.diffIds.length} layers, the manifest ${manifest.layers.length}`,
    );
  }
  const attestations: Attestation[] = [];
  for (const { about, descriptor } of attached) {
    if (about !== digest || !(await there(descriptor))) continue;
    const bytes = await blob(descriptor, "attestation");
    const { layers } = parseDocument(
      bytes,
      manifestSchema,
      `${files.name}: the attestation ${descriptor.digest}`,
    );
    for (const layer of layers) {
      if (!layer.mediaType?.includes("in-toto")) continue;
      // A bill of materials may be larger than anything we read it for.
      if (layer.size > limit || !(await there(layer))) continue;
      const text = await blob(layer, "attestation");
      const statement = parseDocument(
        text,
        statementSchema,
        `${files.name}: the attestation ${layer.digest}`,
      );
      attestations.push({ predicateType: statement.predicateType, statement });
    }
  }

  return {
    name: choice.name,
    digest,
    platform: platformOf(config) ?? chosen.platform,
    config,
    annotations: { ...chosen.annotations, ...manifest.annotations },
    attestations,
    layers: manifest.layers.map((layer, i): LayerPlace => {
      const path = blobPath(layer.digest);
      const size = files.size(path);
      if (size === undefined) throw missing(files.name, `layer ${i} (${layer.digest})`);
      if (size !== layer.size) {
        throw new ImageError(
          `${files.name}: layer ${i} (${layer.digest}) has ${size} bytes where ${layer.size} are announced`,
        );
      }
      return {
        path,
        digest: layer.digest,
        diffId: config.diffIds[i],
        mediaType: layer.mediaType ?? undefined,
      };
    }),
  };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** The one image that is meant; of several platforms this machine's. Undefined if none is there at all. */
async function chooseCandidate(
  files: string,
  all: readonly Candidate[],
  { reference, platform }: ImageChoice,
  present: (candidate: Candidate) => boolean,
  platformInConfig: (candidate: Candidate) => Promise<string | undefined>,
): Promise<Candidate | undefined> {
  if (all.length === 0) return undefined;
  const named = all.filter(
    ({ names, digests }) =>
      reference === undefined ||
      names.some((name) => name === reference || matchesName(name, reference)) ||
      digests.some((digest) => matchesDigest(digest, reference)),
  );
  if (named.length === 0) throw new ImageError(`${files} has no image ${reference}; it has ${choices(all)}`);

  const byDigest = new Map<string, Candidate>();
  for (const candidate of named) if (present(candidate)) byDigest.set(candidate.descriptor.digest, candidate);
  let left = [...byDigest.values()];
  if (left.length === 0) {
    if (reference === undefined && platform === undefined) return undefined;
    throw new ImageError(`${files}: the manifest ${named[0]!.descriptor.digest} is missing`);
  }
  if (platform !== undefined) {
    const matching: Candidate[] = [];
    for (const candidate of left) {
      const its = candidate.platform ?? (await platformInConfig(candidate));
      if (matchesPlatform(its, platform)) matching.push(candidate);
    }
    if (matching.length === 0)
      throw new ImageError(`${files} has no image for ${platform}; it has ${choices(left)}`);
    left = matching;
  }
  if (left.length > 1 && platform === undefined) {
    // One image for several platforms, not several images; Windows' may be there several times, for its versions.
    const names = new Set(left.map((candidate) => candidate.names.join(" ")));
    const one = names.size === 1 && left.every((candidate) => candidate.platform !== undefined);
    const here = left.filter((candidate) => matchesPlatform(candidate.platform, hostPlatform()));
    if (one && here.length === 1) left = here;
  }
  const [chosen, ...others] = left;
  if (others.length === 0) return chosen;
  throw new ImageError(
    `${files} holds ${left.length} images, say which by tag, digest or --platform: ${choices(left)}`,
  );
}

function choices(candidates: readonly Candidate[]): string {
  return listed(
    candidates.map(({ names, descriptor, platform }) => {
      const name = names.at(-1) ?? descriptor.digest.slice(0, 19);
      return platform === undefined ? name : `${name} (${platform})`;
    }),
  );
}
