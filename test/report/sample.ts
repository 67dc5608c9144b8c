// Findings made by hand on small Dockerfiles, for the tests of the reports.
import type { Finding } from "../../src/finding.ts";
import type { FileResult } from "../../src/report/result.ts";
import type { Span } from "../../src/text.ts";

/** The place of a piece of text, which must stand in the file once. */
export function spanOf(text: string, piece: string): Span {
  const start = text.indexOf(piece);
  if (start < 0 || text.indexOf(piece, start + 1) >= 0) throw new Error(`not once in the text: ${piece}`);
  return { start, end: start + piece.length };
}

export const ownerText = `FROM python:3.12-slim
WORKDIR /app
COPY --from=uv /app /app
ENV PATH=/app/.venv/bin:$PATH
RUN groupadd -r web \\
    && useradd -r -g web web \\
    && chown -R web:web /app
USER web
`;

export const ownerFinding: Finding = {
  rule: "retouched-later",
  severity: "error",
  confidence: "certain",
  message: "chown stores /app a second time",
  label: "changes only the owner, yet stores every file again",
  stage: "0",
  ships: true,
  span: spanOf(ownerText, "chown -R web:web /app"),
  instruction: spanOf(ownerText, ownerText.slice(ownerText.indexOf("RUN"), ownerText.indexOf("\nUSER"))),
  related: [{ message: "first stored here", span: spanOf(ownerText, "COPY --from=uv /app /app") }],
  bytes: { value: 9_020_000_000, source: "context" },
  fix: {
    applicability: "unsafe",
    title: "Create the user first, then COPY --chown=web:web",
    why: "/app itself keeps its owner.",
    edits: [{ span: spanOf(ownerText, " \\\n    && chown -R web:web /app"), text: "" }],
  },
};

export const ownerFile: FileResult = {
  path: "docker/Dockerfile",
  text: ownerText,
  problems: [],
  findings: [ownerFinding],
};
