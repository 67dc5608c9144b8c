// The version, as package.json says it.
import { readFileSync } from "node:fs";

/** Works from src/ and from dist/, which both lie beside package.json. */
export function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
