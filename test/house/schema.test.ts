// Holds the JSON Schemas in schema/ to the zod schemas in src/; `npm run schema` prints them anew.
import { expect, test } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/config.ts";
import { checkReportSchema } from "../../src/report/check-schema.ts";
import { imageReportSchema } from "../../src/report/image-schema.ts";

// Reports may get new fields within a schema version, so the printed schemas let them be.
const open = (schema: z.ZodType): object =>
  z.toJSONSchema(schema, {
    io: "output",
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });

test("schema/check.schema.json", async () => {
  await expect(printed(open(checkReportSchema))).toMatchFileSnapshot("../../schema/check.schema.json");
});

test("schema/image.schema.json", async () => {
  await expect(printed(open(imageReportSchema))).toMatchFileSnapshot("../../schema/image.schema.json");
});

test("schema/config.schema.json", async () => {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  await expect(printed(schema)).toMatchFileSnapshot("../../schema/config.schema.json");
});

function printed(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
