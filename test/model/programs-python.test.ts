// What Python's installers install where, from which files, and what they leave in their caches.
import { describe, expect, test } from "vitest";
import { memoryContext } from "../../src/context/open.ts";
import { parseDockerfile } from "../../src/dockerfile/parse.ts";
import { buildModel } from "../../src/model/build.ts";
import type { InstallEffect } from "../../src/model/effect.ts";

const FILES = {
  "requirements.txt": "flask==3.0\nrequests>=2 # comment\n",
  "pyproject.toml":
    '[project]\nname = "shop"\ndependencies = ["flask==3.0"]\n[project.optional-dependencies]\ngpu = ["torch==2.4"]\ndev = ["pytest"]\n',
  "environment.yml": "name: lab\ndependencies:\n  - numpy=1.26\n  - pip:\n      - rich==13.0\n",
};

function effectsOf(body: string, from = "python:3.12-slim") {
  const model = buildModel(parseDockerfile(`FROM ${from}\n${body}\n`), { context: memoryContext(FILES) });
  return model.stages.flatMap(({ steps }) => steps.flatMap(({ effects }) => effects));
}

/** "prefix | packages | flags" of the last install. */
function installed(body: string, from?: string): string {
  const install = effectsOf(body, from).findLast(
    (effect): effect is InstallEffect => effect.kind === "install",
  );
  if (install === undefined) return "none";
  const packages = install.packages.map(
    ({ name, specifier, via }) => `${name ?? "?"}${specifier ?? ""}${via === "name" ? "" : `(${via})`}`,
  );
  const flags = [
    install.force,
    install.noDependencies && "alone",
    !install.complete && "incomplete",
    install.size.kind === "large" && "large",
  ].filter(Boolean);
  return [install.environment, packages.join(" "), ...(flags.length > 0 ? [flags.join(" ")] : [])].join(
    " | ",
  );
}

function caches(body: string): string[] {
  return effectsOf(body).flatMap((effect) =>
    effect.kind === "write" && effect.how === "cache" ? effect.targets.map(({ path }) => path) : [],
  );
}

describe("environments and packages", () => {
  test.each([
    ["RUN pip install flask==3.0", "/usr/local | flask==3.0"],
    ["ARG V=3.0\nRUN pip3.12 install flask==${V}", "/usr/local | flask==3.0"],
    ["RUN python3 -m pip --no-cache-dir install -U flask", "/usr/local | flask | upgrade"],
    ["RUN pip install -I --no-deps flask", "/usr/local | flask | reinstall alone"],
    ["RUN pip install --user flask", "/root/.local | flask"],
    ["RUN pip install --prefix=/install flask", "/install | flask"],
    ["RUN pip install -t /opt/lib flask", "/opt/lib | flask"],
    ["RUN pip install torch", "/usr/local | torch | large"],
    ["RUN pip install sentence-transformers", "/usr/local | sentence-transformers | large"],
    ["RUN pip install --no-deps sentence-transformers", "/usr/local | sentence-transformers | alone"],
    ['RUN pip install "flask$X"', "/usr/local | ? | incomplete"],
    ["RUN pip install $PACKAGES", "/usr/local | ? | incomplete"],
    ["RUN pip install --resume-retries 5 flask", "/usr/local | flask"],
    [
      "COPY requirements.txt /r/\nRUN pip install -r /r/requirements.txt",
      "/usr/local | flask==3.0(file) requests>=2(file)",
    ],
    [
      "COPY requirements.txt /r/\nRUN pip install $(cat /r/requirements.txt)",
      "/usr/local | flask==3.0(file) requests>=2(file)",
    ],
    [
      "RUN --mount=type=bind,target=/src pip install -r /src/requirements.txt",
      "/usr/local | flask==3.0(file) requests>=2(file)",
    ],
    ["RUN pip install -r /elsewhere.txt", "/usr/local |  | incomplete"],
    [
      "WORKDIR /app\nCOPY . .\nRUN pip install .[gpu]",
      "/usr/local | shop(project) flask==3.0(dependency) torch==2.4(dependency) | large",
    ],
    ['RUN pip install "$(realpath dist/*.whl)[audio]"', "/usr/local | ?(archive)"],
    ["RUN python -m venv /v && /v/bin/pip install flask", "/v | flask"],
    ["RUN python -m venv /v && . /v/bin/activate && pip install flask", "/v | flask"],
    ["ENV PATH=/opt/venv/bin:$PATH\nRUN pip install flask", "/opt/venv | flask"],
    ["RUN uv pip install --system flask", "/usr/local | flask"],
    ["WORKDIR /app\nRUN uv venv\nWORKDIR /app/src\nRUN uv pip install flask", "/app/.venv | flask"],
    [
      "WORKDIR /app\nCOPY . .\nRUN uv sync --frozen",
      "/app/.venv | flask==3.0(project) torch==2.4(project) pytest(project) | large",
    ],
    [
      "ENV VIRTUAL_ENV=/v\nWORKDIR /app\nCOPY . .\nRUN uv sync --active",
      "/v | flask==3.0(project) torch==2.4(project) pytest(project) | large",
    ],
    ["RUN poetry run pip install flask", "/usr/local | flask"],
    ["RUN conda run -n ml pip install flask", "/opt/conda/envs/ml | flask"],
    ["RUN conda run --no-capture-output -n ml pip install flask", "/opt/conda/envs/ml | flask"],
    [
      'SHELL ["conda", "run", "-n", "ml", "/bin/bash", "-c"]\nRUN pip install flask',
      "/opt/conda/envs/ml | flask",
    ],
    [
      "RUN . /opt/conda/etc/profile.d/conda.sh && conda activate ml && pip install flask",
      "/opt/conda/envs/ml | flask",
    ],
    ['RUN bash -c "source activate ml && pip install flask"', "/opt/conda/envs/ml | flask"],
    ["RUN source /opt/conda/bin/activate ml && pip install flask", "/opt/conda/envs/ml | flask"],
    ["RUN conda create -n ml numpy=1.26", "/opt/conda/envs/ml | numpy=1.26 | large"],
    [
      "COPY environment.yml /\nRUN conda env create -f /environment.yml",
      "/opt/conda/envs/lab | numpy==1.26.*(file) rich==13.0(file) | large",
    ],
    [
      "COPY environment.yml /\nRUN conda env update -n base -f /environment.yml",
      "/opt/conda | numpy==1.26.*(file) rich==13.0(file) | upgrade",
    ],
  ])("%s", (body, expected) => {
    expect(installed(body)).toBe(expected);
  });

  test("an image that nobody knows may have an environment of its own", () => {
    expect(installed("WORKDIR /app\nRUN uv pip install flask", "acme/base:1")).toBe("/usr/local | flask");
    expect(installed("WORKDIR /app\nRUN uv pip install flask")).toBe("/app/.venv | flask");
  });
});

describe("caches", () => {
  test.each([
    ["RUN pip install flask", ["/root/.cache/pip"]],
    ["RUN pip install --no-cache-dir flask", []],
    ["ENV PIP_NO_CACHE_DIR=1\nRUN pip install flask", []],
    ["ENV PIP_NO_CACHE_DIR=off\nRUN pip install flask", []],
    ["ENV PIP_NO_CACHE_DIR=\nRUN pip install flask", ["/root/.cache/pip"]],
    ["ENV PIP_CACHE_DIR=/c\nRUN pip install flask", ["/c"]],
    ["ENV XDG_CACHE_HOME=/x\nRUN pip install flask", ["/x/pip"]],
    ["RUN pip install --cache-dir=/c flask", ["/c"]],
    ["RUN --mount=type=cache,target=/root/.cache/pip pip install flask", []],
    ["RUN --mount=type=cache,target=/root/.cache pip install flask", []],
    ["RUN uv pip install --system flask", ["/root/.cache/uv"]],
    ["RUN uv --no-cache pip install --system flask", []],
    ["ENV UV_NO_CACHE=1\nRUN uv pip install --system flask", []],
    ["ENV UV_CACHE_DIR=/u\nRUN uv pip install --system flask", ["/u"]],
    ["RUN conda install -y numpy", ["/opt/conda/pkgs"]],
  ])("%s", (body, expected) => {
    expect(caches(body)).toEqual(expected);
  });

  test.each([
    ["RUN pip cache purge", "/root/.cache/pip tree"],
    ["RUN uv cache clean", "/root/.cache/uv tree"],
    ["RUN uv cache prune", "/root/.cache/uv some"],
    ["RUN uv cache dir", ""],
    ["RUN conda clean -afy", "/opt/conda/pkgs tree"],
    ["RUN conda clean --tarballs -y", "/opt/conda/pkgs some"],
    ["RUN conda clean --index-cache -y", "/opt/conda/pkgs some"],
    ["RUN conda clean --packages -y", "/opt/conda/pkgs some"],
    ["RUN conda clean --all --dry-run", ""],
    ["RUN poetry cache clear pypi --all -n", "/root/.cache/pypoetry tree"],
    ["RUN poetry cache list", ""],
  ])("%s", (body, expected) => {
    const removed = effectsOf(body).flatMap((effect) => (effect.kind === "remove" ? effect.targets : []));
    expect(removed.map(({ path, extent }) => `${path} ${extent}`).join(" ")).toBe(expected);
  });
});
