// Edits of a text, and where a place of the new text was in the old one.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fixText } from "../../src/fix.ts";
import { applyEdits, offsetBefore } from "../../src/text.ts";

test("what edits leave is found again where it was", () => {
  const edit = fc.record({ gap: fc.nat(5), length: fc.nat(3), text: fc.string({ maxLength: 4 }) });
  fc.assert(
    fc.property(fc.array(edit), (wishes) => {
      let at = 0;
      const edits = wishes.map(({ gap, length, text }) => {
        const start = at + gap;
        at = start + length;
        return { span: { start, end: at }, text };
      });
      // Every character is its own place.
      const text = String.fromCharCode(...Array.from({ length: at + 5 }, (_, index) => 0x1000 + index));
      const edited = applyEdits(text, edits);
      for (let offset = 0; offset < edited.length; offset += 1) {
        const before = offsetBefore(edits, offset);
        if (edited.charCodeAt(offset) >= 0x1000) expect(text[before]).toBe(edited[offset]);
        else expect(edits.some(({ span }) => span.start === before)).toBe(true);
      }
    }),
  );
});

test("fixes tell the lines of the text that was given", () => {
  const text = [
    "FROM debian:bookworm-slim",
    "RUN apt-get update && apt-get install -y curl",
    "RUN rm -rf /var/lib/apt/lists/*",
    "COPY app /app",
    "RUN chown -R 1000:1000 /app",
    "",
  ].join("\n");
  const { applied } = fixText(text);
  expect(applied.map(({ finding, line }) => [finding.rule, line]).sort()).toEqual([
    ["removed-later", 3],
    ["retouched-later", 5],
  ]);
});
