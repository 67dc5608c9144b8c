// Which step of a Dockerfile made which layer of an image.
import type { MeasuredLayer } from "../image/measured.ts";
import type { Model, Step } from "../model/model.ts";
import { indexLines } from "../text.ts";

/** Less alike than this is another instruction. */
const ALIKE = 0.5;

/**
 * One step or none per layer, base first. BuildKit's provenance says it exactly; without it, the steps and the
 * history are laid side by side so that as much as possible is alike: both are in the order of the file.
 */
export function stepsOfLayers(
  model: Model,
  steps: readonly Step[],
  layers: readonly MeasuredLayer[],
): readonly (Step | undefined)[] {
  if (layers.some(({ source }) => source !== undefined)) return byLines(model, steps, layers);
  return byWords(steps, layers);
}

function byLines(
  model: Model,
  steps: readonly Step[],
  layers: readonly MeasuredLayer[],
): readonly (Step | undefined)[] {
  const lines = indexLines(model.dockerfile.text);
  const firstLine = (step: Step): number => lines.position(step.instruction.span.start).line;
  return layers.map(({ source }) =>
    source === undefined ? undefined : steps.find((step) => firstLine(step) === source.startLine),
  );
}

function byWords(steps: readonly Step[], layers: readonly MeasuredLayer[]): readonly (Step | undefined)[] {
  const written = steps.map(({ instruction: { keyword, json, body, heredocs } }) => {
    const texts = json?.map(({ value }) => value) ?? [body.text];
    return wordsOf(keyword, [...texts, ...heredocs.map(({ content }) => content.text)].join(" "));
  });
  const built = layers.map(({ instruction }) => {
    const [, keyword = "", rest = ""] = /^(\S+)\s*([\s\S]*)$/.exec(instruction ?? "") ?? [];
    return wordsOf(keyword, rest);
  });
  // best[i][j]: how much of the steps from i on and the layers from j on can be alike.
  const best = Array.from({ length: steps.length + 1 }, () => new Float64Array(layers.length + 1));
  const like = written.map((step) => built.map((layer) => likeness(step, layer)));
  for (let i = steps.length - 1; i >= 0; i -= 1) {
    for (let j = layers.length - 1; j >= 0; j -= 1) {
      const together = like[i]![j]! < ALIKE ? 0 : like[i]![j]! + best[i + 1]![j + 1]!;
      best[i]![j] = Math.max(together, best[i + 1]![j]!, best[i]![j + 1]!);
    }
  }
  const found: (Step | undefined)[] = layers.map(() => undefined);
  for (let i = 0, j = 0; i < steps.length && j < layers.length; ) {
    if (best[i]![j] === best[i + 1]![j]) i += 1;
    else if (best[i]![j] === best[i]![j + 1]) j += 1;
    else found[j++] = steps[i++];
  }
  return found;
}

interface Words {
  readonly keyword: string;
  readonly words: readonly string[];
}

/**
 * The words that a history keeps. Of a copy its flags go, and what the classic builder and buildah write for its
 * sources ("COPY dir:2c4f… in /app"); the ends of paths are written in many ways.
 */
function wordsOf(keyword: string, text: string): Words {
  const isRun = keyword.toUpperCase() === "RUN";
  const words = text
    .split(/\s+/)
    .filter((word) => isRun || !/^--|^(file|dir|multi):[0-9a-f]+$|^in$/.test(word))
    .map((word) => (isRun ? word : word.replace(/^(\.?\/)+|\/+\.?$/g, "")))
    .filter((word) => word !== "" && word !== ".");
  return { keyword: keyword.toUpperCase(), words };
}

/** From 0 to 1: the share of words that both have. Of a copy whose sources are not told, only the target counts. */
function likeness(step: Words, layer: Words): number {
  if (step.keyword !== layer.keyword) return 0;
  if (/^(COPY|ADD)$/.test(step.keyword) && layer.words.length <= 1)
    return (step.words.at(-1) ?? "") === (layer.words[0] ?? "") ? 1 : 0;
  if (step.words.length + layer.words.length === 0) return 1;
  const left = new Map<string, number>();
  for (const word of step.words) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of layer.words) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared += 1;
  }
  return (2 * shared) / (step.words.length + layer.words.length);
}
