// Holds the JSON Schemas in schema/ to the zod schemas in src/; `npm run schema` prints them anew.
import { expect, test } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/config.ts";
import { checkReportSchema } from "../../src/report/check-schema.ts";

test("schema/check.schema.json", async () => {
  // Reports may get new fields within a schema version, so the printed schema lets them be.
  const open = z.toJSONSchema(checkReportSchema, {
    io: "output",
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  await expect(printed(open)).toMatchFileSnapshot("../../schema/check.schema.json");
});

test("schema/config.schema.json", async () => {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  await expect(printed(schema)).toMatchFileSnapshot("../../schema/config.schema.json");
});

function printed(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
