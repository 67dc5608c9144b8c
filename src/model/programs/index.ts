// All programs by name.
import { render } from "../../shell/word.ts";
import { condaName } from "../names.ts";
import type { Call, Program, ProgramTable } from "../program.ts";
import { accountPrograms } from "./accounts.ts";
import { androidPrograms } from "./android.ts";
import { apkPrograms } from "./apk.ts";
import { aptPrograms } from "./apt.ts";
import { archivePrograms } from "./archives.ts";
import { artifactDownload } from "./artifacts.ts";
import { binaryPrograms } from "./binaries.ts";
import { brewPrograms } from "./brew.ts";
import { browserPrograms } from "./browsers.ts";
import { buildPrograms } from "./build.ts";
import { bunPrograms } from "./bun.ts";
import { cargoPrograms } from "./cargo.ts";
import { compressionPrograms } from "./compression.ts";
import { condaPrograms } from "./conda.ts";
import { copyingPrograms } from "./copying.ts";
import { dnfPrograms } from "./dnf.ts";
import { dotnetPrograms } from "./dotnet.ts";
import { downloadPrograms } from "./downloads.ts";
import { dpkgPrograms } from "./dpkg.ts";
import { fetchPrograms } from "./fetch.ts";
import { filePrograms } from "./files.ts";
import { findPrograms } from "./find.ts";
import { gitPrograms } from "./git.ts";
import { goPrograms } from "./go.ts";
import { condaInstallerProgram, installerPrograms } from "./installers.ts";
import { jupyterPrograms } from "./jupyter.ts";
import { jvmPrograms } from "./jvm.ts";
import { metadataPrograms } from "./metadata.ts";
import { nixPrograms } from "./nix.ts";
import { nodeToolPrograms } from "./node-tools.ts";
import { npmPrograms } from "./npm.ts";
import { otherSystemPrograms } from "./os-other.ts";
import { phpPrograms } from "./php.ts";
import { pipPrograms } from "./pip.ts";
import { pnpmPrograms } from "./pnpm.ts";
import { PYTHON_NAME, pythonPrograms } from "./python.ts";
import { onlyPrints, quietPrograms } from "./quiet.ts";
import { rPrograms } from "./r.ts";
import { rpmPrograms } from "./rpm.ts";
import { rubyPrograms } from "./ruby.ts";
import { rustupPrograms } from "./rustup.ts";
import { scriptDownloads } from "./script-downloads.ts";
import { servicePrograms } from "./services.ts";
import { systemPrograms } from "./system.ts";
import { textPrograms } from "./text.ts";
import { toolchainPrograms } from "./toolchains.ts";
import { uvPrograms } from "./uv.ts";
import { xargsPrograms } from "./xargs.ts";
import { yarnPrograms } from "./yarn.ts";

export { redirectEffects } from "./redirects.ts";

/** Programs that every system has, under names that other programs have, too: `./aws/install`. */
const tools: ProgramTable = {
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
};

const programs: ProgramTable = {
  ...tools,
  ...aptPrograms,
  ...dpkgPrograms,
  ...apkPrograms,
  ...otherSystemPrograms,
  ...rpmPrograms,
  ...dnfPrograms,
  ...nixPrograms,
  ...brewPrograms,
  ...npmPrograms,
  ...yarnPrograms,
  ...pnpmPrograms,
  ...bunPrograms,
  ...nodeToolPrograms,
  ...goPrograms,
  ...cargoPrograms,
  ...rustupPrograms,
  ...rubyPrograms,
  ...phpPrograms,
  ...dotnetPrograms,
  ...rPrograms,
  ...jvmPrograms,
  ...buildPrograms,
  ...toolchainPrograms,
  ...jupyterPrograms,
  ...androidPrograms,
  ...downloadPrograms,
  ...browserPrograms,
  ...servicePrograms,
  ...installerPrograms,
  ...pipPrograms,
  ...uvPrograms,
  ...condaPrograms,
  ...pythonPrograms,
  // Inline scripts first: the translation of python itself knows modules.
  python: (call) => scriptDownloads(call) ?? pythonPrograms.python?.(call),
};

const byName = new Map(Object.entries(programs));

/** The translation of a call: an artifact's download first, for it says more than its program does. */
export function programFor(call: Call): Program | undefined {
  if (onlyPrints(call)) return printing;
  if (artifactDownload(call) !== undefined) return artifactProgram;
  const { name } = call;
  const program = byName.get(name);
  if (program !== undefined) return program === tools[name] && standsElsewhere(call) ? undefined : program;
  if (PYTHON_NAME.test(name)) return programs.python;
  if (condaName(name) !== undefined) return condaInstallerProgram;
  return /^pip[\d.]+$/.test(name) ? pipPrograms.pip : undefined;
}

/** Whether the program is called by a path that is not one of the system's tools. */
function standsElsewhere({ command, name }: Call): boolean {
  const path = command.words[0] === undefined ? "" : render(command.words[0]);
  return path.endsWith(`/${name}`) && !/(^|\/)(s?bin|libexec)\/[^/]+$/.test(path) && path !== `/${name}`;
}

const printing: Program = () => [];

const artifactProgram: Program = (call) => {
  const download = artifactDownload(call);
  return download === undefined ? undefined : [download];
};
