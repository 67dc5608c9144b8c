// All programs by name.
import type { Call, Program, ProgramTable } from "../program.ts";
import { accountPrograms } from "./accounts.ts";
import { apkPrograms } from "./apk.ts";
import { aptPrograms } from "./apt.ts";
import { archivePrograms } from "./archives.ts";
import { artifactDownload } from "./artifacts.ts";
import { binaryPrograms } from "./binaries.ts";
import { compressionPrograms } from "./compression.ts";
import { condaPrograms } from "./conda.ts";
import { copyingPrograms } from "./copying.ts";
import { fetchPrograms } from "./fetch.ts";
import { filePrograms } from "./files.ts";
import { findPrograms } from "./find.ts";
import { gitPrograms } from "./git.ts";
import { metadataPrograms } from "./metadata.ts";
import { otherSystemPrograms } from "./os-other.ts";
import { pipPrograms } from "./pip.ts";
import { PYTHON_NAME, pythonPrograms } from "./python.ts";
import { onlyPrints, quietPrograms } from "./quiet.ts";
import { systemPrograms } from "./system.ts";
import { textPrograms } from "./text.ts";
import { uvPrograms } from "./uv.ts";
import { xargsPrograms } from "./xargs.ts";

export { redirectEffects } from "./redirects.ts";

const programs: ProgramTable = {
  ...quietPrograms,
  ...filePrograms,
  ...copyingPrograms,
  ...metadataPrograms,
  ...findPrograms,
  ...xargsPrograms,
  ...textPrograms,
  ...archivePrograms,
  ...compressionPrograms,
  ...binaryPrograms,
  ...fetchPrograms,
  ...gitPrograms,
  ...accountPrograms,
  ...systemPrograms,
  ...aptPrograms,
  ...apkPrograms,
  ...otherSystemPrograms,
  ...pipPrograms,
  ...uvPrograms,
  ...condaPrograms,
  ...pythonPrograms,
};

/** The translation of a call: an artifact's download first, for it says more than its program does. */
export function programFor(call: Call): Program | undefined {
  if (onlyPrints(call)) return printing;
  if (artifactDownload(call) !== undefined) return artifactProgram;
  const { name } = call;
  if (Object.hasOwn(programs, name)) return programs[name];
  if (PYTHON_NAME.test(name)) return pythonPrograms.python;
  return /^pip[\d.]+$/.test(name) ? pipPrograms.pip : undefined;
}

const printing: Program = () => [];

const artifactProgram: Program = (call) => {
  const download = artifactDownload(call);
  return download === undefined ? undefined : [download];
};
