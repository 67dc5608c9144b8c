import { describe, expect, test } from "vitest";
import { checkReportSchema } from "../../src/report/check-schema.ts";
import { checkReport, jsonReport } from "../../src/report/json.ts";
import { ownerFile, ownerFinding, ownerText, spanOf } from "./sample.ts";

describe("jsonReport", () => {
  test("is the contract: one-based lines and columns, ends exclusive", () => {
    expect(checkReport([ownerFile], "1.2.3")).toEqual({
      schemaVersion: 1,
      tool: { name: "dfdedupe", version: "1.2.3" },
      files: [
        {
          path: "docker/Dockerfile",
          problems: [],
          findings: [
            {
              rule: "retouched-later",
              severity: "error",
              confidence: "certain",
              message: "chown stores /app a second time",
              stage: "0",
              ships: true,
              location: { start: { line: 7, column: 8 }, end: { line: 7, column: 29 } },
              instruction: { start: { line: 5, column: 1 }, end: { line: 7, column: 29 } },
              related: [
                {
                  message: "first stored here",
                  location: { start: { line: 3, column: 1 }, end: { line: 3, column: 25 } },
                },
              ],
              bytes: { value: 9_020_000_000, source: "context" },
              fix: {
                applicability: "unsafe",
                title: "Create the user first, then COPY --chown=web:web",
                why: "/app itself keeps its owner.",
                edits: [
                  { location: { start: { line: 6, column: 29 }, end: { line: 7, column: 29 } }, text: "" },
                ],
              },
            },
          ],
        },
      ],
      summary: { files: 1, problems: 0, findings: 1, errors: 1, warnings: 0, infos: 0, bytes: 9_020_000_000 },
    });
  });

  test("fulfils its own schema, with everything optional and without it", () => {
    const { bytes: _, fix: __, ...bare } = ownerFinding;
    const full = {
      ...ownerFinding,
      related: [{ ...ownerFinding.related[0]!, file: { path: "r.txt", line: 3 } }],
    };
    const problems = [{ message: "unknown", span: { start: 0, end: 4 } }];
    const text = jsonReport([{ ...ownerFile, problems, findings: [bare, full] }], "1.2.3");
    expect(text.endsWith("}\n")).toBe(true);
    const report = checkReportSchema.parse(JSON.parse(text));
    expect(report.files[0]?.findings.map((finding) => "bytes" in finding)).toEqual([false, true]);
    expect(report.summary).toMatchObject({ problems: 1, findings: 2 });
  });

  test("counts no byte order mark as a column", () => {
    const text = `\uFEFF${ownerText}`;
    const at = (piece: string) => {
      const span = spanOf(text, piece);
      const finding = { ...ownerFinding, span, instruction: span, related: [] };
      return checkReport([{ ...ownerFile, text, findings: [finding] }], "1").files[0]!.findings[0]!.location;
    };
    expect(at("FROM")).toEqual({ start: { line: 1, column: 1 }, end: { line: 1, column: 5 } });
    expect(at("WORKDIR")).toEqual({ start: { line: 2, column: 1 }, end: { line: 2, column: 8 } });
  });
});
