// File contents of a wanted size: the same for the same seed, and not to be compressed away.
import { createCipheriv, createHash } from "node:crypto";

export function filler(seed: string, size: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(size));
}
