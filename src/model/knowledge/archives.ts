// What well-known archives hold at their top: so that unpacking one into a folder is not taken to fill all of it.
import { z } from "zod";

export const archiveFactSchema = z
  .strictObject({
    /** A regular expression for the file's name in its address. */
    name: z.string().min(1),
    /** The folders at its top. */
    holds: z.array(z.string().min(1)).min(1),
    /** At least 50 MB unpacked in every version. */
    large: z.boolean().default(false),
    source: z.string(),
  })
  .describe("An archive by its name: the folders it holds");

const ANDROID = "dl.google.com/android/repository";

export const archiveFacts: readonly z.input<typeof archiveFactSchema>[] = [
  { name: "^(sdk-tools|tools)[-_]", holds: ["tools"], large: true, source: ANDROID },
  { name: "^commandlinetools-", holds: ["cmdline-tools"], large: true, source: ANDROID },
  { name: "^emulator-", holds: ["emulator"], large: true, source: ANDROID },
  { name: "^platform-tools[-_]", holds: ["platform-tools"], source: ANDROID },
  {
    name: "^android-ndk-(r\\w+?)-(linux|darwin|windows)",
    holds: ["android-ndk-$1"],
    large: true,
    source: ANDROID,
  },
  { name: "^go\\d[\\w.]*\\.linux-", holds: ["go"], large: true, source: "go.dev/dl" },
  { name: "^awscli(v2|-exe-linux)", holds: ["aws"], large: true, source: "awscli.amazonaws.com" },
  {
    name: "^google-cloud-(sdk|cli)-",
    holds: ["google-cloud-sdk"],
    large: true,
    source: "cloud.google.com/sdk/docs",
  },
  { name: "^(apache-maven-[\\d.]+)-bin", holds: ["$1"], source: "maven.apache.org/download" },
  { name: "^(gradle-[\\d.]+)-(bin|all)", holds: ["$1"], large: true, source: "gradle.org/releases" },
  { name: "^(node-v[\\d.]+-linux-\\w+)\\.tar", holds: ["$1"], large: true, source: "nodejs.org/dist" },
];

let parsed: readonly { expression: RegExp; holds: readonly string[]; large: boolean }[] | undefined;

/** The folders at the top of the archive that an address or a path names; undefined when they are not known. */
export function archiveContent(address: string): { folders: readonly string[]; large: boolean } | undefined {
  const name =
    address
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? "";
  parsed ??= archiveFacts.map((entry) => {
    const { name: pattern, holds, large } = archiveFactSchema.parse(entry);
    return { expression: new RegExp(pattern), holds, large };
  });
  for (const { expression, holds, large } of parsed) {
    const match = expression.exec(name);
    if (match !== null)
      return { folders: holds.map((folder) => folder.replace("$1", match[1] ?? "")), large };
  }
  return undefined;
}
