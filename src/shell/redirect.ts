// Redirections, heredocs and here-strings.
import { buildExcerpt, composeExcerpt, type Excerpt, excerptSpan, type Span } from "../text.ts";
import type { Redirect, Stdin } from "./command.ts";
import { expandHeredoc, expandWhole } from "./expand.ts";
import { type Field, fieldWord } from "./field.ts";
import type { Scope } from "./scope.ts";
import type { HereDoc, Redirection } from "./syntax.ts";

export interface Redirections {
  readonly redirects: readonly Redirect[];
  readonly stdin?: Stdin;
  /** The text that standard input gives, if it stands here. */
  readonly input?: Field;
}

export function readRedirections(nodes: readonly Redirection[], scope: Scope): Redirections {
  const { excerpt } = scope;
  const redirects: Redirect[] = [];
  let stdin: Stdin | undefined;
  let input: Field | undefined;
  for (const node of nodes) {
    const number = node.descriptor?.type === "FileDescriptor" ? node.descriptor.value : undefined;
    if (node.type === "HereDoc") {
      const field = heredocField(node, scope);
      if (number !== undefined && number !== 0) continue;
      input = field;
      stdin = {
        kind: "heredoc",
        content: fieldWord(field, excerpt),
        excerpt: heredocExcerpt(node, excerpt),
        span: excerptSpan(excerpt, node.body.pos, node.closing?.end ?? node.body.end),
      };
    } else if (node.target !== undefined) {
      const field = expandWhole(node.target, scope);
      if (node.type === "HereString") {
        input = field;
        stdin = { kind: "herestring", content: fieldWord(field, excerpt) };
      } else {
        const fd = number ?? (node.operator.startsWith("<") ? 0 : 1);
        const span: Span = excerptSpan(excerpt, node.pos, node.end);
        redirects.push({ operator: node.operator, fd, target: fieldWord(field, excerpt), span });
      }
    }
  }
  return { redirects, ...(stdin === undefined ? {} : { stdin }), ...(input === undefined ? {} : { input }) };
}

function heredocField(node: HereDoc, scope: Scope): Field {
  const field = expandHeredoc(node.body, node.delimiter?.quoted !== true, scope);
  return node.operator === "<<-" ? withoutTabs(field) : field;
}

/** Without the tabs at the beginning of lines that the script itself has (not those of variables). */
function withoutTabs(field: Field): Field {
  let lineStart = true;
  const fragments = field.fragments.flatMap((fragment) => {
    const { piece, start, end } = fragment;
    if (piece.kind === "hole" || piece.text.length !== end - start) {
      lineStart = piece.kind === "text" && piece.text.endsWith("\n");
      return [fragment];
    }
    const parts = piece.text.matchAll(/\t+|[^\n\t]+|\n/g);
    const kept = [];
    for (const { 0: part, index } of parts) {
      if (!(lineStart && part.startsWith("\t"))) {
        kept.push({
          piece: { ...piece, text: part },
          start: start + index,
          end: start + index + part.length,
        });
      }
      lineStart = part === "\n" || (lineStart && part.startsWith("\t"));
    }
    return kept;
  });
  return { ...field, fragments };
}

function heredocExcerpt(node: HereDoc, excerpt: Excerpt): Excerpt {
  const { pos, end } = node.body;
  const spans: Span[] = [];
  for (let at = pos; at < end; ) {
    const newline = excerpt.text.indexOf("\n", at);
    const next = newline < 0 || newline >= end ? end : newline + 1;
    let from = at;
    if (node.operator === "<<-") while (from < next && excerpt.text[from] === "\t") from += 1;
    if (node.operator !== "<<-") {
      spans.push({ start: pos, end });
      break;
    }
    spans.push({ start: from, end: next });
    at = next;
  }
  return composeExcerpt(
    buildExcerpt(excerpt.text, spans.length > 0 ? spans : [{ start: pos, end: pos }]),
    excerpt,
  );
}
