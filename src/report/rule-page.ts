// A rule in Markdown: its page in docs/rules and what `rules ID` prints.
import type { Example, Rule } from "../rules/rule.ts";

/** One line for each rule: its name and its summary. */
export function ruleList(rules: readonly Rule[]): string {
  const width = Math.max(0, ...rules.map((rule) => rule.id.length));
  return rules.map((rule) => `${rule.id.padEnd(width)}  ${rule.summary}\n`).join("");
}

export function rulePage(rule: Rule): string {
  const parts = [
    `# ${rule.id}`,
    sentence(rule.summary),
    "## Why",
    rule.why.trim(),
    "## What to do",
    rule.remedy.trim(),
    ...rule.examples.flatMap(examplePart),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The table of the README. */
export function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| [${rule.id}](docs/rules/${rule.id}.md) | ${rule.summary} |`);
  return ["| rule | finds |", "|---|---|", ...rows].join("\n");
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function examplePart(example: Example): string[] {
  return [
    `## Example: ${example.title}`,
    ...contextPart(example),
    "❌ Stored twice:",
    dockerfile(example.bad),
    "✅ Stored once:",
    dockerfile(example.good),
  ];
}

function contextPart({ context }: Example): string[] {
  const files = Object.entries(context ?? {}).filter(([path]) => !path.endsWith("/"));
  if (files.length === 0) return [];
  const lines = files.map(([path, text]) => `# ${path}\n${text.trimEnd()}`);
  return ["In the build context:", `\`\`\`text\n${lines.join("\n\n")}\n\`\`\``];
}

function dockerfile(text: string): string {
  // A fence longer than any in the text.
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}dockerfile\n${text.trimEnd()}\n${fence}`;
}
