// Cuts zstd data where decoders need it: follows frames and blocks (RFC 8878, 3.1) without decoding them.

/** Without block boundaries to go by, the decoder is about to refuse the data anyway. */
const blindSlice = 1024;

const dictionaryBytes = [0, 1, 2, 4];
const contentSizeBytes = [0, 2, 4, 8];

export interface SliceLimits {
  /** Blocks in a slice. One becomes 128 KiB at most, from as little as four bytes. */
  readonly blocks: number;
  /** Frames that may end in a slice. */
  readonly frames: number;
}

export interface ZstdSlicer {
  /** Where the slice of `chunk` that starts at `at` should end. To be asked slice by slice, in order. */
  next(chunk: Uint8Array, at: number): number;
  /** Whether the data so far end with a whole frame. */
  complete(): boolean;
}

export function createZstdSlicer(limits: SliceLimits): ZstdSlicer {
  let field: "magic" | "skippable" | "descriptor" | "block" | "lost" = "magic";
  /** Bytes of the field that are there, little-endian, and how many it has. */
  let value = 0;
  let have = 0;
  let want = 4;
  let skip = 0;
  let checksum = 0;
  /** What is skipped is the last of a frame. */
  let ending = false;
  /** Blocks and ends of frames in the slice so far. */
  let blocks = 0;
  let frames = 0;

  function expect(next: typeof field, bytes: number): void {
    field = next;
    want = bytes;
    have = 0;
    value = 0;
  }

  /** A field is whole: what follows it? */
  function whole(): void {
    switch (field) {
      case "magic":
        if (value === 0xfd2fb528) expect("descriptor", 1);
        else if (value >>> 4 === 0x184d2a5) expect("skippable", 4);
        else field = "lost";
        return;
      case "skippable":
        skip = value;
        ending = true;
        expect("magic", 4);
        return;
      case "descriptor": {
        const single = (value & 0x20) !== 0;
        checksum = value & 4;
        const contentSize = value >>> 6 === 0 ? Number(single) : contentSizeBytes[value >>> 6]!;
        skip = Number(!single) + dictionaryBytes[value & 3]! + contentSize;
        expect("block", 3);
        return;
      }
      case "block": {
        const last = (value & 1) !== 0;
        skip = ((value >>> 1) & 3) === 1 ? 1 : value >>> 3;
        blocks++;
        if (last) {
          skip += checksum;
          ending = true;
          expect("magic", 4);
        } else {
          expect("block", 3);
        }
        return;
      }
      case "lost":
        return;
    }
  }

  return {
    next(chunk, start) {
      const end = chunk.length;
      let at = start;
      blocks = 0;
      frames = 0;
      while (at < end) {
        if (field === "lost") return Math.min(end, Math.max(at, start + blindSlice));
        if (skip > 0) {
          const part = Math.min(skip, end - at);
          skip -= part;
          at += part;
        }
        if (ending && skip === 0) {
          ending = false;
          frames++;
        }
        if (at === end) return end;
        if (blocks >= limits.blocks || frames >= limits.frames) return at;
        value = (value | (chunk[at++]! << (8 * have++))) >>> 0;
        if (have === want) whole();
      }
      return end;
    },
    complete: () => field === "magic" && have === 0 && skip === 0,
  };
}
