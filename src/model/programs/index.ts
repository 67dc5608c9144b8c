// All programs by name.
import type { Call, Program, ProgramTable } from "../program.ts";
import { apkPrograms } from "./apk.ts";
import { aptPrograms } from "./apt.ts";
import { artifactDownload } from "./artifacts.ts";
import { binaryPrograms } from "./binaries.ts";
import { condaPrograms } from "./conda.ts";
import { copyingPrograms } from "./copying.ts";
import { filePrograms } from "./files.ts";
import { findPrograms } from "./find.ts";
import { metadataPrograms } from "./metadata.ts";
import { otherSystemPrograms } from "./os-other.ts";
import { pipPrograms } from "./pip.ts";
import { PYTHON_NAME, pythonPrograms } from "./python.ts";
import { uvPrograms } from "./uv.ts";

export { redirectEffects } from "./redirects.ts";

const programs: ProgramTable = {
  ...filePrograms,
  ...copyingPrograms,
  ...metadataPrograms,
  ...findPrograms,
  ...binaryPrograms,
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
  if (artifactDownload(call) !== undefined) return artifactProgram;
  const { name } = call;
  if (Object.hasOwn(programs, name)) return programs[name];
  if (PYTHON_NAME.test(name)) return pythonPrograms.python;
  return /^pip[\d.]+$/.test(name) ? pipPrograms.pip : undefined;
}

const artifactProgram: Program = (call) => {
  const download = artifactDownload(call);
  return download === undefined ? undefined : [download];
};
