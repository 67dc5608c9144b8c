// `docker save` archives: manifest.json since Docker 1.10, before that a chain of layers, each with its own config.

import { checkBytes, digestOfBytes, isDigest } from "../blob/read.ts";
import { ImageError } from "../error.ts";
import type { HistoryEntry, ImageConfig } from "../image.ts";
import {
  type DockerManifest,
  dockerManifestSchema,
  oldLayerSchema,
  parseConfig,
  parseDocument,
  platformOf,
  repositoriesSchema,
} from "./documents.ts";
import { type ImageFiles, insideName } from "./files.ts";
import type { ImageChoice, ImagePlan, LayerPlace } from "./plan.ts";
import { listed, matchesDigest, matchesName } from "./reference.ts";

/** Throws ImageError. */
export async function describeDockerSave(files: ImageFiles, choice: ImageChoice): Promise<ImagePlan> {
  const limit = choice.limits.documentBytes;
  const where = `${files.name}: manifest.json`;
  const manifests = parseDocument(await files.read("manifest.json", limit), dockerManifestSchema, where);
  const manifest = chooseManifest(files.name, manifests, choice.reference);
  const configPath = insideName(manifest.Config, files.name);
  const configBytes = await files.read(configPath, limit);
  const announced = choice.verify ? configDigest(configPath) : undefined;
  if (announced !== undefined)
    await checkBytes(configBytes, announced, `${files.name}: the config ${announced}`);
  const config = parseConfig(configBytes, `${files.name}: ${configPath}`);
  if (config.diffIds.length !== manifest.Layers.length) {
    throw new ImageError(
      `${files.name}: the config has ${config.diffIds.length} layers, the manifest ${manifest.Layers.length}`,
    );
  }
  return {
    name: choice.name,
    digest: await digestOfBytes(configBytes),
    platform: platformOf(config),
    config,
    annotations: {},
    attestations: [],
    layers: manifest.Layers.map((layer, i): LayerPlace => {
      const path = insideName(layer, files.name);
      return { path, digest: blobDigest(path), diffId: config.diffIds[i], mediaType: undefined };
    }),
  };
}

/** In the shape of Docker 25 and later a layer's name is its digest. */
function blobDigest(path: string): string | undefined {
  const match = /^blobs\/([a-z0-9]+)\/([0-9a-f]+)$/.exec(path);
  const digest = match ? `${match[1]}:${match[2]}` : "";
  return isDigest(digest) ? digest : undefined;
}

/** A config's name is its digest: "blobs/sha256/…", before Docker 25 "….json", from crane and kaniko "sha256:…". */
function configDigest(path: string): string | undefined {
  const hex = /^(?:sha256:)?([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  return hex === undefined ? blobDigest(path) : `sha256:${hex}`;
}

function chooseManifest(
  files: string,
  manifests: readonly DockerManifest[],
  reference: string | undefined,
): DockerManifest {
  const matching =
    reference === undefined
      ? manifests
      : manifests.filter(
          ({ Config, RepoTags }, i) =>
            reference === `@${i}` ||
            matchesDigest(Config.replace(/^blobs\/sha256\/|\.json$/g, ""), reference) ||
            RepoTags.some((tag) => matchesName(tag, reference)),
        );
  const [manifest, ...others] = matching;
  if (manifest !== undefined && others.length === 0) return manifest;
  const names = listed(manifests.map(({ Config, RepoTags }) => RepoTags[0] ?? Config));
  if (manifests.length === 0) throw new ImageError(`${files} holds no image: its manifest.json is empty`);
  if (manifest === undefined) throw new ImageError(`${files} has no image ${reference}; it has ${names}`);
  throw new ImageError(`${files} holds ${matching.length} images, say which by tag: ${names}`);
}

/** Docker up to 1.9: `repositories` names the top layer, every layer its parent. */
export async function describeOldDockerSave(files: ImageFiles, choice: ImageChoice): Promise<ImagePlan> {
  const limit = choice.limits.documentBytes;
  const bytes = await files.read("repositories", limit);
  const repositories = parseDocument(bytes, repositoriesSchema, `${files.name}: repositories`);
  const top = chooseTag(files.name, repositories, choice.reference);

  const history: HistoryEntry[] = [];
  const layers: LayerPlace[] = [];
  const seen = new Set<string>();
  let first: Omit<ImageConfig, "history" | "diffIds"> | undefined;
  for (let id: string | undefined = top; id !== undefined; ) {
    if (seen.has(id)) throw new ImageError(`${files.name}: layer ${id} is its own parent`);
    seen.add(id);
    const folder = insideName(id, files.name);
    const json = await files.read(`${folder}/json`, limit);
    const layer = parseDocument(json, oldLayerSchema, `${files.name}: ${folder}/json`);
    first ??= {
      os: layer.os ?? undefined,
      architecture: layer.architecture ?? undefined,
      variant: undefined,
      created: layer.created ?? undefined,
      labels: layer.config?.Labels ?? {},
    };
    history.unshift({
      createdBy: layer.container_config?.Cmd.join(" ") ?? "",
      emptyLayer: false,
      created: layer.created ?? undefined,
      comment: layer.comment || undefined,
      author: layer.author || undefined,
    });
    layers.unshift({
      path: `${folder}/layer.tar`,
      digest: undefined,
      diffId: undefined,
      mediaType: undefined,
    });
    id = layer.parent || undefined;
  }
  return {
    name: choice.name,
    digest: undefined,
    platform: first && platformOf(first),
    config: { ...first!, history, diffIds: [] },
    annotations: {},
    attestations: [],
    layers,
  };
}

function chooseTag(
  files: string,
  repositories: Readonly<Record<string, Readonly<Record<string, string>>>>,
  reference: string | undefined,
): string {
  const tags = Object.entries(repositories).flatMap(([repository, byTag]) =>
    Object.entries(byTag).map(([tag, id]) => ({ name: `${repository}:${tag}`, id })),
  );
  const matching = tags.filter(
    ({ name, id }) => reference === undefined || matchesName(name, reference) || matchesDigest(id, reference),
  );
  const ids = new Set(matching.map(({ id }) => id));
  const [id] = ids;
  if (id !== undefined && ids.size === 1) return id;
  const names = listed(tags.map(({ name }) => name));
  if (tags.length === 0) throw new ImageError(`${files} holds no image: its repositories are empty`);
  if (id === undefined) throw new ImageError(`${files} has no image ${reference}; it has ${names}`);
  throw new ImageError(`${files} holds ${ids.size} images, say which by tag: ${names}`);
}
