// Matches paths of an image, which are absolute, against globs.
import picomatch from "picomatch";

/** Whether a path matches any of the globs: from the root of the image, `**` for any number of folders. */
export function anyGlob(globs: readonly string[]): (path: string) => boolean {
  // `s`, because a name may have a line break in it.
  return picomatch([...globs], { dot: true, flags: "s" });
}
