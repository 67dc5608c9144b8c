// Requirements files, markers, and the dependencies that project and lock files name.
import { describe, expect, test } from "vitest";
import { parseCondaSpec, poetrySpecifier } from "../../src/model/knowledge/constraints.ts";
import { LINUX, type MarkerEnvironment, markerHolds } from "../../src/model/knowledge/markers.ts";
import { readProjectDependencies } from "../../src/model/knowledge/project.ts";
import { parseRequirements } from "../../src/model/knowledge/requirements.ts";

function read(
  files: Record<string, string>,
  path = "requirements.txt",
  variable?: (name: string) => string | undefined,
) {
  return parseRequirements(files[path]!, {
    path,
    read: (name) => files[name],
    ...(variable && { variable }),
  });
}

describe("parseRequirements", () => {
  test("comments, continuations, hashes, blank lines, CRLF and a BOM", () => {
    const text = [
      "\uFEFF# a comment \\",
      "Flask==2.0  # why",
      "",
      "numpy \\",
      "  >=1.2 \\",
      "  --hash=sha256:aa \\",
      "  --hash=sha256:bb",
      "torch==2.1.1+cu118 ; sys_platform == 'linux'",
      "a @ https://h.io/a-1.0.zip#sha256=ff",
      "last \\",
    ].join("\r\n");
    const { requirements, missing, unreadable } = read({ "requirements.txt": text });
    expect(requirements.map(({ name, specifier, line, marker }) => [name, specifier, line, marker])).toEqual([
      ["flask", "==2.0", 2, undefined],
      ["numpy", ">=1.2", 4, undefined],
      ["torch", "==2.1.1+cu118", 8, "sys_platform == 'linux'"],
      ["a", "==1.0", 9, undefined],
      ["last", "", 10, undefined],
    ]);
    expect([missing, unreadable]).toEqual([[], []]);
  });

  test("included files, relative to the one that names them, each once", () => {
    const found = read(
      {
        "requirements/cuda.txt":
          "-r common.txt\n-c ../pins.txt\n-c gone.txt\nflashinfer-python==0.6.8.post1\n-r gone.txt\n-r https://h.io/r.txt",
        "requirements/common.txt": "--requirement=deep/more.txt\n-r cuda.txt\nrequests",
        "requirements/deep/more.txt": "-r ../common.txt\nrich",
        "pins.txt": "rich==13\n-r requirements/deep/more.txt",
      },
      "requirements/cuda.txt",
    );
    expect(found.requirements.map(({ name, path, line }) => [name, path, line])).toEqual([
      ["rich", "requirements/deep/more.txt", 2],
      ["requests", "requirements/common.txt", 3],
      ["flashinfer-python", "requirements/cuda.txt", 4],
    ]);
    expect(found.constraints.map(({ name, version }) => [name, version])).toContainEqual(["rich", "13"]);
    expect(found.missing).toEqual(["requirements/gone.txt", "https://h.io/r.txt"]);
    expect(found.missingConstraints).toContain("requirements/gone.txt");
  });

  test("a file that includes itself is read once", () => {
    expect(read({ "requirements.txt": "-r requirements.txt\na" }).requirements).toHaveLength(1);
  });

  test("editable projects and local files", () => {
    const text =
      "-e .\n--editable=./lib[dev]\n-e git+https://h.io/o/r#egg=own\n./dist/x-1.0-py3-none-any.whl";
    const { requirements } = read({ "requirements.txt": text });
    expect(
      requirements.map(({ name, editable, source, extras }) => [name, editable, source?.kind, extras]),
    ).toEqual([
      [undefined, true, "project", []],
      [undefined, true, "project", ["dev"]],
      ["own", true, "git", []],
      ["x", false, "archive", []],
    ]);
  });

  test("options", () => {
    const text =
      "-i https://a\n--extra-index-url https://b\n--extra-index-url=https://c\n-f ./wheels\n--pre\n--no-index\n--only-binary :all:\n-ihttps://d\nx";
    const { options, requirements } = read({ "requirements.txt": text });
    expect(options).toEqual({
      indexUrls: ["https://a", "https://d"],
      extraIndexUrls: ["https://b", "https://c"],
      findLinks: ["./wheels"],
      noIndex: true,
      prereleases: true,
      others: ["--only-binary :all:"],
    });
    expect(requirements).toHaveLength(1);
  });

  test("variables that are not known become holes", () => {
    const text = `a==\${A}\nb==\${B}\nc==$C\n-r \${B}.txt`;
    const found = read({ "requirements.txt": text }, undefined, (name) => (name === "A" ? "1.0" : undefined));
    expect(found.requirements.map(({ specifier }) => specifier)).toEqual([
      "==1.0",
      "==\uE000B\uE001",
      "==$C",
    ]);
    expect(found.missing).toEqual(["\uE000B\uE001.txt"]);
  });

  test("what is no requirement is told with its line", () => {
    const found = read({ "requirements.txt": "a\n<<<<<<< HEAD\nb c d" });
    expect(found.requirements).toHaveLength(1);
    expect(found.unreadable.map(({ line }) => line)).toEqual([2, 3]);
  });
});

describe("markerHolds", () => {
  const linux311: MarkerEnvironment = {
    ...LINUX,
    python_version: "3.11",
    python_full_version: "3.11.4",
    extra: [],
  };
  test.each<[string | undefined, boolean | undefined]>([
    [undefined, true],
    ["sys_platform == 'linux'", true],
    ['sys_platform != "win32" and os_name == "posix"', true],
    ["sys_platform == 'darwin'", false],
    ["platform_machine == 'x86_64'", undefined],
    ["platform_machine == 'x86_64' and sys_platform == 'darwin'", false],
    ["platform_machine == 'x86_64' or sys_platform == 'linux'", true],
    ["platform_machine == 'x86_64' or sys_platform == 'darwin'", undefined],
    ["python_version < '3.9'", false],
    ["python_version >= '3.9'", true],
    ["'3.9' <= python_version", true],
    ["python_version ~= '3.8'", true],
    ["python_version == '3.*'", true],
    ["python_full_version < '3.11.4'", false],
    ["python_version in '3.10 3.11'", true],
    ["python_version not in '3.10, 3.11'", false],
    ["'linux' in sys_platform", true],
    ["extra == 'dev'", false],
    ["(python_version < '3' or sys_platform == 'linux') and not_there == 'x'", undefined],
    ["(os.name == 'nt' or sys.platform == 'linux') and python_version > '3'", true],
    ["sys_platform == 'darwin' and python_version > '3' or os_name == 'posix'", true],
    ["sys_platform < 'linux'", undefined],
    ["sys_platform == ", undefined],
    ["sys_platform == 'linux' and", undefined],
    ["(sys_platform == 'linux'", undefined],
    ["sys_platform == 'linux' 'x'", undefined],
    ["python_version >= '\uE000V\uE001'", undefined],
  ])("%s", (marker, expected) => {
    expect(markerHolds(marker, linux311)).toBe(expected);
  });

  test("extras", () => {
    const environment = { extra: ["Fast_IO"] };
    expect(markerHolds("extra == 'fast-io'", environment)).toBe(true);
    expect(markerHolds("extra == 'slow'", environment)).toBe(false);
    expect(markerHolds("extra == 'slow'", {})).toBeUndefined();
  });
});

describe("other writings of versions", () => {
  test.each([
    ["^1.2.3", ">=1.2.3,<2"],
    ["^0.2.3", ">=0.2.3,<0.3"],
    ["^0.0.3", ">=0.0.3,<0.0.4"],
    ["^0", ">=0,<1"],
    ["~1.2.3", ">=1.2.3,<1.3"],
    ["~1", ">=1,<2"],
    ["1.2.*", "==1.2.*"],
    ["1.2.3", "==1.2.3"],
    ["*", ""],
    [">=1.0, <2.0", ">=1.0,<2.0"],
    [">=1.0 <2.0", ">=1.0,<2.0"],
    ["^1 || ^2", "\uE000^1 || ^2\uE001"],
  ])("poetry %s", (constraint, specifier) => {
    expect(poetrySpecifier(constraint)).toBe(specifier);
  });

  test.each<[string, string | undefined, string]>([
    ["numpy", "numpy", ""],
    ["numpy=1.26", "numpy", "==1.26.*"],
    ["numpy==1.26.4", "numpy", "==1.26.4"],
    ["pytorch=2.1.0=py3.10_cuda11.8", "pytorch", "==2.1.0"],
    ["numpy>=1.2,<2", "numpy", ">=1.2,<2"],
    ["numpy >=1.2", "numpy", ">=1.2"],
    ["numpy=1.2.*", "numpy", "==1.2.*"],
    ["conda-forge::mamba=1", "mamba", "==1.*"],
    ["numpy[version='>=1,<2']", "numpy", ">=1,<2"],
    ["_libgcc_mutex", "_libgcc_mutex", ""],
    ["python=\uE000V\uE001", "python", "==\uE000V\uE001"],
    ["python=1|2", "python", "\uE000=1|2\uE001"],
    ["\uE000V\uE001", undefined, ""],
    ["x\uE000V\uE001", undefined, ""],
    ["--yes", undefined, ""],
  ])("conda %s", (text, name, specifier) => {
    const found = parseCondaSpec(text);
    expect(found?.name).toBe(name);
    if (name !== undefined) expect(found?.specifier).toBe(specifier);
  });
});

describe("readProjectDependencies", () => {
  const summary = (file: string, text: string) =>
    readProjectDependencies(file, text).map(({ name, specifier, group }) => [name, specifier, group]);

  test("pyproject.toml", () => {
    const text = `
[project]
name = "own"
dependencies = ["Flask>=2", "torch==2.1 ; sys_platform == 'linux'"]
[project.optional-dependencies]
fast = ["uvloop"]
[dependency-groups]
dev = ["pytest==8.0", { include-group = "lint" }]
[tool.poetry.dependencies]
python = "^3.9"
requests = "^2.28"
rich = { version = "13.0.0", optional = true }
local = { path = "../local" }
[tool.poetry.group.test.dependencies]
tox = "*"
`;
    expect(summary("app/pyproject.toml", text)).toEqual([
      ["flask", ">=2", undefined],
      ["torch", "==2.1", undefined],
      ["uvloop", "", "fast"],
      ["pytest", "==8.0", "dev"],
      ["requests", ">=2.28,<3", undefined],
      ["rich", "==13.0.0", "rich"],
      ["local", "", undefined],
      ["tox", "", "test"],
    ]);
  });

  test("lock files", () => {
    const lock = `
version = 1
[[package]]
name = "own"
version = "0.1"
source = { editable = "." }
[[package]]
name = "Ruamel.Yaml"
version = "0.18.6"
source = { registry = "https://h.io" }
`;
    for (const file of ["uv.lock", "poetry.lock", "pdm.lock"]) {
      expect(readProjectDependencies(file, lock)).toEqual([
        { name: "ruamel-yaml", specifier: "==0.18.6", version: "0.18.6" },
      ]);
    }
    expect(summary("pylock.toml", '[[packages]]\nname = "a"\nversion = "1"')).toEqual([
      ["a", "==1", undefined],
    ]);
    const pipenv = JSON.stringify({ default: { a: { version: "==1.0" } }, develop: { b: {} } });
    expect(summary("Pipfile.lock", pipenv)).toEqual([
      ["a", "==1.0", undefined],
      ["b", "", "dev"],
    ]);
    expect(
      summary("Pipfile", '[packages]\na = "*"\nb = "~=1.2"\n[dev-packages]\nc = {version = ">=1"}'),
    ).toEqual([
      ["a", "", undefined],
      ["b", "~=1.2", undefined],
      ["c", ">=1", "dev"],
    ]);
  });

  test("environment.yml", () => {
    const text = `
name: env
channels:
  - conda-forge
dependencies:
  - python=3.10   # fixed
  - "numpy>=1.2"
  - pip:
      - torch==2.1
      - -r more.txt
  - conda-forge::scipy
prefix: /opt
`;
    const found = readProjectDependencies("docker/environment.yml", text);
    expect(found.map(({ name, specifier, manager }) => [name, specifier, manager])).toEqual([
      ["python", "==3.10.*", "conda"],
      ["numpy", ">=1.2", "conda"],
      ["torch", "==2.1", undefined],
      ["scipy", "", "conda"],
    ]);
  });

  test("other and broken files name nothing", () => {
    for (const [file, text] of [
      ["package.json", "{}"],
      ["uv.lock", "[[package"],
      ["Pipfile.lock", "null"],
      ["Pipfile.lock", '{"default": [1, null]}'],
      ["poetry.lock", "package = 3"],
      ["pyproject.toml", "project = 1\ntool = []"],
    ]) {
      expect(readProjectDependencies(file!, text!).filter(({ name }) => name.length > 1)).toEqual([]);
    }
  });
});
