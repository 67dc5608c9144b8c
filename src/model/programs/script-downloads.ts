// Inline Python that downloads models and data: where the well-known libraries put them.
import { inlineScript } from "../../shell/inline.ts";
import { type Effect, LARGE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { atHome, below, placeOf, some } from "../packages.ts";
import type { Target } from "../path.ts";
import type { Call } from "../program.ts";
import { download, hubRepository } from "./downloads.ts";
import { opaque } from "./effects.ts";

interface Download {
  /** What in the script makes it; the first group may be the first argument. */
  readonly mark: RegExp;
  readonly what: string;
  readonly size: Size;
  /** Named arguments that lead elsewhere. */
  readonly folders: readonly string[];
  place(call: Call, argument: string | undefined): Target[];
}

const hub = (call: Call, name: string | undefined): Target[] =>
  hubRepository(call, /^[\w.-]+\/[\w.-]+$/.test(name ?? "") ? name : undefined);
const home =
  (variables: readonly string[], folder: string) =>
  (call: Call): Target[] =>
    some(placeOf(call, variables, atHome(call, folder)));
const torchHome = (call: Call): Target[] =>
  some(
    below(
      placeOf(
        call,
        ["TORCH_HOME"],
        below(placeOf(call, ["XDG_CACHE_HOME"], atHome(call, ".cache")), "torch"),
      ),
      "hub",
    ),
  );

const TEXT = `\\(\\s*(?:\\w+\\s*=\\s*)?(?:["']([^"']*)["'])?`;

const DOWNLOADS: readonly Download[] = [
  {
    mark: new RegExp(`\\bsnapshot_download${TEXT}`, "g"),
    what: "a model of Hugging Face",
    size: LARGE,
    folders: ["local_dir", "cache_dir"],
    place: hub,
  },
  {
    mark: new RegExp(`\\bhf_hub_download${TEXT}`, "g"),
    what: "a file of Hugging Face",
    size: UNKNOWN_SIZE,
    folders: ["local_dir", "cache_dir"],
    place: hub,
  },
  {
    mark: new RegExp(`\\b(?:\\w*Model\\w*|\\w*Pipeline)\\.from_pretrained${TEXT}`, "g"),
    what: "a model of Hugging Face",
    size: LARGE,
    folders: ["cache_dir"],
    place: hub,
  },
  {
    mark: new RegExp(`\\bAuto(?:Tokenizer|Processor|Config)\\.from_pretrained${TEXT}`, "g"),
    what: "a tokenizer of Hugging Face",
    size: UNKNOWN_SIZE,
    folders: ["cache_dir"],
    place: hub,
  },
  {
    mark: new RegExp(`\\b(?:SentenceTransformer|CrossEncoder|WhisperModel|TextEmbedding)${TEXT}`, "g"),
    what: "a model of Hugging Face",
    size: LARGE,
    folders: ["cache_folder", "cache_dir", "download_root"],
    place: hub,
  },
  {
    mark: new RegExp(`\\bload_dataset${TEXT}`, "g"),
    what: "a data set of Hugging Face",
    size: UNKNOWN_SIZE,
    folders: ["cache_dir"],
    place: (call) => some(placeOf(call, ["HF_DATASETS_CACHE"], atHome(call, ".cache/huggingface/datasets"))),
  },
  {
    mark: new RegExp(`\\bnltk\\.download${TEXT}`, "g"),
    what: "NLTK's data",
    size: UNKNOWN_SIZE,
    folders: ["download_dir"],
    place: home(["NLTK_DATA"], "nltk_data"),
  },
  {
    mark: new RegExp(`\\btorch\\.hub\\.(?:load|download_url_to_file|load_state_dict_from_url)${TEXT}`, "g"),
    what: "models of torch hub",
    size: LARGE,
    folders: ["model_dir"],
    place: torchHome,
  },
  {
    mark: new RegExp(`\\bwhisper\\.load_model${TEXT}`, "g"),
    what: "a Whisper model",
    size: LARGE,
    folders: ["download_root"],
    place: home([], ".cache/whisper"),
  },
  {
    mark: new RegExp(`\\bstanza\\.download${TEXT}`, "g"),
    what: "Stanza's models",
    size: LARGE,
    folders: ["model_dir", "dir"],
    place: home(["STANZA_RESOURCES_DIR"], "stanza_resources"),
  },
  {
    mark: new RegExp(`\\b(?:PaddleOCR)${TEXT}`, "g"),
    what: "PaddleOCR's models",
    size: LARGE,
    folders: [],
    place: home([], ".paddleocr"),
  },
  {
    mark: new RegExp(`\\beasyocr\\.Reader${TEXT}`, "g"),
    what: "EasyOCR's models",
    size: LARGE,
    folders: ["model_storage_directory"],
    place: home(["EASYOCR_MODULE_PATH"], ".EasyOCR"),
  },
];

/** The downloads that a call's inline Python makes, with what else it may do; undefined when none is known. */
export function scriptDownloads(call: Call): Effect[] | undefined {
  const script = inlineScript(call.command);
  if (script === undefined || script.interpreter !== "python") return undefined;
  const found = DOWNLOADS.flatMap((entry) =>
    [...script.text.matchAll(entry.mark)].map((match) => effectOf(call, entry, match, script.text)),
  );
  return found.length === 0 ? undefined : [...found, opaque(call)];
}

function effectOf(call: Call, entry: Download, match: RegExpMatchArray, script: string): Effect {
  // Named arguments stand before the next statement.
  const rest = script.slice(match.index, (match.index ?? 0) + 600).split(/\n(?=\S)|;/, 1)[0] ?? "";
  const folder = new RegExp(
    `\\b(?:${entry.folders.join("|") || "$^"})\\s*=\\s*(?:(["'])(.*?)\\1|[^\\s"'])`,
  ).exec(rest);
  const path = folder?.[2] === undefined ? undefined : call.path(folder[2]);
  // A folder that only the script knows: nothing can be said of where.
  const targets = folder === null ? entry.place(call, match[1]) : path === undefined ? [] : some(path);
  return download(call, targets, entry.what, entry.size);
}
