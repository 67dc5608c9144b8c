// Requirements as words: names, specifiers, markers, paths, archives, repositories, holes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeName, type PythonRequirement, parseRequirement } from "../../src/model/knowledge/python.ts";
import { couldDiffer, satisfies } from "../../src/model/knowledge/versions.ts";

const hole = (id: string) => `\uE000${id}\uE001`;

const cases: [
  string,
  { [Key in keyof PythonRequirement]?: PythonRequirement[Key] | undefined } | undefined,
][] = [
  ["Flask", { name: "flask", specifier: "" }],
  ["ruamel.yaml_clib", { name: "ruamel-yaml-clib" }],
  ["torch==2.1.1+cu118", { name: "torch", specifier: "==2.1.1+cu118", version: "2.1.1+cu118" }],
  ["numpy >= 1.2 , < 2", { name: "numpy", specifier: ">=1.2,<2" }],
  ["numpy (>=1.2,<2)", { name: "numpy", specifier: ">=1.2,<2" }],
  ["vllm[flashinfer, audio]==0.10", { name: "vllm", extras: ["flashinfer", "audio"], version: "0.10" }],
  ["vllm\uE002[flashinfer]==0.10", { name: "vllm", extras: ["flashinfer"], version: "0.10" }],
  ["x==1.\uE002*", { name: "x", specifier: "==1.*" }],
  ['tomli; python_version < "3.11"', { name: "tomli", marker: 'python_version < "3.11"' }],
  ['torch==2.7;platform_machine!="s390x"', { version: "2.7", marker: 'platform_machine!="s390x"' }],
  ["a===foo-bar", { name: "a", specifier: "===foo-bar" }],

  [".", { name: undefined, source: { kind: "project", location: "." } }],
  [".[dev,test]", { extras: ["dev", "test"], source: { kind: "project", location: "." } }],
  ["./python[all]", { extras: ["all"], source: { kind: "project", location: "./python" } }],
  ["/src/app", { source: { kind: "project", location: "/src/app" } }],
  ["packages/core", { source: { kind: "project", location: "packages/core" } }],
  ["~/app", { source: { kind: "project", location: "~/app" } }],
  ["dist/*.whl", { name: undefined, source: { kind: "archive", location: "dist/*.whl" } }],
  ["dist/*.whl[extra]", { extras: ["extra"], source: { kind: "archive", location: "dist/*.whl" } }],
  ["/wheels/*", { name: undefined, source: { kind: "archive", location: "/wheels/*" } }],
  ["dist/vllm-*.whl", { name: "vllm", specifier: "" }],
  ["dist/vllm*.whl", { name: undefined }],
  ["dist/torch-2.1.0-*.whl", { name: "torch", version: "2.1.0" }],
  [
    "flash_attn-2.8.3+cu12torch2.8-cp312-cp312-linux_x86_64.whl",
    { name: "flash-attn", version: "2.8.3+cu12torch2.8" },
  ],
  ["./a_b-1.0-1-py3-none-any.whl", { name: "a-b", version: "1.0" }],
  [
    "my-tool-1.0.tar.gz",
    { name: "my-tool", version: "1.0", source: { kind: "archive", location: "my-tool-1.0.tar.gz" } },
  ],
  ["./source.zip", { name: undefined, specifier: "" }],
  ["file:///w/a-1.0-py3-none-any.whl", { name: "a", version: "1.0" }],

  [
    "https://h.io/w/torch-2.1.0%2Bcu118-cp310-cp310-linux_x86_64.whl",
    { name: "torch", version: "2.1.0+cu118" },
  ],
  [
    "https://h.io/a/archive/main.zip",
    { name: undefined, source: { kind: "url", location: "https://h.io/a/archive/main.zip" } },
  ],
  [
    "git+https://h.io/o/r.git@v1.0",
    { name: undefined, source: { kind: "git", location: "git+https://h.io/o/r.git@v1.0" } },
  ],
  ["git+https://h.io/o/r@main#egg=My_Lib[fast]&subdirectory=py", { name: "my-lib", extras: ["fast"] }],
  [
    "lib @ git+ssh://git@h.io/o/r.git@v1",
    { name: "lib", source: { kind: "git", location: "git+ssh://git@h.io/o/r.git@v1" } },
  ],
  [
    "lib[x]@https://h.io/lib-2.0.zip ; os_name == 'nt'",
    { name: "lib", extras: ["x"], marker: "os_name == 'nt'" },
  ],

  [
    `flashinfer-python==${hole("V")}`,
    { name: "flashinfer-python", specifier: `==${hole("V")}`, version: undefined },
  ],
  [`jit==0.6.8.post1+cu${hole("C")}`, { name: "jit", version: undefined }],
  [`vllm[${hole("E")}]==1.0`, { name: "vllm", extras: [hole("E")], version: "1.0" }],
  [`vllm[a]${hole("SPEC")}`, { name: "vllm", specifier: hole("SPEC") }],
  [`nixl${hole("SUFFIX")}==1.0`, undefined],
  [hole("PACKAGES"), undefined],
  [`${hole("D")}/x-1.0-py3-none-any.whl`, { name: "x", version: "1.0" }],
  [`dist/x-${hole("a-b/c")}-py3-none-any.whl`, { name: "x", specifier: `==${hole("a-b/c")}` }],
  [`${hole("N")}-1.0-py3-none-any.whl`, { name: undefined }],
  [`${hole("a/b;c")}==1`, undefined],

  ["ruff@0.3.1", { name: "ruff", version: "0.3.1" }],
  ["django@^4.2", { name: "django", specifier: ">=4.2,<5" }],
  ["django@latest", { name: "django", specifier: "" }],

  ["", undefined],
  ["-r", undefined],
  ["--no-cache-dir", undefined],
  ["numpy=1.2", undefined],
  ["name with blanks", undefined],
];

describe("parseRequirement", () => {
  test.each(cases)("%s", (text, expected) => {
    const found = parseRequirement(text);
    if (expected === undefined) expect(found).toBeUndefined();
    else expect({ version: undefined, ...found }).toMatchObject(expected);
  });

  test("never throws, and a name is normal", () => {
    const piece = fc.constantFrom(
      "a",
      "B-",
      "_.",
      "==",
      "[",
      "]",
      ";",
      "@",
      "/",
      "*",
      "1.0",
      " ",
      "#egg=",
      hole("X"),
      ".whl",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const found = parseRequirement(pieces.join(""));
        if (found?.name !== undefined) expect(normalizeName(found.name)).toBe(found.name);
        if (found?.version !== undefined) expect(found.version).not.toContain("\uE000");
      }),
    );
  });
});

describe("satisfies", () => {
  test.each<[string, string, boolean | undefined]>([
    ["0.6.8.post1", ">=0.6.5,<0.6.7.post1", false],
    ["0.6.7", ">=0.6.5,<0.6.7.post1", true],
    ["0.6.7.post1", ">0.6.7", false],
    ["0.6.7.post2", ">0.6.7.post1", true],
    ["2.1.1+cu118", "==2.1.1", true],
    ["2.1.1+cu118", "==2.1.1+cu121", false],
    ["2.1.1", "==2.1.1+cu121", false],
    ["1.4.9", "~=1.4.5", true],
    ["1.5.0", "~=1.4.5", false],
    ["1.0", "==1.0.0", true],
    ["1.0rc1", "<1.0", false],
    ["1.1rc1", ">=1.0", true],
    ["2.0", "!=2.0.*", false],
    ["1!1.0", ">=2.0", true],
    ["1.0.dev1", "===1.0.dev1", true],
    ["1.0", "", true],
    [hole("V"), ">=1", undefined],
    ["1.0", `==${hole("V")}`, undefined],
    ["1.0", `==${hole("V")},>=2`, false],
    [`0.6.8+cu${hole("C")}`, "==0.6.9", false],
    [`0.6.8+cu${hole("C")}`, "==0.6.8+cu130", undefined],
    ["nonsense", ">=1", undefined],
    ["1.0", "=>1", undefined],
  ])("%s %s", (version, specifier, expected) => {
    expect(satisfies(version, specifier)).toBe(expected);
  });
});

describe("couldDiffer", () => {
  test.each<[string, string, "same" | "different" | "unknown"]>([
    ["==1.0", "==1.0.0", "same"],
    ["==1.0", "==1.1", "different"],
    ["==1.0", ">=2", "different"],
    ["==1.0", ">=0.5", "unknown"],
    ["==1.0", "", "unknown"],
    ["<1", ">=2", "different"],
    ["<2", ">=2", "different"],
    ["<=2", ">=2", "unknown"],
    ["==2.1", "==2.1+cu118", "unknown"],
    ["==2.1+cu121", "==2.1+cu118", "different"],
    ["==2.2", "==2.1+cu118", "different"],
    ["==2.1", "!=2.1+cu118", "unknown"],
    ["==2.1.*", "==2.2.3", "different"],
    [`==${hole("V")}`, `==${hole("V")}`, "same"],
    [`==${hole("V")}`, `==${hole("W")}`, "unknown"],
    [`==${hole("V")}`, "==1.0", "unknown"],
    [`==0.6.8+cu${hole("C")}`, "==0.6.8", "unknown"],
    [`==0.6.8+cu${hole("C")}`, "==0.6.9+cu130", "different"],
    [hole("S"), "==1.0", "unknown"],
    ["===1.0", "==1.0", "same"],
  ])("%s and %s: %s", (a, b, expected) => {
    expect(couldDiffer(a, b)).toBe(expected);
    expect(couldDiffer(b, a)).toBe(expected);
  });
});
