// Rules on packages: real wheels installed by real pip and uv, stand-ins for FlashInfer and vLLM.
import { cubinBytes, standins, wheels } from "../standins/flashinfer.ts";
import type { Scenario } from "./scenario.ts";

const { cubin, python, vllm } = standins;
const MOUNT = "--mount=type=bind,source=wheels,target=/wheels";
const PIP = "pip install --no-index --find-links=/wheels";

/** What a download leaves beside its files and nothing needs: locks, and the byte code of the command that ran. */
const traces = /(\.lock|\/__pycache__(\/[^/]+\.pyc)?): is gone/;

export const packages: readonly Scenario[] = [
  {
    rule: "download-already-shipped",
    title: "vLLM brings the wheel with 10,600 files that are then downloaded",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} \\
    ${PIP} vllm==0.20.0
RUN flashinfer download-cubin
`,
    context: wheels(vllm("0.20.0", "0.6.8"), python("0.6.8"), cubin("0.6.8")),
    finds: [4],
    fix: "unsafe",
    lacks: [/download-cubin/],
    differs: [traces],
    saves: cubinBytes("0.6.8"),
  },
  {
    rule: "download-already-shipped",
    title: "uv installs the wheel",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} \\
    uv pip install --system --no-cache --no-index --find-links=/wheels flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
RUN flashinfer download-cubin && flashinfer show-config
`,
    context: wheels(python("0.6.9"), cubin("0.6.9")),
    finds: [4],
    fix: "unsafe",
    lacks: [/download-cubin/],
    differs: [traces],
    saves: cubinBytes("0.6.9"),
  },
  {
    rule: "download-then-reinstall",
    title: "vLLM pins another version than what was downloaded for",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} \\
    ${PIP} flashinfer-python==0.6.9 flashinfer-cubin==0.6.9 \\
    && flashinfer download-cubin
RUN ${MOUNT} ${PIP} vllm==0.21.0
`,
    context: wheels(
      vllm("0.21.0", "0.6.10"),
      python("0.6.9"),
      cubin("0.6.9"),
      python("0.6.10"),
      cubin("0.6.10"),
    ),
    finds: [4],
    fix: "any",
  },
  {
    rule: "download-then-reinstall",
    title: "the install behind the download is a forced one",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
RUN flashinfer download-cubin
RUN ${MOUNT} ${PIP} --force-reinstall vllm==0.20.1
`,
    context: wheels(vllm("0.20.1", "0.6.9"), python("0.6.9"), cubin("0.6.9")),
    finds: ["download-already-shipped:3", 3],
    fix: "any",
    // Moving the download behind the install stores it over what the install brings: only dropping it saves.
    saves: 0,
  },
  {
    rule: "prefetch-missing",
    title: "headers that the first start would fetch",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-python==0.6.6 flashinfer-cubin==0.6.6
CMD ["python3"]
`,
    context: wheels(python("0.6.6"), cubin("0.6.6")),
    finds: [2],
    fix: "unsafe",
    has: [/download_trtllm_headers/],
    differs: [/cubins\/flashinfer/, /__pycache__/],
    saves: -1_000_000,
    builders: ["buildkit"],
  },
  {
    rule: "prefetch-missing",
    title: "headers, with uv and an environment of its own",
    dockerfile: `FROM python:3.11-slim
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH VIRTUAL_ENV=/opt/venv
RUN ${MOUNT} uv pip install --no-cache --no-index --find-links=/wheels flashinfer-python==0.6.7 flashinfer-cubin==0.6.7
`,
    context: wheels(python("0.6.7"), cubin("0.6.7")),
    finds: [4],
    fix: "unsafe",
    has: [/download_trtllm_headers/],
    differs: [/cubins\/flashinfer/, /__pycache__/],
    saves: -1_000_000,
    builders: ["buildkit"],
  },
  {
    rule: "prefetch-obsolete",
    title: "the function is gone",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-python==0.6.8 flashinfer-cubin==0.6.8
RUN python3 <<'PYEOF'
from flashinfer.jit.cubin_loader import download_trtllm_headers
download_trtllm_headers("bmm", "/tmp/headers", "", "", "")
PYEOF
`,
    context: wheels(python("0.6.8"), cubin("0.6.8")),
    finds: [3],
    fix: "unsafe",
    lacks: [/download_trtllm_headers/],
    broken: true,
    builders: ["buildkit"],
  },
  {
    rule: "prefetch-obsolete",
    title: "the function is gone, called in one line",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-python==0.6.9 flashinfer-cubin==0.6.9
RUN python3 -c "from flashinfer.jit.cubin_loader import download_trtllm_headers; download_trtllm_headers('bmm', '/tmp/headers', '', '', '')"
`,
    context: wheels(python("0.6.9"), cubin("0.6.9")),
    finds: [3],
    fix: "unsafe",
    lacks: [/download_trtllm_headers/],
    broken: true,
  },
  {
    rule: "reinstalled-later",
    title: "another version of the same package",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-cubin==0.6.9
RUN ${MOUNT} ${PIP} flashinfer-cubin==0.6.10
`,
    context: wheels(cubin("0.6.9"), cubin("0.6.10")),
    finds: [3],
    fix: "any",
  },
  {
    rule: "reinstalled-later",
    title: "a forced reinstall",
    dockerfile: `FROM python:3.11-slim
RUN ${MOUNT} ${PIP} flashinfer-cubin==0.6.9
COPY settings /etc/settings
RUN ${MOUNT} ${PIP} --force-reinstall flashinfer-cubin==0.6.9
`,
    context: { ...wheels(cubin("0.6.9")), settings: { text: "x\n" } },
    finds: [4],
    fix: "any",
  },
  {
    rule: "base-upgraded",
    title: "apt-get upgrade",
    dockerfile: `FROM debian:bookworm-slim
RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
`,
    context: {},
    finds: [2],
    severity: "info",
    fix: "left",
  },
  {
    rule: "base-upgraded",
    title: "apt-get dist-upgrade between an update and an install",
    dockerfile: `FROM debian:bookworm-slim
RUN apt-get update \\
    && apt-get -y dist-upgrade \\
    && apt-get install -y --no-install-recommends git \\
    && rm -rf /var/lib/apt/lists/*
`,
    context: {},
    finds: [3],
    severity: "info",
    fix: "left",
  },
];
