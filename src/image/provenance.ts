// Reads BuildKit's provenance attestation (mode=max): which lines of the Dockerfile made a layer, which are the base's.
import * as z from "zod/mini";
import type { Attestation } from "./image.ts";

/** Lines of a build file, from 1, both included. */
export interface SourceLines {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

export interface Provenance {
  /** Per layer: the lines that made it; undefined for a base image's layers and where nothing is said. */
  readonly lines: readonly (SourceLines | undefined)[];
  /** How many of the lowest layers came with the image that the build started from; undefined if not told. */
  readonly baseLayers: number | undefined;
}

// The fields as BuildKit writes them: solver/llbsolver/provenance/types/types.go and pb.Location of ops.proto;
// docs/attestations/slsa-definitions.md tells their meaning.
const range = z.object({ start: z.object({ line: z.int() }), end: z.object({ line: z.int() }) });
const location = z.object({
  sourceIndex: z._default(z.int().check(z.minimum(0)), 0),
  ranges: z._default(z.array(range), []),
});
const source = z.object({
  locations: z._default(z.record(z.string(), z.object({ locations: z._default(z.array(location), []) })), {}),
  infos: z._default(z.array(z.object({ filename: z._default(z.string(), "Dockerfile") })), []),
});
const metadata = z.object({
  source: z.optional(source),
  layers: z._default(z.record(z.string(), z.array(z.array(z.object({ digest: z.string() })))), {}),
});
const step = z.object({
  id: z.string(),
  op: z.nullish(z.object({ Op: z.nullish(z.record(z.string(), z.unknown())) })),
});
const buildConfig = z.object({ llbDefinition: z._default(z.array(step), []) });

const metadataKey = "https://mobyproject.org/buildkit@v1#metadata";

/**
 * What the attestations say of layers with these digests (as stored, base first); undefined when none of them is
 * a BuildKit provenance with layers, as in mode=min. Both SLSA 0.2 and 1 are read.
 */
export function readProvenance(
  attestations: readonly Attestation[],
  digests: readonly string[],
): Provenance | undefined {
  for (const attestation of attestations) {
    if (!attestation.predicateType.startsWith("https://slsa.dev/provenance/")) continue;
    const predicate = at(attestation.statement, "predicate");
    const run = at(predicate, "metadata") ?? at(predicate, "runDetails", "metadata");
    const read = metadata.safeParse(at(run, metadataKey) ?? at(run, "buildkit_metadata"));
    if (!read.success || Object.keys(read.data.layers).length === 0) continue;
    const config = buildConfig.safeParse(
      at(predicate, "buildConfig") ??
        at(predicate, "buildDefinition", "internalParameters", "buildConfig") ??
        at(predicate, "buildDefinition", "externalParameters", "buildConfig"),
    );
    return connect(read.data, config.success ? config.data.llbDefinition : [], digests);
  }
  return undefined;
}

function connect(
  told: z.infer<typeof metadata>,
  steps: readonly z.infer<typeof step>[],
  digests: readonly string[],
): Provenance {
  const images = new Set(steps.filter((one) => isImage(one.op?.Op)).map((one) => one.id));
  const makers: (string | undefined)[] = digests.map(() => undefined);
  let base: number | undefined = images.size > 0 ? 0 : undefined;
  for (const [output, chains] of Object.entries(told.layers)) {
    const id = output.split(":")[0]!;
    for (const chain of chains) {
      // A chain holds all layers below the output too: the last one is the step's own.
      const count = chain.length;
      if (count === 0 || !chain.every((layer, index) => layer.digest === digests[index])) continue;
      if (images.has(id)) base = Math.max(base ?? 0, count);
      // Steps that store nothing show the chain of the step before them, which has the lower number.
      const rival = makers[count - 1];
      if (rival === undefined || stepNumber(id) < stepNumber(rival)) makers[count - 1] = id;
    }
  }
  return {
    baseLayers: base,
    lines: makers.map((id, index) =>
      id === undefined || index < (base ?? 0) ? undefined : linesOf(told.source, id),
    ),
  };
}

function linesOf(told: z.infer<typeof metadata>["source"], id: string): SourceLines | undefined {
  const place = told?.locations[id]?.locations.find((one) => one.ranges.length > 0);
  if (place === undefined) return undefined;
  return {
    path: told?.infos[place.sourceIndex]?.filename ?? "Dockerfile",
    startLine: Math.min(...place.ranges.map((one) => one.start.line)),
    endLine: Math.max(...place.ranges.map((one) => one.end.line)),
  };
}

/** Older BuildKit spells the kind of an operation "Source", newer "source". */
function isImage(operation: Readonly<Record<string, unknown>> | null | undefined): boolean {
  const identifier = at(operation?.source ?? operation?.Source, "identifier");
  return typeof identifier === "string" && /^(docker-image|oci-layout):\/\//.test(identifier);
}

function stepNumber(id: string): number {
  return Number(id.replace(/^\D+/, ""));
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}
