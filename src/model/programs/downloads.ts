// Programs that fetch models and data sets into a folder of their own.
import type { Word } from "../../shell/command.ts";
import { knownValue, render } from "../../shell/word.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { type Effect, LARGE, type Size, UNKNOWN_SIZE } from "../effect.ts";
import { atHome, below, install, named, placeOf, requests, settled, some, tree, write } from "../packages.ts";
import { joinPath, SITE_PACKAGES, type Target } from "../path.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { removal, writeEffect } from "./effects.ts";

/** A download: files that are there already are left alone. */
export function download(call: Call, targets: readonly Target[], what: string, size: Size = LARGE): Effect {
  return writeEffect(call, "download", targets, size, { what, keeps: true });
}

/** The path that an option gives. */
export function given(call: Call, args: Arguments, ...names: string[]): string | undefined {
  const word = args.value(...names);
  return word === undefined ? undefined : call.path(word);
}

/** `python -m nltk.downloader`: without -d below the home folder, or where NLTK_DATA says (nltk.org, "Installing NLTK Data"). */
const nltk: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-d", "--dir", "-u", "--url"] });
  const folder = given(call, args, "-d", "--dir") ?? placeOf(call, ["NLTK_DATA"], atHome(call, "nltk_data"));
  const all = args.operands.some((word) => /^(all|all-corpora|book|popular|all-nltk)$/.test(render(word)));
  return [
    download(call, some(folder), "NLTK's data", all || args.operands.length === 0 ? LARGE : UNKNOWN_SIZE),
  ];
};

/** A spaCy model is a Python package that pip installs. */
const spacy: Program = (call) => {
  const args = readArguments(call.words, { valued: ["--target", "-t", "--url"] });
  const [verb, ...models] = args.operands;
  if (verb === undefined || knownValue(verb) !== "download") return models.length === 0 ? [] : undefined;
  const asked = requests(call, models.slice(0, 1), (text) =>
    named(text.replace(/-\d[\w.]*$/, "").replaceAll("_", "-")),
  );
  const environment = placeOf(call, ["VIRTUAL_ENV"], call.situation.base.pythonPrefix);
  const site = joinPath(environment, SITE_PACKAGES);
  const places = asked.packages.flatMap(({ name }) =>
    name === undefined ? [] : [below(site, name.replaceAll("-", "_"))],
  );
  const large = asked.packages.some(({ name }) => /-(lg|trf|md)$/.test(name ?? ""));
  return [
    install(call, {
      manager: "pip",
      environment,
      packages: asked.packages,
      complete: asked.complete,
      noDependencies: true,
      targets: places.length > 0 ? tree(...places) : some(site),
      size: large ? LARGE : UNKNOWN_SIZE,
    }),
  ];
};

/** huggingface.co/docs/huggingface_hub, "Environment variables". */
export function hubFolder(call: Call): string {
  const home = placeOf(
    call,
    ["HF_HOME"],
    below(placeOf(call, ["XDG_CACHE_HOME"], atHome(call, ".cache")), "huggingface"),
  );
  return placeOf(call, ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"], below(home, "hub"));
}

/** Where the hub's cache keeps a repository: `models--org--name`. */
export function hubRepository(call: Call, name: string | undefined, kind = "model"): Target[] {
  const folder = hubFolder(call);
  return name === undefined ? some(folder) : tree(below(folder, `${kind}s--${name.replaceAll("/", "--")}`));
}

const HUB_OPTIONS = {
  valued: [
    "--local-dir",
    "--cache-dir",
    "--revision",
    "--repo-type",
    "--include",
    "--exclude",
    "--token",
    "--max-workers",
    "--local-dir-use-symlinks",
  ],
};

const huggingface: Program = (call) => {
  const args = readArguments(call.words, HUB_OPTIONS);
  const [command, repository, ...files] = args.operands;
  switch (command === undefined ? "" : render(command)) {
    case "download": {
      const name = repository === undefined ? undefined : settled(render(repository));
      const local = args.value("--local-dir");
      const place = local === undefined ? given(call, args, "--cache-dir") : call.path(local);
      if (place === undefined && (local ?? args.value("--cache-dir")) !== undefined) return undefined;
      const size =
        files.length === 1 && /\.(json|txt|md|ya?ml)$/.test(render(files[0]!)) ? UNKNOWN_SIZE : LARGE;
      const targets =
        local !== undefined && place !== undefined
          ? some(place)
          : place === undefined
            ? hubRepository(call, name, args.text("--repo-type"))
            : some(place);
      return [download(call, targets, "a model of Hugging Face", size)];
    }
    case "login":
    case "auth":
    case "whoami":
    case "env":
    case "version":
    case "scan-cache":
    case "":
      return [];
    case "delete-cache":
    case "cache":
      return [removal(call, some(hubFolder(call)), "models of Hugging Face")];
    default:
      return undefined;
  }
};

const ollama: Program = (call) => {
  const [verb] = call.words.map(render);
  const folder = placeOf(call, ["OLLAMA_MODELS"], atHome(call, ".ollama/models"));
  if (verb === "pull" || verb === "run") return [download(call, some(folder), "an Ollama model")];
  if (verb === "rm") return [removal(call, some(folder), "an Ollama model")];
  return /^(serve|list|ps|show|stop|--version)$/.test(verb ?? "") ? [] : undefined;
};

const modelscope: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["--model", "--dataset", "--local_dir", "--cache_dir", "--revision", "--include", "--exclude"],
  });
  if (args.operands[0] === undefined || render(args.operands[0]) !== "download") return undefined;
  const folder =
    given(call, args, "--local_dir", "--cache_dir") ??
    placeOf(call, ["MODELSCOPE_CACHE"], atHome(call, ".cache/modelscope"));
  return [download(call, some(folder), "a model of ModelScope")];
};

/** gdown writes one file, or a folder, to -O or to the current folder. */
const gdown: Program = (call) => {
  const args = readArguments(call.words, { valued: ["-O", "--output", "--id", "--proxy", "--speed"] });
  if (args.operands.length === 0 && !args.has("--id")) return args.options.size > 0 ? [] : undefined;
  const wanted = args.value("-O", "--output");
  const path = call.path(wanted ?? ".");
  if (path === undefined) return undefined;
  const folder = wanted === undefined || args.has("--folder") || /\/$/.test(render(wanted));
  return [
    write(call, "download", folder ? some(path) : [{ path, extent: "exact" }], "a file of Google Drive"),
  ];
};

const kaggle: Program = (call) => {
  const args = readArguments(call.words, {
    valued: ["-p", "--path", "-d", "--dataset", "-c", "-f", "--file"],
  });
  const words = args.operands.map(render);
  if (!words.includes("download")) return [];
  const folder = call.path(args.value("-p", "--path") ?? ".");
  return folder === undefined ? undefined : [write(call, "download", some(folder), "a Kaggle data set")];
};

const dvc: Program = (call) => {
  const [verb] = call.words.map(render);
  const folder = call.path(".");
  if (folder === undefined) return undefined;
  if (!/^(pull|fetch|get|import)/.test(verb ?? "")) return undefined;
  return [
    write(call, "download", some(folder), "data of DVC"),
    download(call, some(below(folder, ".dvc/cache")), "DVC's cache"),
  ];
};

/** Helm's, krew's and Terraform's plugins: some MB below the home folder. */
const plugins = (folder: string, verbs: RegExp, what: string): Program => {
  return (call) => {
    const words: readonly Word[] = readArguments(call.words).operands;
    const line = words.map(render).join(" ");
    return verbs.test(line) ? [download(call, some(atHome(call, folder)), what, UNKNOWN_SIZE)] : undefined;
  };
};

export const downloadPrograms: ProgramTable = {
  nltk,
  "nltk.downloader": nltk,
  spacy,
  "huggingface-cli": huggingface,
  hf: huggingface,
  ollama,
  modelscope,
  gdown,
  kaggle,
  dvc,
  helm: plugins(".local/share/helm", /^plugin install/, "Helm plugins"),
};
