// The form of the knowledge: what packages put where, what they need, and which downloads repeat it.
import { z } from "zod";

const pathBelow = z.string().min(1).describe("A path below site-packages, e.g. flashinfer_cubin/cubins");
const versionRange = z.string().describe("A PEP 440 range, e.g. >=0.6.5,<0.6.7.post1");

export const distributionSchema = z
  .strictObject({
    name: z.string().min(1).describe("Normalized name"),
    manager: z.literal("pip").default("pip"),
    /** Folders below site-packages that it owns. */
    folders: z.array(pathBelow).default([]),
    /** Distributions that its installation brings or may replace. */
    needs: z
      .array(
        z.union([
          z.string(),
          z.strictObject({
            name: z.string(),
            /** Versions of this distribution that need it. */
            since: z.string().optional(),
            /** The version it pins, as it is written in the context: not known here. */
            pinned: z.boolean().default(false),
          }),
        ]),
      )
      .default([]),
    /** Installed bytes, when they are about the same in every version. */
    bytes: z.number().int().positive().optional(),
    large: z.boolean().default(false),
    source: z.string().optional().describe("Where this was read"),
  })
  .describe("A distribution: what it puts where and what it needs");

export const artifactSchema = z
  .strictObject({
    id: z.string().min(1),
    /** A noun phrase for messages: "FlashInfer's cubins". */
    title: z.string().min(1),
    /** Commands that download it: the words in order, with flags between them allowed. */
    commands: z.array(z.array(z.string())).default([]),
    /** Inline scripts that download it: all of these words occur in the script. */
    scripts: z.array(z.array(z.string())).default([]),
    /** Where it is written. */
    writes: z.strictObject({
      /** The distribution whose folder is written into, when it is installed. */
      into: z.string().optional(),
      /** The path below site-packages, or an absolute path, or one that begins with ~. */
      path: z.string(),
      /** Environment variables that lead elsewhere, in order of precedence. */
      variables: z.array(z.string()).default([]),
      /** Versions of `of` in which the variables count even when the distribution is there; all when absent. */
      variablesFirst: versionRange.optional(),
      /** Where it is written when the distribution is not installed and no variable is set. */
      otherwise: z.string().optional(),
    }),
    /** The distribution whose version decides what is fetched. */
    of: z.string().optional(),
    /** Distributions that carry the same version as `of` and fail with another one. */
    releasedWith: z.array(z.string()).default([]),
    /** Distributions whose installation replaces the folder written into. */
    replacedBy: z.array(z.string()).default([]),
    /** A distribution that ships the very same files. */
    shippedBy: z.strictObject({ distribution: z.string(), versions: versionRange.optional() }).optional(),
    /** Versions of `of` in which the download works; outside of it, it fails or is pointless. */
    works: versionRange.optional(),
    /** Versions of `of` that fetch it at run time when nothing has prefetched it. */
    neededAtRunTime: versionRange.optional(),
    /** What is missing without it: "an air-gapped start fails". */
    consequence: z.string().optional(),
    /** The instruction that prefetches it, for a fix. */
    prefetch: z.string().optional(),
    bytes: z.number().int().positive().optional(),
    large: z.boolean().default(false),
    /** Commands that only print and may go along when the download moves. */
    companions: z.array(z.array(z.string())).default([]),
    source: z.string().optional(),
  })
  .describe("Files that a command downloads into a package's folder");

export const knowledgeSchema = z.strictObject({
  distributions: z.array(distributionSchema).default([]),
  artifacts: z.array(artifactSchema).default([]),
});

export type Distribution = z.output<typeof distributionSchema>;
export type Artifact = z.output<typeof artifactSchema>;
/** Facts about packages; later entries of the same name replace earlier ones. */
export type Knowledge = z.output<typeof knowledgeSchema>;
