// How claims become findings: where, how many bytes, which earlier places.
import type { Finding, Fix, Related } from "../finding.ts";
import type { Size } from "../model/effect.ts";
import type { Model } from "../model/model.ts";
import { isSharedFolder } from "../model/names.ts";
import { baseName, isLiteral, showPath } from "../model/path.ts";
import type { Stored, Touch } from "../model/timeline.ts";
import type { Span } from "../text.ts";
import type { Claim } from "./claims/claim.ts";
import { addSizes, listOf, makeFinding, severityOf } from "./draft.ts";

export interface Words {
  /** The finding's one sentence. */
  readonly message: string;
  /** Below the guilty command. */
  readonly label: string;
}

/** A finding for a claim, at its first guilty command. */
export function tell(model: Model, claim: Claim, words: Words, fix?: () => Fix): Finding {
  const size = claimSize(claim);
  const [first] = claim.effects;
  return makeFinding(claim.rule, model, {
    stage: claim.stage,
    step: claim.step,
    span: first.span,
    confidence: claim.confidence,
    message: words.message,
    label: words.label,
    related: relatedPlaces(claim),
    size,
    ...(fix === undefined ? {} : { fix }),
    severity: severityOf(size, model.minSize),
  });
}

/** Everything that a claim is about, together. */
export function claimSize(claim: Claim): Size {
  return claim.files.length === 0 ? { kind: "unknown" } : addSizes(claim.files.map(({ size }) => size));
}

/** Where the files were stored before, once per place, the largest share first told in file order. */
function relatedPlaces({ files, step }: Claim): readonly Related[] {
  const out = new Map<number, Related>();
  const weighs = files.some(({ size }) => size.kind !== "negligible");
  for (const { stored, size, presumed } of files) {
    const place = placeOf(stored);
    if (place === undefined || out.has(place.start) || (size.kind === "negligible" && weighs)) continue;
    const again = stored.holder !== stored.origin && stored.holder !== step;
    const first = presumed === true ? "perhaps first stored here" : "first stored here";
    out.set(place.start, { message: again ? "stored again here" : first, span: place });
  }
  return [...out.values()].sort((a, b) => a.span.start - b.span.start);
}

function placeOf(stored: Stored): Span | undefined {
  const moved = stored.holder !== stored.origin;
  return moved ? stored.holder?.instruction.span : stored.effect?.span;
}

/** What a claim's files are called: what they are, else their paths. */
export function nameFiles(claim: Claim): string {
  const names = new Set(
    claim.files.flatMap(({ stored, size, touch }): string[] => {
      if (size.kind === "negligible" && claim.files.length > 1) return [];
      const whose = isOfBase(stored) ? " of the base image" : "";
      if (touch?.meeting.relation === "inside") return [`${showPath(touch.target.path)}${whose}`];
      if (touch?.meeting.relation === "part" && touch.effect.kind === "remove" && touch.effect.what)
        return [touch.effect.what];
      if (touch !== undefined && namesUnknown(touch)) return [showPath(touch.target.path)];
      return [`${stored.what ?? nameOf(stored)}${whose}`];
    }),
  );
  return names.size === 0 ? "files" : someOf([...names]);
}

/** Whether no line of the file stored the files. */
function isOfBase({ effect, holder }: Stored): boolean {
  return effect === undefined && holder === undefined;
}

/** Whether a command spells out what only the build knows of the path where the files were stored. */
function namesUnknown({ meeting, target, stored }: Touch): boolean {
  return meeting.certainty === "possible" && isLiteral(target.path) && !isLiteral(stored.target.path);
}

/** The path, or what was put into a folder that holds much else. */
function nameOf({ effect, target }: Stored): string {
  const { path } = target;
  const origin = effect?.kind === "write" ? effect.origin : undefined;
  if (!isSharedFolder(path) || origin === undefined || !("sources" in origin)) return showPath(path);
  const [source] = origin.sources;
  const from = typeof source === "string" ? source : source?.path;
  if (from === undefined || from === "" || from === "/" || origin.sources.length > 1) return showPath(path);
  const name = showPath(baseName(`/${from}`));
  return effect?.kind === "write" && effect.how === "unpack"
    ? `the content of ${name}`
    : `${name} in ${showPath(path)}`;
}

/** Up to three names; of more, two and how many others there are. */
export function someOf(names: readonly string[]): string {
  return names.length <= 3 ? listOf(names) : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
