// Makes wheels that pip and uv install: small, but with real metadata, entry points and RECORD.
import { createHash } from "node:crypto";
import { type ZipFile, zip } from "./zip.ts";

export interface WheelDescription {
  readonly name: string;
  readonly version: string;
  readonly needs?: readonly string[];
  /** Commands: "flashinfer" to "flashinfer.__main__:main". */
  readonly commands?: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string | Buffer>>;
}

export function wheelName({ name, version }: WheelDescription): string {
  return `${name.replaceAll("-", "_")}-${version}-py3-none-any.whl`;
}

export function wheel(description: WheelDescription): Buffer {
  const { name, version, needs = [], commands = {}, files } = description;
  const folder = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  const scripts = Object.entries(commands).map(([command, entry]) => `${command} = ${entry}\n`);
  const all: Record<string, string | Buffer> = {
    ...files,
    [`${folder}/METADATA`]:
      `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n` +
      needs.map((need) => `Requires-Dist: ${need}\n`).join(""),
    [`${folder}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: standin\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ...(scripts.length > 0
      ? { [`${folder}/entry_points.txt`]: `[console_scripts]\n${scripts.join("")}` }
      : {}),
  };
  const entries = Object.entries(all).map(([path, data]): ZipFile => ({ path, data: Buffer.from(data) }));
  const record = entries.map(({ path, data }) => {
    const hash = createHash("sha256").update(data).digest("base64url");
    return `${path},sha256=${hash},${data.length}\n`;
  });
  const recordPath = `${folder}/RECORD`;
  return zip([...entries, { path: recordPath, data: Buffer.from(`${record.join("")}${recordPath},,\n`) }]);
}
