// An error that a person can act on: told in one line, without a stack.

/** Something that could not be done as asked; `message` is one line for the person who asked. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Why the system refused, in words: "no such file", "permission denied". */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && reasons[code]) || code || message;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EISDIR: "is a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space left",
  EROFS: "read-only file system",
  EMFILE: "too many open files",
  EIO: "input/output error",
  ENXIO: "no such device",
};
