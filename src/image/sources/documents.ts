// The JSON documents of images, checked loosely: what is used must be right, the rest may be anything. By zod/mini, here
// and wherever images are read, because it loads faster: a small image takes hardly longer than loading.

import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { isDigest } from "../blob/read.ts";
import { ImageError } from "../error.ts";
import type { HistoryEntry, ImageConfig } from "../image.ts";

const digest = z.string().check(z.refine(isDigest, "is not a digest"));
const size = z.int().check(z.nonnegative());
const text = z.nullish(z.string());
/** Go writes empty maps and lists as null. */
const strings = z.nullish(z.record(z.string(), z.string()));
const list = <T extends z.core.$ZodType>(item: T) =>
  z.pipe(
    z.nullish(z.array(item)),
    z.transform((items) => items ?? []),
  );

const platformSchema = z.looseObject({ architecture: text, os: text, variant: text });

const descriptorSchema = z.looseObject({
  mediaType: text,
  digest,
  size,
  annotations: strings,
  platform: z.nullish(platformSchema),
});

/** How an index or a manifest names a blob. */
export type Descriptor = z.infer<typeof descriptorSchema>;

/** An OCI index or a Docker manifest list. */
export const indexSchema = z.looseObject({
  manifests: list(descriptorSchema),
  annotations: strings,
});

/** An OCI or a Docker schema 2 manifest. */
export const manifestSchema = z.looseObject({
  config: descriptorSchema,
  layers: list(descriptorSchema),
  annotations: strings,
});

/** `manifest.json` of `docker save` since Docker 1.10. */
export const dockerManifestSchema = z.array(
  z.looseObject({ Config: z.string(), RepoTags: list(z.string()), Layers: list(z.string()) }),
);

export type DockerManifest = z.infer<typeof dockerManifestSchema>[number];

/** `repositories` of `docker save` before: repository, tag, id of the top layer. */
export const repositoriesSchema = z.record(z.string(), z.record(z.string(), z.string()));

const command = z.nullish(z.looseObject({ Cmd: list(z.string()) }));

/** `<id>/json` of the same. */
export const oldLayerSchema = z.looseObject({
  id: z.string(),
  parent: text,
  created: text,
  author: text,
  comment: text,
  architecture: text,
  os: text,
  container_config: command,
  config: z.nullish(z.looseObject({ Labels: strings })),
});

export const statementSchema = z.looseObject({ predicateType: z.string() });

const configSchema = z.looseObject({
  os: text,
  architecture: text,
  variant: text,
  created: text,
  config: z.nullish(z.looseObject({ Labels: strings })),
  rootfs: z.looseObject({ diff_ids: list(digest) }),
  history: list(
    z.looseObject({
      created_by: text,
      empty_layer: z.nullish(z.boolean()),
      created: text,
      comment: text,
      author: text,
    }),
  ),
});

/** The document as JSON that fits a schema. Throws ImageError, in one sentence. */
export function parseDocument<T extends z.core.$ZodType>(
  bytes: Uint8Array,
  schema: T,
  where: string,
): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ImageError(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const result = z.safeParse(schema, value, { error: en().localeError });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new ImageError(`${where} is malformed: ${path === "" ? "" : `${path}: `}${issue?.message}`);
}

/** An image config (OCI image-spec config.md; Docker's is the same in these parts). Throws ImageError. */
export function parseConfig(bytes: Uint8Array, where: string): ImageConfig {
  const config = parseDocument(bytes, configSchema, where);
  return {
    os: config.os ?? undefined,
    architecture: config.architecture ?? undefined,
    variant: config.variant || undefined,
    created: config.created ?? undefined,
    history: config.history.map(
      (entry): HistoryEntry => ({
        createdBy: entry.created_by ?? "",
        emptyLayer: entry.empty_layer ?? false,
        created: entry.created ?? undefined,
        comment: entry.comment || undefined,
        author: entry.author || undefined,
      }),
    ),
    diffIds: config.rootfs.diff_ids,
    labels: config.config?.Labels ?? {},
  };
}

/** "linux/arm64", "linux/arm/v7"; undefined when os or architecture is not said. */
export function platformOf(platform: {
  os?: string | null | undefined;
  architecture?: string | null | undefined;
  variant?: string | null | undefined;
}): string | undefined {
  const { os, architecture, variant } = platform;
  if (!os || !architecture || os === "unknown") return undefined;
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}
