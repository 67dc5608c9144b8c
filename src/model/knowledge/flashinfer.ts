// FlashInfer: what its distributions ship, what its downloads write, and which packages need it.
import type { z } from "zod";
import type { knowledgeSchema } from "./schema.ts";

/** Fetches the headers that 0.6.5 to 0.6.7 read where no wheel has them. */
export const TRTLLM_HEADERS = `RUN python3 <<'PYEOF'
from flashinfer.jit import env as jit_env
from flashinfer.jit.cubin_loader import download_trtllm_headers, get_cubin
from flashinfer.artifacts import ArtifactPath, CheckSumHash

bmm = ArtifactPath.TRTLLM_GEN_BMM
download_trtllm_headers(
    "bmm",
    jit_env.FLASHINFER_CUBIN_DIR / "flashinfer" / "trtllm" / "batched_gemm" / "trtllmGen_bmm_export",
    f"{bmm}/include/trtllmGen_bmm_export",
    bmm,
    get_cubin(f"{bmm}/checksums.txt", CheckSumHash.TRTLLM_GEN_BMM),
)
PYEOF
`;

/** Read in FlashInfer's source at its tags 0.3 to 0.6.17 and in vLLM's and SGLang's requirements, August 2026. */
export const flashinfer: z.input<typeof knowledgeSchema> = {
  distributions: [
    {
      name: "flashinfer-python",
      folders: ["flashinfer"],
      needs: ["torch", "apache-tvm-ffi", "nvidia-cudnn-frontend", "ninja"],
      source: "pyproject.toml of flashinfer-ai/flashinfer",
    },
    {
      name: "flashinfer-cubin",
      folders: ["flashinfer_cubin"],
      large: true,
      source: "flashinfer-cubin/build_backend.py: its build calls the function that download-cubin calls",
    },
    { name: "flashinfer-jit-cache", folders: ["flashinfer_jit_cache"], large: true },
    {
      name: "vllm",
      folders: ["vllm"],
      large: true,
      needs: [
        "torch",
        "transformers",
        { name: "flashinfer-python", since: "0.11.0", pinned: true },
        { name: "flashinfer-cubin", since: "0.18.0", pinned: true },
      ],
      source: "requirements/cuda.txt of vllm-project/vllm, read by setup.py",
    },
    {
      name: "sglang",
      folders: ["sglang"],
      needs: [
        "torch",
        "transformers",
        { name: "flashinfer-python", pinned: true },
        { name: "flashinfer-cubin", pinned: true },
      ],
      source: "python/pyproject.toml of sgl-project/sglang",
    },
  ],
  artifacts: [
    {
      id: "flashinfer-cubins",
      title: "FlashInfer's cubins",
      commands: [
        ["flashinfer", "download-cubin"],
        ["flashinfer", "--download-cubin"],
      ],
      scripts: [["flashinfer", "download_artifacts"]],
      writes: {
        into: "flashinfer-cubin",
        path: "flashinfer_cubin/cubins",
        variables: ["FLASHINFER_CUBIN_DIR"],
        variablesFirst: ">=0.6.16",
        otherwise: "~/.cache/flashinfer/cubins",
      },
      of: "flashinfer-python",
      releasedWith: ["flashinfer-cubin", "flashinfer-jit-cache"],
      replacedBy: ["flashinfer-cubin"],
      shippedBy: { distribution: "flashinfer-cubin" },
      large: true,
      companions: [["flashinfer", "show-config"]],
      source: "flashinfer/artifacts.py, flashinfer/jit/env.py",
    },
    {
      id: "flashinfer-trtllm-headers",
      title: "FlashInfer's TRT-LLM headers",
      scripts: [["flashinfer", "download_trtllm_headers"]],
      writes: {
        into: "flashinfer-cubin",
        path: "flashinfer_cubin/cubins/flashinfer/trtllm",
        variables: ["FLASHINFER_CUBIN_DIR"],
        variablesFirst: ">=0.6.16",
        otherwise: "~/.cache/flashinfer/cubins/flashinfer/trtllm",
      },
      of: "flashinfer-python",
      releasedWith: ["flashinfer-cubin", "flashinfer-jit-cache"],
      replacedBy: ["flashinfer-cubin"],
      works: ">=0.6.5,<0.6.7.post1",
      neededAtRunTime: ">=0.6.5,<0.6.7.post1",
      consequence: "every start downloads 17 headers, and fails without network",
      prefetch: TRTLLM_HEADERS,
      source: "flashinfer/jit/cubin_loader.py at 0.6.5 to 0.6.7.post1",
    },
  ],
};
