// The build context as the model sees it: which files COPY may take, how big they are, what small ones say.

/** What COPY would take for one source. */
export interface Measure {
  /** Bytes of file content; a symbolic link counts nothing, a hardlinked file as often as it stands there. */
  readonly bytes: number;
  readonly files: number;
  /** False when the walk stopped at its limit or at a folder it may not read: `bytes` is then a lower bound. */
  readonly complete: boolean;
}

/**
 * The files of a build context, as BuildKit hands them to the build: all but what .dockerignore takes away. Paths
 * are relative to the context's root, with "/" and without a leading "/" or "./"; a source may be written any way
 * COPY allows it. Links are followed where COPY does it, and never out of the context.
 */
export interface BuildContext {
  /** The folder, as given. */
  readonly root: string;
  /**
   * Bytes and files below a source path or Go-style glob minus .dockerignore and `exclude`; undefined when nothing
   * is there. As in BuildKit, `exclude` counts from each source folder and leaves a source that is a file alone.
   * With `parents` the source is read as COPY --parents does: `**` is any number of folders, `/./` the pivot.
   */
  measure(source: string, exclude?: readonly string[], parents?: boolean): Measure | undefined;
  /** Whether a source (path or glob) exists after .dockerignore. */
  has(source: string): boolean;
  /** Whether a path exists after .dockerignore and is a directory. */
  isDirectory(path: string): boolean;
  /** The paths of the files that a source stands for, at most `limit` of them (in order); for globs and folders. */
  files(source: string, limit: number): readonly string[];
  /** The text of a small file (at most 1 MiB), or undefined; what .dockerignore takes away is not there. */
  read(path: string): string | undefined;
  /** Whether a file or folder that a source stands for has a setuid, setgid or sticky bit. */
  hasSpecialBits?(source: string): boolean;
}
