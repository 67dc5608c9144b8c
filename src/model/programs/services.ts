// Starting and stopping services: whatever they write, it is little and not for this tool to know.
import type { Program, ProgramTable } from "../program.ts";

const harmless: Program = () => [];

export const servicePrograms: ProgramTable = {
  service: harmless,
  "invoke-rc.d": harmless,
  "rc-service": harmless,
  supervisorctl: harmless,
  initctl: harmless,
  "update-motd": harmless,
};
