// The contract of `image --format json`, in zod: its type and the JSON Schema in schema/ come from here.
import { z } from "zod";
import { changes, wasteReasons } from "../image/waste.ts";

const bytes = z.int().min(0);
const layerIndex = z.int().min(0).meta({ description: "A layer, from 0, base first" });
const reason = z.enum(wasteReasons).meta({
  description:
    "What happened next: the same again, the same with other metadata, something else there, gone, gone elsewhere",
});
const owner = z.string().meta({ description: "manager:name@version" });

const hidden = z.strictObject({
  layer: layerIndex,
  size: bytes,
  reason,
  hiddenBy: layerIndex,
  changed: z.array(z.enum(changes)).meta({ description: "What a retouched copy differs in" }),
  movedTo: z.string().optional(),
  package: owner.optional(),
});

export const imageReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    tool: z.strictObject({ name: z.literal("dfdedupe"), version: z.string() }),
    image: z.strictObject({
      name: z.string(),
      digest: z.string().optional().meta({ description: "Of the manifest, else of the config" }),
      platform: z.string().optional(),
      base: z
        .strictObject({
          name: z.string().optional(),
          digest: z.string().optional(),
          layers: z.int().min(0).optional(),
        })
        .optional()
        .meta({
          description: "The base image: what the annotations name, how many layers are known to be its",
        }),
    }),
    total: z.strictObject({
      stored: bytes.meta({ description: "Bytes of file content in all layers: visible + waste" }),
      visible: bytes,
      waste: bytes,
      efficiency: z.number().min(0).max(1).meta({ description: "visible / stored; 1 for an empty image" }),
      reasons: z.strictObject({
        repeated: bytes,
        retouched: bytes,
        overwritten: bytes,
        removed: bytes,
        moved: bytes,
      }),
      changes: z.strictObject({ owner: bytes, mode: bytes, time: bytes, xattrs: bytes }).meta({
        description: "Retouched bytes by what changed; a copy that changed in two counts in both",
      }),
      churn: bytes.meta({ description: "Waste in databases, caches and logs of package managers" }),
      compressed: bytes.meta({ description: "Bytes of the layers as stored" }),
      compressedWaste: bytes.meta({ description: "An estimate: each layer's share by size" }),
      duplicates: bytes
        .optional()
        .meta({ description: "Visible bytes that upper layers store again elsewhere; with --duplicates" }),
    }),
    layers: z.array(
      z.strictObject({
        index: layerIndex,
        digest: z.string(),
        diffId: z.string().optional(),
        compression: z.enum(["none", "gzip", "zstd"]),
        createdBy: z.string().meta({ description: "The history's words; empty if it has none" }),
        instruction: z.string().optional().meta({ description: "The same in a Dockerfile's words" }),
        source: z
          .strictObject({ path: z.string(), startLine: z.int(), endLine: z.int() })
          .optional()
          .meta({ description: "The lines that made it, from BuildKit's provenance" }),
        stored: bytes,
        visible: bytes,
        waste: bytes.meta({ description: "Bytes of this layer that are hidden at the end" }),
        hides: bytes.meta({ description: "Bytes, of any layer, that this one hides" }),
        compressed: bytes,
        compressedWaste: bytes,
        base: z.boolean().meta({ description: "Known to be the base image's" }),
      }),
    ),
    packages: z.array(
      z.strictObject({
        manager: z.string(),
        name: z.string(),
        version: z.string().optional(),
        waste: bytes,
        files: z.int().min(0),
        layers: z.array(layerIndex).meta({ description: "The layers that store those files" }),
      }),
    ),
    paths: z.array(
      z.strictObject({
        path: z.string(),
        stored: bytes,
        visible: bytes,
        waste: bytes,
        copies: z.int().min(1),
        reason: reason.meta({ description: "The reason of most of its waste" }),
        layers: z.array(layerIndex).meta({ description: "The layers that store it" }),
        package: owner.optional(),
        churn: z.string().optional().meta({ description: "Whose bookkeeping it is: dpkg, apt, rpm, …" }),
        hidden: z.array(hidden),
      }),
    ),
    duplicates: z
      .array(
        z.strictObject({
          size: bytes,
          bytes: bytes.meta({ description: "Of the copies above the lowest layer that has one" }),
          copies: z.array(z.strictObject({ path: z.string(), layer: layerIndex })),
        }),
      )
      .optional()
      .meta({ description: "Equal visible files at different paths in different layers; with --duplicates" }),
    gate: z.strictObject({
      passed: z.boolean(),
      failures: z.array(
        z.strictObject({
          rule: z.string(),
          limit: z.number(),
          value: z.number().optional().meta({ description: "Absent where nothing is there to compare with" }),
          message: z.string(),
        }),
      ),
    }),
  })
  .meta({ title: "dfdedupe image --format json" });

export type ImageReport = z.infer<typeof imageReportSchema>;
