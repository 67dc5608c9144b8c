// Moving a download: what goes along, what stays as it is, and what keeps it where it stands.
import { describe, expect, test } from "vitest";
import { found, moved, PIN, settings } from "./download.ts";

const rule = ["download-then-reinstall"];
const LATER = "RUN pip install flashinfer-cubin==0.6.9\n";
const HEADERS = `from flashinfer.jit.cubin_loader import download_trtllm_headers
download_trtllm_headers("bmm")
`;

/** Body before, body after; below FROM, which stays. */
const moves: Record<string, [string, string]> = {
  "out of an && chain": [
    `RUN pip install ${PIN} \\\n    && flashinfer download-cubin \\\n    && rm -rf /tmp/x\n${LATER}CMD ["x"]\n`,
    `RUN pip install ${PIN} \\\n    && rm -rf /tmp/x\n${LATER}RUN flashinfer download-cubin\nCMD ["x"]\n`,
  ],
  "from the start of a chain": [
    `RUN pip install ${PIN}\nRUN flashinfer download-cubin && \\\n    pip list\n${LATER}`,
    `RUN pip install ${PIN}\nRUN pip list\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "with the operator behind": [
    `RUN pip install ${PIN} && \\\n\tflashinfer download-cubin && \\\n\tpip list\n${LATER}`,
    `RUN pip install ${PIN} && \\\n\tpip list\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "out of a list after set": [
    `RUN set -ex; \\\n    pip install ${PIN}; \\\n    flashinfer download-cubin;\n${LATER}`,
    `RUN set -ex; \\\n    pip install ${PIN};\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "out of a heredoc": [
    `RUN <<EOF\nset -e\npip install ${PIN}\n# all of them\nflashinfer download-cubin # slow\npip list\nEOF\n${LATER}`,
    `RUN <<EOF\nset -e\npip install ${PIN}\npip list\nEOF\n${LATER}# all of them\n# slow\nRUN flashinfer download-cubin\n`,
  ],
  "a whole RUN with its comment and blank lines": [
    `RUN pip install ${PIN}\n\n# Needed without network.\n# Slow.\nRUN flashinfer download-cubin\n\n# Newer.\n${LATER}\nCMD ["x"]\n`,
    `RUN pip install ${PIN}\n\n# Newer.\n${LATER}\n# Needed without network.\n# Slow.\nRUN flashinfer download-cubin\n\nCMD ["x"]\n`,
  ],
  "a script with its heredoc": [
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\n# Headers.\nRUN python3 <<'PY'\n${HEADERS}PY\n${LATER}`,
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\n${LATER}# Headers.\nRUN python3 <<'PY'\n${HEADERS}PY\n`,
  ],
  "exec form": [
    `RUN pip install ${PIN}\nRUN ["flashinfer", "download-cubin"]\n${LATER}`,
    `RUN pip install ${PIN}\n${LATER}RUN ["flashinfer", "download-cubin"]\n`,
  ],
  "a RUN in which it may fail": [
    `RUN pip install ${PIN}\nRUN flashinfer download-cubin || true\n${LATER}`,
    `RUN pip install ${PIN}\n${LATER}RUN flashinfer download-cubin || true\n`,
  ],
  "with what only prints for it, before and behind": [
    `RUN pip install ${PIN} && flashinfer show-config && flashinfer download-cubin && flashinfer show-config\n${LATER}`,
    `RUN pip install ${PIN}\n${LATER}RUN flashinfer show-config && flashinfer download-cubin && flashinfer show-config\n`,
  ],
  "with the comment above it in its RUN": [
    `RUN pip install ${PIN} \\\n    # all cubins,\n    # for hosts without network\n    && flashinfer download-cubin \\\n    # what is there\n    && pip list\n${LATER}`,
    `RUN pip install ${PIN} \\\n    # what is there\n    && pip list\n${LATER}# all cubins,\n# for hosts without network\nRUN flashinfer download-cubin\n`,
  ],
  "with the comment above it as the first command": [
    `RUN pip install ${PIN}\nRUN \\\n    # all cubins\n    flashinfer download-cubin && \\\n    # what is there\n    pip list\n${LATER}`,
    `RUN pip install ${PIN}\nRUN \\\n    # what is there\n    pip list\n${LATER}# all cubins\nRUN flashinfer download-cubin\n`,
  ],
  "but not the comment of the next command": [
    `RUN pip install ${PIN}\nRUN flashinfer download-cubin \\\n    # what is there\n    && pip list\n${LATER}`,
    `RUN pip install ${PIN}\nRUN \\\n    # what is there\n    pip list\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "with sudo and a variable": [
    `RUN pip install ${PIN} && sudo -E flashinfer download-cubin && A=1 pip list\n${LATER}`,
    `RUN pip install ${PIN} && A=1 pip list\n${LATER}RUN sudo -E flashinfer download-cubin\n`,
  ],
  "with the flags that it needs": [
    `RUN --network=host --security=insecure --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=token \\\n    pip install ${PIN} && flashinfer download-cubin\n${LATER}`,
    `RUN --network=host --security=insecure --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=token \\\n    pip install ${PIN}\n${LATER}RUN --network=host --security=insecure --mount=type=secret,id=token flashinfer download-cubin\n`,
  ],
  "with a mount that it names": [
    `RUN --mount=type=cache,target=/c --mount=type=cache,target=/root/.cache/pip pip install ${PIN} && XDG_CACHE_HOME=/c flashinfer download-cubin\n${LATER}`,
    `RUN --mount=type=cache,target=/c --mount=type=cache,target=/root/.cache/pip pip install ${PIN}\n${LATER}RUN --mount=type=cache,target=/c XDG_CACHE_HOME=/c flashinfer download-cubin\n`,
  ],
  "with the environment that it activates": [
    `RUN python3 -m venv /venv\nRUN . /venv/bin/activate && pip install ${PIN} && flashinfer download-cubin\nRUN . /venv/bin/activate && pip install flashinfer-cubin==0.6.9\n`,
    `RUN python3 -m venv /venv\nRUN . /venv/bin/activate && pip install ${PIN}\nRUN . /venv/bin/activate && pip install flashinfer-cubin==0.6.9\nRUN . /venv/bin/activate && flashinfer download-cubin\n`,
  ],
  "whole, when it only activates besides": [
    `RUN python3 -m venv /venv\nRUN . /venv/bin/activate && pip install ${PIN}\nRUN . /venv/bin/activate && flashinfer download-cubin\nRUN . /venv/bin/activate && pip install flashinfer-cubin==0.6.9\n`,
    `RUN python3 -m venv /venv\nRUN . /venv/bin/activate && pip install ${PIN}\nRUN . /venv/bin/activate && pip install flashinfer-cubin==0.6.9\nRUN . /venv/bin/activate && flashinfer download-cubin\n`,
  ],
  "with a variable that its RUN sets": [
    `RUN export PYTHONPATH=/opt/py && pip install ${PIN} && flashinfer download-cubin\n${LATER}`,
    `RUN export PYTHONPATH=/opt/py && pip install ${PIN}\n${LATER}RUN export PYTHONPATH=/opt/py && flashinfer download-cubin\n`,
  ],
  "tabs stay": [
    `RUN\tpip install ${PIN} \\\n\t&& flashinfer download-cubin\n${LATER}`,
    `RUN\tpip install ${PIN}\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "another WORKDIR is no matter": [
    `RUN pip install ${PIN} && flashinfer download-cubin\nWORKDIR /app\n${LATER}`,
    `RUN pip install ${PIN}\nWORKDIR /app\n${LATER}RUN flashinfer download-cubin\n`,
  ],
  "two downloads keep their order": [
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\nRUN flashinfer download-cubin\nRUN python3 <<EOF\n${HEADERS}EOF\n${LATER}CMD ["x"]\n`,
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\n${LATER}RUN flashinfer download-cubin\nRUN python3 <<EOF\n${HEADERS}EOF\nCMD ["x"]\n`,
  ],
  "behind the last of several installs": [
    `RUN pip install ${PIN} && flashinfer download-cubin\n${LATER}RUN pip install requests\nRUN pip install /w/*.whl\nRUN pip install flask\n`,
    `RUN pip install ${PIN}\n${LATER}RUN pip install requests\nRUN pip install /w/*.whl\nRUN flashinfer download-cubin\nRUN pip install flask\n`,
  ],
  "in its own stage": [
    `RUN pip install ${PIN} && flashinfer download-cubin\n${LATER}\nFROM base\nRUN pip install flask\n`,
    `RUN pip install ${PIN}\n${LATER}\nRUN flashinfer download-cubin\n\nFROM base\nRUN pip install flask\n`,
  ],
};

describe("a safe move", () => {
  test.each(Object.entries(moves))("%s", (_, [body, expected]) => {
    const from = "# syntax=docker/dockerfile:1\nFROM python:3.12 AS base\n";
    expect(moved(from + body, settings())).toBe(from + expected);
    const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
    expect(moved(crlf(from + body))).toBe(crlf(from + expected));
    expect(moved(`\uFEFF${from}${body}`)).toBe(`\uFEFF${from}${expected}`);
    expect(found(from + expected, settings({}, rule))).toEqual([]);
  });

  test("keeps a missing line break at the end", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN} && flashinfer download-cubin\n${LATER.trimEnd()}`;
    expect(moved(text)).toBe(
      `FROM python:3.12\nRUN pip install ${PIN}\n${LATER}RUN flashinfer download-cubin`,
    );
  });

  test("knows the backtick", () => {
    const text = `# escape=\`\nFROM python:3.12\nRUN pip install ${PIN} \`\n    # all\n    && flashinfer \`\n        download-cubin\n${LATER}`;
    expect(moved(text)).toBe(
      `# escape=\`\nFROM python:3.12\nRUN pip install ${PIN}\n${LATER}# all\nRUN flashinfer \`\n        download-cubin\n`,
    );
  });
});

/** Body, and the reason that is told. */
const blocked: Record<string, [string, RegExp]> = {
  "another user": [`RUN pip install ${PIN} && flashinfer download-cubin\nUSER 1000\n${LATER}`, /^USER means/],
  "another shell": [
    `RUN pip install ${PIN} && flashinfer download-cubin\nSHELL ["/bin/bash", "-c"]\n${LATER}`,
    /^SHELL means/,
  ],
  "another folder, for a script that sees it": [
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6\nRUN python3 <<EOF\n${HEADERS}EOF\nWORKDIR /app\n${LATER}`,
    /^WORKDIR means/,
  ],
  "a variable that leads elsewhere": [
    `RUN pip install ${PIN} && flashinfer download-cubin\nENV HOME=/data\n${LATER}`,
    /^\$HOME means/,
  ],
  "an argument that it names": [
    `ARG JOBS=1\nRUN pip install ${PIN} && flashinfer download-cubin --jobs=$JOBS\nARG JOBS=2\n${LATER}`,
    /^\$JOBS means/,
  ],
  "a variable that a loop sets": [
    `RUN pip install ${PIN} && for X in 1 2; do flashinfer download-cubin --n=$X; done\n${LATER}`,
    /does not stand by itself/,
  ],
  "a condition in a chain": [
    `RUN pip install ${PIN} && if [ "$A" ]; then flashinfer download-cubin; fi\n${LATER}`,
    /does not stand by itself/,
  ],
  "a script that shares its RUN": [
    `RUN pip install flashinfer-python==0.6.6 flashinfer-cubin==0.6.6 && python3 <<EOF\n${HEADERS}EOF\n${LATER}`,
    /shares its RUN/,
  ],
  "a trigger": [
    `RUN pip install ${PIN}\nONBUILD RUN flashinfer download-cubin\nFROM base\n${LATER}`,
    /ONBUILD/,
  ],
  "an install in another stage": [
    `RUN pip install ${PIN} && flashinfer download-cubin\nFROM base\n${LATER}`,
    /another stage/,
  ],
};

describe("no move", () => {
  test.each(Object.entries(blocked))("%s", (_, [body, why]) => {
    const text = `FROM python:3.12 AS base\n${body}`;
    expect(found(text, settings({}, rule))[0]).toMatch(/manual$/);
    expect(moved(text)).toMatch(why);
  });
});

/** What may read or change the files on the way. */
const readers: Record<string, string> = {
  "Python runs": `RUN python -c "import flashinfer"\n`,
  "the mode changes": `RUN chmod -R a+r /usr/local/lib/python3.12/site-packages\n`,
  "the owner changes": `RUN chown -R app /usr/local\n`,
  "another stage's packages are copied": `COPY --from=ghcr.io/x/y /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages\n`,
  "files are removed": `RUN rm -rf /usr/local/lib/python3.12/site-packages/flashinfer_cubin/cubins/*.lock\n`,
  "they are copied": `RUN cp -r /usr/local/lib/python3.12/site-packages/flashinfer_cubin /opt/x\n`,
  "the package's own command": "RUN flashinfer list-cubins\n",
  "PATH is another": "ENV PATH=/opt/tools/bin:$PATH\n",
};

describe("an unsafe move", () => {
  test.each(Object.entries(readers))("%s", (_, between) => {
    const text = `FROM python:3.12\nRUN pip install ${PIN} && flashinfer download-cubin\n${between}${LATER}`;
    expect(found(text, settings({}, rule))).toEqual(["download-then-reinstall certain unsafe"]);
    expect(moved(text)).toMatch(/^it is not safe: (line 3 stands between|PATH is another)/);
  });

  test("what follows in its own RUN reads them", () => {
    const text = `FROM python:3.12\nRUN pip install ${PIN} && flashinfer download-cubin && python -c "import flashinfer"\n${LATER}`;
    expect(found(text, settings({}, rule))).toEqual(["download-then-reinstall certain unsafe"]);
  });

  test.each(["COPY . /app\n", "RUN apt-get update && apt-get install -y curl\n", "ENV LD_LIBRARY_PATH=/x\n"])(
    "but not for %s",
    (between) => {
      const text = `FROM python:3.12\nRUN pip install ${PIN} && flashinfer download-cubin\n${between}${LATER}`;
      expect(found(text, settings({}, rule))).toEqual(["download-then-reinstall certain safe"]);
    },
  );
});
