// Which file names stand for Dockerfiles.

/** Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile*: but not the ignore files that may stand beside them. */
export function isDockerfileName(name: string): boolean {
  if (/\.(docker|container)ignore$/i.test(name)) return false;
  return /^[Dd]ockerfile$|^Dockerfile\.|.\.[Dd]ockerfile$|^Containerfile/.test(name);
}
