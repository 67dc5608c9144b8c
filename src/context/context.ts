// The build context as the model sees it: which files COPY may take, how big they are, what small ones say.

/** What COPY would take for one source. */
export interface Measure {
  /** Bytes of file content. */
  readonly bytes: number;
  readonly files: number;
  /** False when the walk stopped at its limit: `bytes` is then a lower bound. */
  readonly complete: boolean;
}

/** Paths are relative to the context's root, with "/" and without a leading "/" or "./". */
export interface BuildContext {
  /** The folder, as given. */
  readonly root: string;
  /** Bytes and files below a source path or Go-style glob minus .dockerignore and `exclude`; undefined when nothing is there. */
  measure(source: string, exclude?: readonly string[]): Measure | undefined;
  /** Whether a source (path or glob) exists after .dockerignore. */
  has(source: string): boolean;
  /** Whether a path exists and is a directory. */
  isDirectory(path: string): boolean;
  /** The paths of the files that a source stands for, at most `limit` of them (in order); for globs and folders. */
  files(source: string, limit: number): readonly string[];
  /** The text of a small file (at most 1 MiB), or undefined. Never follows a link out of the context. */
  read(path: string): string | undefined;
}
