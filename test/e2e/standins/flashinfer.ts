// Stand-ins for FlashInfer's wheels and for vLLM, which needs them: the same names, commands and places, other bytes.
import type { ContextFile } from "../scenarios/scenario.ts";
import { filler } from "./filler.ts";
import { type WheelDescription, wheel, wheelName } from "./wheel.ts";

/** How many files the real wheel of 0.6.8 brings; the others need not be as many. */
const CUBINS: Readonly<Record<string, number>> = { "0.6.8": 10_600 };
/** Bytes of each of its files. */
const CUBIN_SIZE = 2000;

/** Bytes of the cubins that a version brings. */
export function cubinBytes(version: string): number {
  return (CUBINS[version] ?? 800) * CUBIN_SIZE;
}

function cubin(version: string): WheelDescription {
  const files: Record<string, string | Buffer> = {
    "flashinfer_cubin/__init__.py": `__version__ = "${version}"\n`,
  };
  const all = filler(`cubin ${version}`, cubinBytes(version));
  for (let at = 0; at * CUBIN_SIZE < all.length; at++) {
    const data = all.subarray(at * CUBIN_SIZE, (at + 1) * CUBIN_SIZE);
    files[`flashinfer_cubin/cubins/${at % 40}/kernel${at}.cubin`] = data;
  }
  return { name: "flashinfer-cubin", version, files };
}

/** Downloads as the real one does: every file anew under a temporary name, renamed over the old one, a lock beside it. */
const DOWNLOAD = `import os, pathlib, sys

def download():
    import flashinfer_cubin
    root = pathlib.Path(flashinfer_cubin.__file__).parent / "cubins"
    for path in sorted(root.rglob("*.cubin")):
        data = path.read_bytes()
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(data)
        os.replace(temporary, path)
        path.with_suffix(".lock").touch()

def main():
    if sys.argv[1:] == ["download-cubin"]:
        download()
    else:
        print("stand-in")
`;

const LOADER = `import pathlib

def get_cubin(name, checksum):
    return b""

def download_trtllm_headers(kind, folder, source, artifact, checksums):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for at in range(17):
        (folder / f"header{at}.h").write_text(f"// {kind} {at}\\n")
`;

function python(version: string): WheelDescription {
  const prefetch = ["0.6.5", "0.6.6", "0.6.7"].includes(version);
  return {
    name: "flashinfer-python",
    version,
    commands: { flashinfer: "flashinfer.__main__:main" },
    files: {
      "flashinfer/__init__.py": `__version__ = "${version}"\n`,
      "flashinfer/__main__.py": DOWNLOAD,
      "flashinfer/artifacts.py":
        'class ArtifactPath:\n    TRTLLM_GEN_BMM = "bmm"\n\nclass CheckSumHash:\n    TRTLLM_GEN_BMM = "0"\n',
      "flashinfer/jit/__init__.py": "",
      "flashinfer/jit/env.py":
        'import pathlib\nFLASHINFER_CUBIN_DIR = pathlib.Path(__file__).parents[2] / "flashinfer_cubin" / "cubins"\n',
      "flashinfer/jit/cubin_loader.py": prefetch
        ? LOADER
        : "def get_cubin(name, checksum):\n    return b''\n",
    },
  };
}

function vllm(version: string, needs: string): WheelDescription {
  return {
    name: "vllm",
    version,
    needs: [`flashinfer-python==${needs}`, `flashinfer-cubin==${needs}`],
    files: { "vllm/__init__.py": `__version__ = "${version}"\n`, "vllm/kernels.so": filler("vllm", 500_000) },
  };
}

/** Wheels below wheels/ of a build context. */
export function wheels(...all: readonly WheelDescription[]): Readonly<Record<string, ContextFile>> {
  return Object.fromEntries(
    all.map((each) => [`wheels/${wheelName(each)}`, { bytes: () => wheel(each) }] as const),
  );
}

export const standins = { cubin, python, vllm } as const;
