// The configuration file, in zod: its JSON Schema in schema/ is printed from here.
import { z } from "zod";
import { parseBytes } from "./bytes.ts";
import { knowledgeSchema } from "./model/knowledge/schema.ts";

const names = z.array(z.string().min(1));

export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    rules: names.optional().meta({ description: "Only these rules" }),
    ignore: names.optional().meta({ description: "Not these rules" }),
    minSeverity: z.enum(["error", "warning", "info"]).optional().meta({
      description: "What is less severe is not shown; warning if absent",
    }),
    minSize: z
      .union([
        z.int().min(0),
        z.string().refine((text) => parseBytes(text) !== undefined, "not a size like 1MB"),
      ])
      .optional()
      .meta({
        description: "Findings known to be smaller become infos: bytes, or text like 1MB (the default)",
      }),
    failOn: z.enum(["error", "warning", "info", "never"]).optional().meta({
      description: "The severity from which on `check` exits with 1; warning if absent",
    }),
    targets: names.optional().meta({ description: "The stages that are built" }),
    buildArgs: z.record(z.string(), z.string()).optional(),
    context: z
      .union([z.string().min(1), z.literal(false)])
      .optional()
      .meta({
        description: "The build context's folder, seen from this file; false for none",
      }),
    knowledge: knowledgeSchema.optional().meta({ description: "Distributions and artifacts of your own" }),
  })
  .meta({ title: ".dfdedupe.json" });

export type Config = z.infer<typeof configSchema>;
