// Holds the WebAssembly in src to its source in assembly/; `npm run assembly` compiles it anew.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";
import { expect, test } from "vitest";

test("src/image/blob/gunzip-wasm.ts", async () => {
  const folder = fileURLToPath(new URL("../../assembly", import.meta.url));
  let binary = new Uint8Array(0);
  const { error, stderr } = await main(
    ["gunzip.ts", "--outFile", "gunzip.wasm", "-O3", "--runtime", "stub", "--noAssert"].concat(
      ["--enable", "simd"],
      // Pages of 64 KiB: what its memory map takes.
      ["--initialMemory", "10", "--maximumMemory", "10"],
    ),
    {
      readFile: (name) => (name === "gunzip.ts" ? readFileSync(`${folder}/${name}`, "utf8") : null),
      writeFile: (_, contents) => {
        binary = contents as Uint8Array<ArrayBuffer>;
      },
      listFiles: () => [],
    },
  );
  expect(stderr.toString()).toBe("");
  expect(error).toBeNull();
  const lines = Buffer.from(binary)
    .toString("base64")
    .match(/.{1,100}/g)!
    .map((line) => `  "${line}"`);
  await expect(`// Compiled from assembly/gunzip.ts by \`npm run assembly\`.

/** A WebAssembly module, in base64. */
export const gunzipWasm =
${lines.join(" +\n")};
`).toMatchFileSnapshot("../../src/image/blob/gunzip-wasm.ts");
});
