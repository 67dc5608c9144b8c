// Writes tar archives of every dialect, right and wrong, byte by byte: the tests' own, independent of the readers.

export interface TarEntry {
  readonly name: string;
  /** The type flag; "0" by default, "5" for names that end in "/". "\0" is the flag of old tars. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly link?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  /** What the size field says, if not the content's length. */
  readonly size?: number;
  readonly prefix?: string;
  /** "ustar" by default. */
  readonly magic?: "ustar" | "gnu" | "v7" | "star";
  readonly base256?: boolean;
  /** Records of a local PAX header before it. */
  readonly pax?: Readonly<Record<string, string | Uint8Array>> | readonly (readonly [string, string])[];
  /** GNU "L" and "K" entries before it. */
  readonly longName?: boolean;
  readonly longLink?: boolean;
  /** Changes the finished header block before its checksum is made. */
  readonly patch?: (header: Buffer) => void;
  /** Changes it afterwards. */
  readonly spoil?: (header: Buffer) => void;
  /** Blocks between header and payload: maps of old GNU sparse files. */
  readonly blocks?: readonly Buffer[];
}

const BLOCK = 512;

/** Big-endian two's complement over the whole field, the top bit set as the mark. */
function base256(value: number, length: number): Buffer {
  const field = Buffer.alloc(length);
  let rest = BigInt(value);
  for (let i = length - 1; i >= 0; i--) {
    field[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  field[0]! |= 0x80;
  return field;
}

function octal(value: number, length: number): Buffer {
  const digits = Math.trunc(value).toString(8);
  return digits.length < length
    ? Buffer.from(`${digits.padStart(length - 1, "0")}\0`, "latin1")
    : base256(value, length);
}

export function checksum(header: Buffer): void {
  header.fill(" ", 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

function header(entry: TarEntry, type: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const number = entry.base256 === true ? base256 : octal;
  block.write(entry.name, 0, 100);
  number(entry.mode ?? 0o644, 8).copy(block, 100);
  number(entry.uid ?? 0, 8).copy(block, 108);
  number(entry.gid ?? 0, 8).copy(block, 116);
  number(size, 12).copy(block, 124);
  number(entry.mtime ?? 0, 12).copy(block, 136);
  block.write(type, 156, "latin1");
  if (entry.link !== undefined) block.write(entry.link, 157, 100);
  const magic = entry.magic ?? "ustar";
  if (magic === "gnu") block.write("ustar  \0", 257, "latin1");
  else if (magic !== "v7") block.write("ustar\x0000", 257, "latin1");
  if (magic === "star") block.write("tar\0", 508, "latin1");
  if (entry.prefix !== undefined) block.write(entry.prefix, 345, 155);
  entry.patch?.(block);
  checksum(block);
  entry.spoil?.(block);
  return block;
}

export function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)]);
}

/** "30 mtime=1700000000.25\n": the length counts itself. */
export function paxRecord(key: string, value: string | Uint8Array): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from("\n")]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

/** A PAX header with these records: "x" for the next entry, "g" for all that follow. */
export function paxHeader(type: "x" | "g", records: NonNullable<TarEntry["pax"]>): Buffer {
  const pairs = Array.isArray(records) ? records : Object.entries(records);
  const body = Buffer.concat(pairs.map(([key, value]) => paxRecord(key, value)));
  return Buffer.concat([header({ name: "././@PaxHeader" }, type, body.length), padded(body)]);
}

function longField(type: "L" | "K", text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  return Buffer.concat([header({ name: "././@LongLink", magic: "gnu" }, type, body.length), padded(body)]);
}

/** One entry with all that belongs to it, padded. */
export function tarEntry(entry: TarEntry): Buffer {
  const content = Buffer.from((entry.content ?? "") as string);
  const type = entry.type ?? (entry.name.endsWith("/") ? "5" : "0");
  return Buffer.concat([
    ...(entry.pax === undefined ? [] : [paxHeader("x", entry.pax)]),
    ...(entry.longLink === true ? [longField("K", entry.link ?? "")] : []),
    ...(entry.longName === true ? [longField("L", entry.name)] : []),
    header(entry, type, entry.size ?? content.length),
    ...(entry.blocks ?? []),
    padded(content),
  ]);
}

export const tarEnd = Buffer.alloc(2 * BLOCK);

/** A whole archive; a Buffer among the entries is taken as it is. */
export function tar(entries: readonly (TarEntry | Buffer)[], end: Buffer = tarEnd): Buffer {
  return Buffer.concat([...entries.map((entry) => (Buffer.isBuffer(entry) ? entry : tarEntry(entry))), end]);
}

/** Offsets and lengths as old GNU sparse maps have them: pairs of 12-byte octal fields. */
export function sparsePairs(pairs: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat(pairs.flat().map((value) => octal(value, 12)));
}

export { octal };
