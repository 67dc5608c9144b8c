// Reads the rows of one table of an SQLite database held in memory, as far as rpm's database needs it.

/** A column: NULL is undefined; integers are left out where a row id stands for them. */
export type Value = string | number | Uint8Array | undefined;

/**
 * The rows of a table, in order of their ids. Follows https://www.sqlite.org/fileformat2.html: table b-trees with
 * overflow pages; indexes, WITHOUT ROWID tables and a write-ahead log are not read. A damaged file ends early or
 * throws RangeError.
 */
export function* tableRows(file: Uint8Array, table: string): Iterable<readonly Value[]> {
  const database = openDatabase(file);
  if (database === undefined) return;
  for (const row of leafRows(database, 1)) {
    const [type, name, , root] = row;
    if (type === "table" && name === table && typeof root === "number") yield* leafRows(database, root);
  }
}

interface Database {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly pageSize: number;
  /** A page without the bytes that extensions keep at its end. */
  readonly usable: number;
}

function openDatabase(bytes: Uint8Array): Database | undefined {
  if (bytes.length < 512 || new TextDecoder().decode(bytes.subarray(0, 15)) !== "SQLite format 3")
    return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pageSize = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  return { bytes, view, pageSize, usable: pageSize - bytes[20]! };
}

function* leafRows(database: Database, root: number): Iterable<readonly Value[]> {
  const { view, pageSize } = database;
  const seen = new Set<number>(); // a damaged tree may lead back to itself
  const pages = [root];
  for (let page = pages.pop(); page !== undefined; page = pages.pop()) {
    if (page === 0 || seen.has(page)) continue;
    seen.add(page);
    const start = (page - 1) * pageSize;
    const header = page === 1 ? start + 100 : start;
    const interior = view.getUint8(header) === 0x05;
    if (!interior && view.getUint8(header) !== 0x0d) continue;
    const cells = view.getUint16(header + 3);
    const pointers = header + (interior ? 12 : 8);
    if (interior) {
      pages.push(view.getUint32(header + 8));
      for (let cell = cells - 1; cell >= 0; cell--) {
        pages.push(view.getUint32(start + view.getUint16(pointers + cell * 2)));
      }
      continue;
    }
    for (let cell = 0; cell < cells; cell++) {
      yield record(payload(database, start + view.getUint16(pointers + cell * 2)));
    }
  }
}

/** The bytes of a leaf cell, gathered from its overflow pages where it has some. */
function payload(database: Database, cell: number): Uint8Array {
  const { bytes, view, pageSize, usable } = database;
  const [length, afterLength] = varint(bytes, cell);
  const [, at] = varint(bytes, afterLength);
  if (length > bytes.length) throw new RangeError("a row longer than its database");
  const most = usable - 35;
  if (length <= most) return bytes.subarray(at, at + length);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const spread = least + ((length - least) % (usable - 4));
  const local = spread <= most ? spread : least;
  const whole = new Uint8Array(length);
  whole.set(bytes.subarray(at, at + local));
  let page = view.getUint32(at + local);
  for (let done = local; done < length && page !== 0; done += usable - 4) {
    const start = (page - 1) * pageSize;
    whole.set(bytes.subarray(start + 4, start + 4 + Math.min(usable - 4, length - done)), done);
    page = view.getUint32(start);
  }
  return whole;
}

function record(bytes: Uint8Array): Value[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [headerLength, first] = varint(bytes, 0);
  const values: Value[] = [];
  let at = headerLength;
  for (let header = first; header < headerLength; ) {
    const [type, next] = varint(bytes, header);
    header = next;
    const length = type >= 12 ? Math.floor((type - 12) / 2) : (lengths[type] ?? 0);
    values.push(value(view, bytes.subarray(at, at + length), type, at));
    at += length;
  }
  return values;
}

/** Bytes of the serial types below 12. */
const lengths = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

function value(view: DataView, bytes: Uint8Array, type: number, at: number): Value {
  if (type === 0) return undefined;
  if (type === 7) return view.getFloat64(at);
  if (type === 8 || type === 9) return type - 8;
  if (type >= 12) return type % 2 === 0 ? bytes : new TextDecoder().decode(bytes);
  let number = bytes[0]! >= 0x80 ? -1 : 0;
  for (const byte of bytes) number = number * 256 + byte;
  return number;
}

/** A big-endian number in seven-bit groups, and where the next one begins. Nine bytes at most. */
function varint(bytes: Uint8Array, at: number): [number, number] {
  let number = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new RangeError("a number beyond the end of its database");
    if (index === 8) return [number * 256 + byte, at + 9];
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) return [number, at + index + 1];
  }
  return [number, at + 9];
}
