// Which file names stand for Dockerfiles.

/**
 * Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile*: but not the ignore files that may stand beside them, nor what
 * editors and merges leave there, which nobody builds and a fix must not touch.
 */
export function isDockerfileName(name: string): boolean {
  if (/\.(docker|container)ignore$|~$|\.(bak|orig|rej|swp)$/i.test(name)) return false;
  return /^[Dd]ockerfile$|^Dockerfile\.|.\.[Dd]ockerfile$|^Containerfile/.test(name);
}
