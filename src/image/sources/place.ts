// Where on disk an image lies: the path in a name, and the files there.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** "app.tar:app:1" is the file app.tar and the image app:1; but a file may have colons in its name. */
export function splitPath(rest: string): { readonly path: string; readonly reference: string | undefined } {
  if (existsSync(rest)) return { path: rest, reference: undefined };
  for (let at = rest.indexOf(":"); at > 0; at = rest.indexOf(":", at + 1)) {
    const path = rest.slice(0, at);
    if (existsSync(path)) return { path, reference: rest.slice(at + 1) || undefined };
  }
  return { path: rest, reference: undefined };
}

/** How OCI layouts and unpacked archives of `docker save` call their files and folders; others may stand beside them. */
const partName =
  /^(?:blobs|oci-layout|(?:index|manifest|config)\.json|repositories|(?:sha256:)?[0-9a-f]{64}.*)$/;

/** The archive, or all files of the images in a folder, whichever of them is meant. Links are followed. */
export function filesAt(path: string): readonly string[] {
  if (!isFolder(path)) return [path];
  return names(path)
    .filter((name) => partName.test(name))
    .flatMap((name) => filesBelow(join(path, name), 2));
}

/** Of "blobs" those in "blobs/sha256": a bound, because links may lead round. */
function filesBelow(path: string, depth: number): readonly string[] {
  if (depth === 0 || !isFolder(path)) return [path];
  return names(path).flatMap((name) => filesBelow(join(path, name), depth - 1));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** None where a folder may not be read: reading the image will tell. */
function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
