// Python distributions that are large, and which packages bring one of them along.
import type { z } from "zod";
import type { knowledgeSchema } from "./schema.ts";

/** 50 MB or more when installed, in all versions of recent years. */
const LARGE = (
  "torch triton pytorch-triton xformers bitsandbytes flash-attn vllm-flash-attn sgl-kernel deepspeed " +
  "tensorflow tensorflow-cpu tensorflow-gpu tf-nightly jaxlib jax-cuda12-plugin jax-cuda12-pjrt jax-cuda13-plugin " +
  "jax-cuda13-pjrt libtpu tensorrt-llm tensorrt-libs tensorrt-cu12-libs tensorrt-cu13-libs paddlepaddle " +
  "paddlepaddle-gpu mxnet cupy-cuda11x cupy-cuda12x cupy-cuda13x onnxruntime-gpu openvino ctranslate2 " +
  "nvidia-cublas nvidia-cublas-cu11 nvidia-cublas-cu12 nvidia-cudnn-cu11 nvidia-cudnn-cu12 nvidia-cudnn-cu13 " +
  "nvidia-cufft nvidia-cufft-cu11 nvidia-cufft-cu12 nvidia-curand nvidia-curand-cu11 nvidia-curand-cu12 " +
  "nvidia-cusolver nvidia-cusolver-cu11 nvidia-cusolver-cu12 nvidia-cusparse nvidia-cusparse-cu11 " +
  "nvidia-cusparse-cu12 nvidia-cusparselt-cu12 nvidia-cusparselt-cu13 nvidia-nccl-cu11 nvidia-nccl-cu12 " +
  "nvidia-nccl-cu13 nvidia-nvshmem-cu12 nvidia-nvshmem-cu13 nvidia-cuda-nvrtc nvidia-cuda-nvrtc-cu11 " +
  "nvidia-cuda-nvrtc-cu12 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless " +
  "scipy pandas pyarrow pyspark polars xgboost llvmlite open3d vtk cudf-cu12 cudf-cu13 libcudf-cu12 libcudf-cu13 " +
  "playwright ray en-core-web-lg en-core-web-trf"
).split(" ");

/** What a package needs of the large ones and of those between, by the metadata of its releases since 2023. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  torch: ["triton", "nvidia-cublas-cu12", "nvidia-cudnn-cu12", "nvidia-nccl-cu12", "nvidia-cusparse-cu12"],
  torchvision: ["torch", "numpy", "pillow"],
  torchaudio: ["torch"],
  torchtext: ["torch"],
  torchmetrics: ["torch", "numpy"],
  xformers: ["torch"],
  bitsandbytes: ["torch"],
  deepspeed: ["torch"],
  "flash-attn": ["torch"],
  "pytorch-lightning": ["torch", "torchmetrics"],
  lightning: ["torch", "torchmetrics", "pytorch-lightning"],
  accelerate: ["torch", "numpy", "huggingface-hub"],
  peft: ["torch", "transformers", "accelerate"],
  trl: ["transformers", "accelerate", "datasets"],
  timm: ["torch", "torchvision"],
  kornia: ["torch"],
  transformers: ["numpy", "tokenizers", "huggingface-hub", "safetensors"],
  "sentence-transformers": ["torch", "transformers", "scipy", "scikit-learn"],
  optimum: ["transformers", "torch"],
  "optimum-intel": ["optimum", "transformers", "torch"],
  diffusers: ["huggingface-hub", "safetensors", "pillow"],
  datasets: ["pyarrow", "pandas", "huggingface-hub"],
  evaluate: ["datasets", "pandas"],
  "auto-gptq": ["torch", "transformers", "accelerate", "peft"],
  autoawq: ["torch", "transformers", "accelerate"],
  xgrammar: ["torch", "transformers", "triton"],
  "compressed-tensors": ["torch", "transformers"],
  "mamba-ssm": ["torch", "triton", "transformers"],
  "open-clip-torch": ["torch", "torchvision", "timm"],
  "openai-whisper": ["torch"],
  "faster-whisper": ["ctranslate2"],
  easyocr: ["torch", "torchvision", "opencv-python-headless", "scipy"],
  ultralytics: ["torch", "torchvision", "opencv-python"],
  "tensorflow-gpu": ["tensorflow"],
  "tensorflow-text": ["tensorflow"],
  "tf-keras": ["tensorflow"],
  jax: ["jaxlib", "scipy", "numpy"],
  flax: ["jax", "optax"],
  optax: ["jax", "jaxlib"],
  tensorrt: ["tensorrt-cu12", "tensorrt-cu13"],
  "tensorrt-cu12": ["tensorrt-cu12-libs"],
  "tensorrt-cu13": ["tensorrt-cu13-libs"],
  "scikit-learn": ["scipy", "numpy"],
  "scikit-image": ["scipy", "numpy", "pillow"],
  statsmodels: ["scipy", "pandas", "numpy"],
  seaborn: ["pandas", "matplotlib", "numpy"],
  geopandas: ["pandas"],
  numba: ["llvmlite", "numpy"],
  librosa: ["scipy", "scikit-learn", "numba"],
  mlflow: ["pandas", "scipy", "scikit-learn", "pyarrow"],
  streamlit: ["pandas", "pyarrow"],
  gradio: ["pandas"],
};

export const pythonPackages: z.input<typeof knowledgeSchema> = {
  distributions: [...new Set([...LARGE, ...Object.keys(NEEDS)])].map((name) => ({
    name,
    large: LARGE.includes(name),
    needs: [...(NEEDS[name] ?? [])],
  })),
};
