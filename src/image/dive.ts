// Reads a .dive-ci file: the three rules of dive's CI mode, their values, switches and defaults as dive takes them.
import { parseBytes } from "../bytes.ts";
import { Failure } from "../failure.ts";

/** Limits; a rule that is switched off is undefined. */
export interface DiveRules {
  /** Between 0 and 1: less fails. */
  readonly lowestEfficiency: number | undefined;
  /** Bytes: more fails. */
  readonly highestWastedBytes: number | undefined;
  /** A ratio between 0 and 1, in spite of its name, of the bytes above the base: more fails. */
  readonly highestUserWastedPercent: number | undefined;
}

// dive's DefaultCIRules (cmd/dive/cli/internal/options/ci_rules.go): they hold for a rule the file does not name.
const defaults = { lowestEfficiency: "0.9", highestWastedBytes: "disabled", highestUserWastedPercent: "0.1" };

/** The names of dive's documentation, and those that newer versions read. */
const names: Readonly<Record<string, keyof DiveRules>> = {
  lowestEfficiency: "lowestEfficiency",
  "lowest-efficiency-threshold": "lowestEfficiency",
  highestWastedBytes: "highestWastedBytes",
  "highest-wasted-bytes": "highestWastedBytes",
  highestUserWastedPercent: "highestUserWastedPercent",
  "highest-user-wasted-percent": "highestUserWastedPercent",
};

/** Throws Failure when the text is not lines of `key: value`, below `rules:` or not, or when a value is wrong. */
export function parseDiveRules(text: string, file: string): DiveRules {
  const values: Record<keyof DiveRules, string> = { ...defaults };
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "" || content === "---") continue;
    const pair = /^["']?([\w-]+)["']?\s*:(?:\s+(.*))?$/.exec(content);
    if (pair === null) throw new Failure(`${file}:${index + 1}: expected "name: value"`);
    if (pair[1] === "rules" && pair[2] !== undefined) {
      throw new Failure(`${file}:${index + 1}: expected the rules on lines of their own, not "${pair[2]}"`);
    }
    const rule = names[pair[1]!];
    if (rule !== undefined) values[rule] = (pair[2] ?? "").replace(/^(["'])(.*)\1$/, "$2").trim();
  }
  return {
    lowestEfficiency: ratio("lowestEfficiency", values.lowestEfficiency, file),
    highestWastedBytes: bytes(values.highestWastedBytes, file),
    highestUserWastedPercent: ratio("highestUserWastedPercent", values.highestUserWastedPercent, file),
  };
}

function isOff(value: string): boolean {
  return ["", "disabled", "off", "false"].includes(value.toLowerCase());
}

function ratio(rule: string, value: string, file: string): number | undefined {
  if (isOff(value)) return undefined;
  const number = Number(value);
  if (!(number >= 0 && number <= 1))
    throw new Failure(`${file}: ${rule} must be from 0 to 1, not "${value}"`);
  return number;
}

function bytes(value: string, file: string): number | undefined {
  if (isOff(value)) return undefined;
  const number = parseBytes(value.replaceAll(",", ""));
  if (number === undefined) throw new Failure(`${file}: highestWastedBytes must be a size, not "${value}"`);
  return number;
}
