// download-then-reinstall: in which ways of writing it is found, and what may replace a package.
import { describe, expect, test } from "vitest";
import { found, guilty, later, PIN, settings } from "./download.ts";

const LATER = "RUN pip install flashinfer-cubin==0.6.9\n";
const rule = "download-then-reinstall";

/** The lines between FROM and the later install, and the environment of both. */
const positives: Record<string, string> = {
  "a RUN of its own": `RUN pip install ${PIN}\nRUN flashinfer download-cubin\n${LATER}`,
  "in the chain of the install": `RUN pip install ${PIN} && flashinfer download-cubin\n${LATER}`,
  "the older spelling": `RUN pip install ${PIN} && flashinfer --download-cubin\n${LATER}`,
  "with python -m": `RUN pip install ${PIN}\nRUN python -m flashinfer --download-cubin\n${LATER}`,
  "with python3 -m": `RUN pip install ${PIN}\nRUN python3.12 -m flashinfer download-cubin\n${LATER}`,
  "exec form": `RUN pip install ${PIN}\nRUN ["flashinfer", "download-cubin"]\n${LATER}`,
  "sh -c": `RUN pip install ${PIN}\nRUN ["/bin/sh", "-c", "flashinfer download-cubin"]\n${LATER}`,
  "inside if": `RUN pip install ${PIN}\nRUN if [ "$X" = 1 ]; then flashinfer download-cubin; fi\n${LATER}`,
  "inside if, in a chain": `RUN pip install ${PIN} && if [ "$X" ]; then flashinfer download-cubin; fi\n${LATER}`,
  "that may fail": `RUN pip install ${PIN}\nRUN flashinfer download-cubin || true\n${LATER}`,
  "with sudo": `RUN pip install ${PIN}\nRUN sudo flashinfer download-cubin\n${LATER}`,
  "with sudo -E and env": `RUN pip install ${PIN}\nRUN sudo -E env A=1 flashinfer download-cubin\n${LATER}`,
  "with a variable before it": `RUN pip install ${PIN}\nRUN A=1 flashinfer download-cubin\n${LATER}`,
  "in a list after set -ex": `RUN set -ex; pip install ${PIN}; flashinfer download-cubin\n${LATER}`,
  "in a heredoc": `RUN <<EOF\nset -e\npip install ${PIN}\nflashinfer download-cubin\nEOF\n${LATER}`,
  "in a heredoc for bash": `RUN bash <<EOF\nset -e\npip install ${PIN}\nflashinfer download-cubin\nEOF\n${LATER}`,
  "by a script in a heredoc": `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\nRUN python3 <<EOF\nfrom flashinfer.jit.cubin_loader import download_trtllm_headers\ndownload_trtllm_headers()\nEOF\n${LATER}`,
  "by python -c": `RUN pip install ${PIN}\nRUN python -c "from flashinfer.artifacts import download_artifacts; download_artifacts()"\n${LATER}`,
  "in a loop": `RUN pip install ${PIN}\nRUN for i in 1 2 3; do flashinfer download-cubin && break; done\n${LATER}`,
  "in a venv by PATH": `RUN python3 -m venv /opt/v1\nENV PATH="/opt/v1/bin:$PATH"\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\n${LATER}`,
  "in a venv by VIRTUAL_ENV": `ENV VIRTUAL_ENV=/srv/env\nRUN uv venv $VIRTUAL_ENV\nENV PATH=$VIRTUAL_ENV/bin:$PATH\nRUN uv pip install ${PIN}\nRUN flashinfer download-cubin\nRUN uv pip install flashinfer-cubin==0.6.9\n`,
  "in an activated venv": `RUN python3 -m venv /venv\nRUN . /venv/bin/activate && pip install ${PIN} && flashinfer download-cubin\nRUN . /venv/bin/activate && pip install flashinfer-cubin==0.6.9\n`,
  "in a venv by the path of pip": `RUN python3 -m venv /opt/venv && /opt/venv/bin/pip install ${PIN}\nRUN /opt/venv/bin/flashinfer download-cubin\nRUN /opt/venv/bin/pip install flashinfer-cubin==0.6.9\n`,
  "in a venv by the path of python": `RUN python3 -m venv /opt/venv && /opt/venv/bin/python -m pip install ${PIN}\nRUN /opt/venv/bin/python -m flashinfer download-cubin\nRUN /opt/venv/bin/pip install flashinfer-cubin==0.6.9\n`,
  "with uv --system": `RUN uv pip install --system ${PIN}\nRUN flashinfer download-cubin\nRUN uv pip install --system flashinfer-cubin==0.6.9\n`,
  "with UV_SYSTEM_PYTHON": `ENV UV_SYSTEM_PYTHON=1\nRUN uv pip install ${PIN}\nRUN flashinfer download-cubin\nRUN uv pip install flashinfer-cubin==0.6.9\n`,
  "with uv --python": `RUN uv venv /opt/v && uv pip install --python /opt/v/bin/python ${PIN}\nRUN /opt/v/bin/flashinfer download-cubin\nRUN uv pip install --python=/opt/v ${"flashinfer-cubin==0.6.9"}\n`,
  "with uv run": `WORKDIR /app\nRUN uv venv && uv pip install ${PIN}\nRUN uv run --no-sync flashinfer download-cubin\nRUN uv pip install flashinfer-cubin==0.6.9\n`,
  "in a user's own packages": `RUN pip install --user ${PIN}\nRUN flashinfer download-cubin\nRUN pip install --user flashinfer-cubin==0.6.9\n`,
  "in a conda environment": `RUN conda create -n ml python=3.12\nRUN conda run -n ml pip install ${PIN}\nRUN conda run -n ml flashinfer download-cubin\nRUN conda run -n ml pip install flashinfer-cubin==0.6.9\n`,
  "in conda's base": `ENV PATH=/opt/conda/bin:$PATH\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\nRUN conda install -y flashinfer-cubin=0.6.9\n`,
};

describe("a download into a package that is replaced later", () => {
  test.each(Object.entries(positives))("%s", (_, body) => {
    const text = `FROM python:3.12-slim\n${body}`;
    const rules = found(text, settings({}, [rule]));
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatch(/^download-then-reinstall (certain|likely) (safe|unsafe|manual)$/);
    expect(guilty(text, settings({}, [rule]))[0]).toMatch(/flashinfer|python3/);
    expect(found(text.replaceAll("\n", "\r\n"), settings({}, [rule]))).toEqual(rules);
    expect(found(`\uFEFF${text}`, settings({}, [rule]))).toEqual(rules);
    expect(found(text.trimEnd(), settings({}, [rule]))).toEqual(rules);
  });

  test("a script file of the build context", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN}\nCOPY tools/get.py tools/get.sh /tmp/\nRUN GET\n${LATER}`;
    const context = {
      "tools/get.py": "from flashinfer.artifacts import download_artifacts\ndownload_artifacts()\n",
      "tools/get.sh": "#!/bin/sh\nset -e\nflashinfer download-cubin\n",
    };
    for (const call of ["python3 /tmp/get.py", "python -u /tmp/get.py", "sh /tmp/get.sh", "/tmp/get.sh"]) {
      expect(found(text.replace("GET", call), settings(context, [rule])), call).toHaveLength(1);
    }
  });

  test("stages in a chain, by any names", () => {
    const text = `FROM python:3.12 AS one\nRUN pip install ${PIN} && flashinfer download-cubin\nFROM one AS two\nWORKDIR /x\nFROM two\n${LATER}`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain manual`]);
  });

  test("a stage that starts from this one installs again, and so does this one", () => {
    const text = `FROM python:3.12 AS one\nRUN pip install ${PIN} && flashinfer download-cubin\n${LATER}FROM one\nRUN pip install flashinfer-cubin==0.7.0\n`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain manual`]);
    expect(later(text)).toEqual([
      "installs flashinfer-cubin 0.6.9 (certain)",
      "installs flashinfer-cubin 0.7.0 (certain)",
    ]);
  });

  test("backtick as escape", () => {
    const text = `# escape=\`\nFROM python:3.12\nRUN pip install ${PIN} \`\n    && flashinfer download-cubin\n${LATER}`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain safe`]);
  });

  test("ONBUILD", () => {
    const text = `FROM python:3.12 AS base\nRUN pip install ${PIN}\nONBUILD RUN flashinfer download-cubin\nFROM base\n${LATER}`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain manual`]);
  });
});

/** What stands behind the download, and how sure it is that it replaces the package. */
const installs: Record<string, [string, string | undefined]> = {
  "another version": ["pip install flashinfer-cubin==0.7", "installs flashinfer-cubin 0.7 (certain)"],
  "another version, perhaps": [
    "if [ $X ]; then pip install flashinfer-cubin==0.7; fi",
    "installs flashinfer-cubin 0.7 (likely)",
  ],
  "the same version": ["pip install flashinfer-cubin==0.6.8", undefined],
  "the same version, by force": [
    "pip install --force-reinstall flashinfer-cubin==0.6.8",
    "installs flashinfer-cubin 0.6.8 (certain)",
  ],
  "the same version, by uv's force": [
    "uv pip install --system --reinstall flashinfer-cubin==0.6.8",
    "installs flashinfer-cubin 0.6.8 (certain)",
  ],
  "any version": ["pip install flashinfer-cubin", undefined],
  "the newest version": ["pip install -U flashinfer-cubin", "installs flashinfer-cubin (likely)"],
  "a range that fits": ["pip install 'flashinfer-cubin>=0.6'", "installs flashinfer-cubin (possible)"],
  "a range that does not fit": ["pip install 'flashinfer-cubin>=0.7'", "installs flashinfer-cubin (certain)"],
  "a version that an argument gives": [
    "pip install flashinfer-cubin==$CUBIN",
    "installs flashinfer-cubin (possible)",
  ],
  "a package that needs it": [
    "pip install vllm==0.20.0",
    "installs vllm 0.20.0, which needs flashinfer-cubin (likely)",
  ],
  "a package that needs it, alone": ["pip install --no-deps vllm==0.20.0", undefined],
  "a wheel": ["pip install /dist/*.whl", "installs /dist/*.whl, which may need flashinfer-cubin (possible)"],
  "a wheel with a name": [
    "pip install ./dist/tool-1.0-py3-none-any.whl",
    "installs ./dist/tool-1.0-py3-none-any.whl, which may need flashinfer-cubin (possible)",
  ],
  "the project": ["pip install -e .[all]", "installs .[all], which may need flashinfer-cubin (possible)"],
  "a package of its own": ["pip install requests==2.0", undefined],
  "into another environment": ["/opt/other/bin/pip install flashinfer-cubin==0.7", undefined],
  "into a folder": ["pip install --target /opt/lib flashinfer-cubin==0.7", undefined],
  "nothing at all": ["pip install --dry-run flashinfer-cubin==0.7", undefined],
  "of the system": ["apt-get install -y flashinfer-cubin", undefined],
};

describe("what may replace the package", () => {
  test.each(Object.entries(installs))("%s", (_, [command, expected]) => {
    const text = `FROM python:3.12\nARG CUBIN\nWORKDIR /src\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\nRUN ${command}\n`;
    expect(later(text)).toEqual(expected === undefined ? [] : [expected]);
  });

  test("a requirements file, with its line", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\nRUN --mount=type=bind,target=/src pip install -r /src/req/all.txt\n`;
    const options = settings({
      "req/all.txt": "requests\n-r gpu.txt\n",
      "req/gpu.txt": "# pinned\nflashinfer_cubin==0.6.9\n",
    });
    expect(later(text, options)).toEqual(["installs flashinfer-cubin 0.6.9 (certain)"]);
  });

  test("a wheel of the context that is told apart", () => {
    const text = `FROM python:3.12\nCOPY dist /dist\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\nRUN pip install /dist/*.whl\n`;
    const options = settings({ "dist/flashinfer_cubin-0.6.9-py3-none-any.whl": "" });
    expect(later(text, options)).toEqual(["installs flashinfer-cubin 0.6.9 (certain)"]);
  });

  test("equal arguments are equal versions", () => {
    const text = `FROM python:3.12\nARG V\nRUN pip install flashinfer-python==$V flashinfer-cubin==$V && flashinfer download-cubin\nRUN pip install flashinfer-cubin==\${V}\n`;
    expect(later(text)).toEqual([]);
  });
});

/** Nothing is stored twice here. */
const negatives: Record<string, string> = {
  "the last install comes before": `RUN pip install ${PIN}\nRUN pip install /x/*.whl\nRUN flashinfer download-cubin\n`,
  "all in one layer": `RUN pip install ${PIN} && flashinfer download-cubin && pip install flashinfer-cubin==0.7\n`,
  "the package is not there, a wheel follows": `RUN pip install flashinfer-python==0.6.8\nRUN flashinfer download-cubin\nRUN pip install /x/*.whl\n`,
  "a variable leads elsewhere": `ENV FLASHINFER_CUBIN_DIR=/models/cubins\nRUN pip install flashinfer-python==0.6.17 flashinfer-cubin==0.6.17\nRUN flashinfer download-cubin\nRUN pip install flashinfer-cubin==0.7\n`,
  "into a cache mount": `RUN pip install ${PIN}\nRUN --mount=type=cache,target=/usr/local/lib/python3.12/site-packages/flashinfer_cubin flashinfer download-cubin\n${LATER}`,
  "a stage that is thrown away": `RUN pip install ${PIN} && flashinfer download-cubin\n${LATER}FROM scratch\nCOPY --from=0 /x /x\n`,
  "another stage": `RUN pip install ${PIN} && flashinfer download-cubin\nFROM python:3.12\n${LATER}`,
  "only printed": `RUN pip install ${PIN} && echo flashinfer download-cubin\n${LATER}`,
  "only help": `RUN pip install ${PIN} && flashinfer show-config\n${LATER}`,
};

describe("no waste", () => {
  test.each(Object.entries(negatives))("%s", (_, body) => {
    expect(found(`FROM python:3.12-slim\n${body}`, settings({}, [rule]))).toEqual([]);
  });

  test("where older versions overlook the variable, the package is written into", () => {
    const text = `FROM python:3.12\nENV FLASHINFER_CUBIN_DIR=/models/cubins\nRUN pip install ${PIN}\nRUN flashinfer download-cubin\n${LATER}`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain safe`]);
  });

  test("the package comes only later, by name", () => {
    const text = `FROM python:3.12\nRUN pip install flashinfer-python==0.6.8\nRUN flashinfer download-cubin\nRUN pip install flashinfer-cubin==0.6.8\n`;
    expect(found(text, settings({}, [rule]))).toEqual([`${rule} certain safe`]);
  });
});
