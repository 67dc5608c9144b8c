// Kinds of entries as small numbers, for columns and hot loops.

import type { EntryKind } from "./entries.ts";

/** Kinds by code. */
export const kinds: readonly EntryKind[] = [
  "file",
  "directory",
  "symlink",
  "hardlink",
  "character-device",
  "block-device",
  "fifo",
  "whiteout",
  "opaque",
];

export const KindCode = {
  FILE: 0,
  DIRECTORY: 1,
  SYMLINK: 2,
  HARDLINK: 3,
  CHARACTER_DEVICE: 4,
  BLOCK_DEVICE: 5,
  FIFO: 6,
  WHITEOUT: 7,
  OPAQUE: 8,
} as const;
