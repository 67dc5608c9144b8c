// Whatever happens to the bytes of an image, reading it ends with an image or with an ImageError.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compress } from "@cloudpss/zstd";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ImageError } from "../../src/image/error.ts";
import { readImage } from "../../src/image/read.ts";
import { asArchive, chunked, dockerSave, type ImageParts, ociLayout, temporaryFolder } from "./archives.ts";
import { tar } from "./tar-writer.ts";

const path = join(temporaryFolder(), "image.tar");
const long = "folder/".repeat(20);
const parts: ImageParts = {
  layers: [
    tar([
      { name: "a", content: "a".repeat(700) },
      { name: `${long}b`, longName: true, content: "b" },
    ]),
    tar([
      { name: "a", content: "c".repeat(700), pax: { mtime: "1.5", "SCHILY.xattr.user.a": "1" } },
      { name: "s", content: "data", pax: { "GNU.sparse.size": "5000", "GNU.sparse.map": "0,4" } },
      { name: ".wh.x" },
      { name: "l", type: "1", link: "a" },
    ]),
  ],
  tags: ["app:1"],
};
const archives = [
  tar(dockerSave([parts])),
  asArchive(ociLayout([parts])),
  asArchive(ociLayout([{ ...parts, compress: (layer) => Buffer.from(compress(layer)) }])),
];

test("damaged bytes, anywhere", async () => {
  const change = fc.record({
    at: fc.nat(),
    bytes: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 12 }), fc.constant(new Uint8Array(512))),
  });
  const property = fc.asyncProperty(
    fc.constantFrom(...archives),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    async (archive, changes, verify) => {
      const bytes = Buffer.from(archive);
      for (const { at, bytes: put } of changes) bytes.set(put.subarray(0, 12), at % (bytes.length - 12));
      writeFileSync(path, bytes);
      for (const source of [path, chunked(bytes, 1000)]) {
        try {
          const image = await readImage(source, { verify });
          for (const [layer, { entries }] of image.layers.entries()) {
            for (let i = 0; i < entries.count; i++) {
              image.contentHash(layer, i);
              image.sameContent(0, 0, layer, i);
            }
          }
          await image.close();
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError);
          expect((error as Error).message).toMatch(/^.{1,500}$/);
        }
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
