// The parts of an expanded word, and what is known of the variables in it.

/** What is known of a variable: its value, an id for a value that only the build knows, or that it is unset. */
export type Lookup = (name: string) => { readonly known: string } | { readonly hole: string } | undefined;

/**
 * A part of an expanded word: text, or a hole whose value is not known. Equal hole ids mean equal values; `text`
 * is then the source, such as `${VERSION%.*}`.
 */
export type WordPiece =
  | { readonly text: string; readonly hole?: undefined }
  | { readonly text: string; readonly hole: string };

/** The text of an expansion, or undefined when it has holes. */
export function knownText(pieces: readonly WordPiece[]): string | undefined {
  let text = "";
  for (const piece of pieces) {
    if (piece.hole !== undefined) return undefined;
    text += piece.text;
  }
  return text;
}

/** Text for keeping as written, and for hole ids: equal renderings mean equal values. */
export function rendered(pieces: readonly WordPiece[]): string {
  return pieces.map((piece) => (piece.hole === undefined ? piece.text : `\${${piece.hole}}`)).join("");
}

/** Adds pieces, joining neighbouring texts and leaving out empty ones. */
export function push(pieces: WordPiece[], added: readonly WordPiece[]): void {
  for (const piece of added) {
    const last = pieces.at(-1);
    if (piece.hole !== undefined) pieces.push(piece);
    else if (piece.text === "") continue;
    else if (last !== undefined && last.hole === undefined)
      pieces[pieces.length - 1] = { text: last.text + piece.text };
    else pieces.push(piece);
  }
}
