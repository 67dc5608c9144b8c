// The contract of `check --format json`, in zod: its type and the JSON Schema in schema/ come from here.
import { z } from "zod";

const position = z.strictObject({
  line: z.int().min(1),
  column: z
    .int()
    .min(1)
    .meta({ description: "In UTF-16 units, from 1; a byte order mark counts for nothing" }),
});
const location = z.strictObject({ start: position, end: position }).meta({
  description: "From start up to, not including, end",
});

const bytes = z.strictObject({
  value: z.int().min(0),
  source: z.enum(["context", "known", "image"]).meta({
    description: "Measured in the build context, known of the package, or measured in an image",
  }),
});

const fix = z.strictObject({
  applicability: z.enum(["safe", "unsafe", "manual"]),
  title: z.string(),
  why: z.string().optional().meta({ description: "Why the fix is not safe" }),
  edits: z.array(z.strictObject({ location, text: z.string() })),
});

const finding = z.strictObject({
  rule: z.string(),
  severity: z.enum(["error", "warning", "info"]),
  confidence: z.enum(["certain", "likely", "possible"]),
  message: z.string(),
  stage: z.string().meta({ description: "The stage's name, or its number from 0" }),
  ships: z.boolean(),
  location: location.meta({ description: "The guilty command" }),
  instruction: location.meta({ description: "The instruction it stands in, without its last line break" }),
  related: z.array(
    z.strictObject({
      message: z.string(),
      location,
      file: z
        .strictObject({ path: z.string(), line: z.int().min(1) })
        .optional()
        .meta({ description: "The line of a file in the build context that says so" }),
    }),
  ),
  bytes: bytes.optional().meta({ description: "Absent if unknown" }),
  fix: fix.optional(),
});

const image = z
  .strictObject({
    name: z.string(),
    digest: z.string().optional(),
    waste: z.int().min(0).meta({ description: "Bytes that the image stores and does not show" }),
    base: z.int().min(0).meta({ description: "The part of them that lies within the base image" }),
    explained: z.int().min(0).meta({ description: "The part of them that the findings are about" }),
    unexplained: z.array(
      z.strictObject({
        layer: z.int().min(0).meta({ description: "From 0, base first, empty ones left out" }),
        instruction: location.meta({ description: "What made the layer" }),
        hides: z.int().min(0).meta({ description: "Bytes of lower layers that it hides" }),
      }),
    ),
  })
  .meta({ description: "Measured in the image that --image names" });

export const checkReportSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    tool: z.strictObject({ name: z.literal("dfdedupe"), version: z.string() }),
    files: z.array(
      z.strictObject({
        path: z.string(),
        problems: z.array(z.strictObject({ message: z.string(), location })),
        findings: z.array(finding),
        image: image.optional(),
      }),
    ),
    summary: z.strictObject({
      files: z.int().min(0),
      problems: z.int().min(0),
      findings: z.int().min(0),
      errors: z.int().min(0),
      warnings: z.int().min(0),
      infos: z.int().min(0),
      bytes: z.int().min(0).meta({ description: "The sum over the findings whose size is known" }),
    }),
  })
  .meta({ title: "dfdedupe check --format json" });

export type CheckReport = z.infer<typeof checkReportSchema>;
