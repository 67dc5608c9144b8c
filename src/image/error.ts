// The one error an image can end in: a sentence on one line, safe to print.

/** Something in or about an image that cannot be read. `message` is one line without control characters. */
export class ImageError extends Error {
  override name = "ImageError";

  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}

/** Control characters, line breaks and invisible direction marks as escapes, cut after 500 characters. */
export function oneLine(text: string): string {
  const escaped = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => {
      const code = character.charCodeAt(0);
      if (character === "\n") return "\\n";
      if (character === "\t") return "\\t";
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
    },
  );
  return escaped.length > 500 ? `${escaped.slice(0, 499)}…` : escaped;
}
