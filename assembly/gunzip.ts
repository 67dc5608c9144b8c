// Inflates gzip (RFC 1952, RFC 1951) in WebAssembly: AssemblyScript, which `npm run assembly` compiles into src. All
// that is known between two calls lies in the memory, so that an instance with a copy of it can go on.

/** CRC-32 of the bytes from one address to another, behind bytes whose checksum is given: Node has a faster one. */
declare function crc32(from: usize, to: usize, checksum: u32): u32;

/** What a call of `run` comes back with, besides the errors. */
const wantsInput: i32 = 0;
const outputFull: i32 = 1;
const ended: i32 = 2;

/** Errors; src/image/blob/gunzip-decoder.ts has their words, in this order. */
const truncated: i32 = -1;
const badHeader: i32 = -2;
const badHeaderChecksum: i32 = -3;
const badBlockType: i32 = -4;
const badStoredLength: i32 = -5;
const badCodeCounts: i32 = -6;
const badCodeLengths: i32 = -7;
const badCodes: i32 = -8;
const badSymbol: i32 = -9;
const badDistance: i32 = -10;
const badChecksum: i32 = -11;
const badLength: i32 = -12;

/** What comes next in the data. The first ones are fields of a member's header. */
const fixedFields: u32 = 0;
const extraLength: u32 = 1;
const extraField: u32 = 2;
const fileName: u32 = 3;
const comment: u32 = 4;
const headerChecksum: u32 = 5;
const blockHeader: u32 = 6;
const storedBytes: u32 = 7;
const symbols: u32 = 8;
const trailer: u32 = 9;
const nextMember: u32 = 10;
const nothing: u32 = 11;

const hasHeaderChecksum: u32 = 2;
const hasExtraField: u32 = 4;
const hasFileName: u32 = 8;
const hasComment: u32 = 16;

@unmanaged
class State {
  /** Input that is not taken, and whether none will follow. */
  inputAt: usize;
  inputEnd: usize;
  lastInput: bool;
  /** Bits taken from the input and not used, lowest first. Above `bitCount` there may be some more, right ones. */
  bits: u64;
  bitCount: u32;
  /** Where the next byte of output goes. */
  outputAt: usize;
  /** The first byte that a distance may reach. */
  historyFrom: usize;
  /** Output before it is in `checksum` and `length`, those of the member so far. */
  checkedTo: usize;
  checksum: u32;
  length: u32;
  phase: u32;
  /** Of the member's header: its flags, bytes of the field that are there, and what the field is about. */
  flags: u32;
  have: u32;
  value: u32;
  lastBlock: bool;
  storedLeft: u32;
  /** The tables are those of the fixed codes. */
  fixedCodes: bool;
}

/**
 * Tables of codes: entries of 32 bits by the next bits of the input, as many as `literalBits` or `distanceBits`. Longer
 * codes have a table of their own for the bits behind them. The sizes are the most that codes of 15 bits can need.
 *
 * An entry, from the lowest bit: the count of bits to take, code and extra bits (8 bits); the count of the code's bits
 * (4); `subtable`, `endOfBlock` and `special`; the literal, or the least length or distance (15); `literal`.
 * The entry of a subtable has its count of bits for that of the code's, and its first entry for the base.
 */
const literalBits: u32 = 11;
const distanceBits: u32 = 8;
const lengthBits: u32 = 7;
const literalMask: u32 = (1 << literalBits) - 1;
const distanceMask: u32 = (1 << distanceBits) - 1;
const lengthMask: u32 = (1 << lengthBits) - 1;
const literalEntries: u32 = 2342;
const distanceEntries: u32 = 402;
const countMask: u32 = 0x3f;
const endOfBlock: u32 = 0x2000;
const subtable: u32 = 0x4000;
const special: u32 = 0x8000;
const literal: u32 = 0x80000000;
/** No code begins like that. */
const invalid: u32 = special | subtable | endOfBlock;

/** Kinds of codes. */
const ofLiterals: u32 = 0;
const ofDistances: u32 = 1;
const ofLengths: u32 = 2;

const state = changetype<State>(1024);
const literalTable: usize = 2048;
const distanceTable: usize = literalTable + 4 * literalEntries;
const lengthTable: usize = distanceTable + 4 * distanceEntries;
/** Lengths of codes, by symbol, and room for a run of zeros too many. */
const codeLengths: usize = lengthTable + (4 << lengthBits);
const sortedSymbols: usize = codeLengths + 512;
/** How many codes have a length, and where the next symbol of that length goes. */
const lengthCounts: usize = sortedSymbols + 2 * 320;
const lengthPlaces: usize = lengthCounts + 4 * 16;
const inputFrom: usize = 0x8000;
const inputSize: usize = 0x40000 + 0x1000;
/** Before the output there is what came before it. */
const windowSize: usize = 0x8000;
const outputStart: usize = inputFrom + inputSize + windowSize;
const outputSize: usize = 0x40000;

/** How far behind the end of a match its copy may write, and the longest match with the literals before it. */
const outputMargin: usize = 320;
/** Two times eight bytes are loaded for a symbol. */
const inputMargin: usize = 16;
/** No header of a block is longer: 17 bits, 19 of 3 bits and 316 code lengths of at most 14 bits. */
const headerMargin: usize = 640;

/** Begins a stream; the memory may have had another one. */
export function start(): void {
  memory.fill(changetype<usize>(state), 0, offsetof<State>());
  state.inputAt = inputFrom;
  state.inputEnd = inputFrom;
  state.outputAt = outputStart;
  state.historyFrom = outputStart;
  state.checkedTo = outputStart;
  state.checksum = 0;
}

/** Where more input goes. */
export function inputPlace(): usize {
  // Whole bytes go back, for those before the place are gone then.
  state.inputAt -= state.bitCount >> 3;
  state.bitCount &= 7;
  state.bits &= (1 << state.bitCount) - 1;
  const left = state.inputEnd - state.inputAt;
  memory.copy(inputFrom, state.inputAt, left);
  state.inputAt = inputFrom;
  state.inputEnd = inputFrom + left;
  return state.inputEnd;
}

/** How much fits there. */
export function inputRoom(): usize {
  return inputFrom + inputSize - inputMargin * 2 - state.inputEnd;
}

/** So many bytes were put there. */
export function addInput(count: usize): void {
  state.inputEnd += count;
}

/** There is no more. */
export function endInput(): void {
  // What is loaded beyond the end counts only when it turns out that it was not needed.
  memory.fill(state.inputEnd, 0, inputMargin * 2);
  state.lastInput = true;
}

export function outputFrom(): usize {
  return outputStart;
}

export function outputTo(): usize {
  return state.outputAt;
}

/** Makes room for output: what is there was read. */
export function slide(): void {
  const outputAt = state.outputAt;
  const history = min<usize>(outputAt - state.historyFrom, windowSize);
  memory.copy(outputStart - history, outputAt - history, history);
  state.outputAt = outputStart;
  state.checkedTo = outputStart;
  state.historyFrom = outputStart - history;
}

/** Inflates until the input or the room for output is used up. */
export function run(): i32 {
  const result = work();
  check();
  return result;
}

function work(): i32 {
  let result = goOn;
  while (result === goOn) {
    result = step();
    if (state.lastInput) {
      // What lies behind the end is none of the data.
      if (state.inputAt - (state.bitCount >> 3) > state.inputEnd || result === wantsInput) return truncated;
    }
  }
  return result;
}

function step(): i32 {
  const phase = state.phase;
  if (phase < blockHeader) return memberHeader();
  if (phase === blockHeader) return block();
  if (phase === storedBytes) return copyStored();
  if (phase === symbols) return inflate();
  if (phase === trailer) return memberTrailer();
  if (phase === nextMember) return beginNext();
  return ended;
}

/** A phase is over. */
const goOn: i32 = 3;

function enter(phase: u32): i32 {
  state.phase = phase;
  state.have = 0;
  state.value = 0;
  return goOn;
}

/** Byte by byte: its fields have any length. */
function memberHeader(): i32 {
  while (state.inputAt < state.inputEnd) {
    const byte = <u32>load<u8>(state.inputAt);
    state.inputAt++;
    const field = state.phase;
    if (field === headerChecksum) {
      state.value |= byte << (8 * state.have);
      if (++state.have < 2) continue;
      if (state.value !== (state.checksum & 0xffff)) return badHeaderChecksum;
      return beginMember();
    }
    state.checksum = crc32(state.inputAt - 1, state.inputAt, state.checksum);
    let done = byte === 0;
    if (field === fixedFields) {
      if (state.have === 0 && byte !== 0x1f) return badHeader;
      if (state.have === 1 && byte !== 0x8b) return badHeader;
      if (state.have === 2 && byte !== 8) return badHeader;
      if (state.have === 3) {
        if (byte > 0x1f) return badHeader;
        state.flags = byte;
      }
      done = ++state.have === 10;
    } else if (field === extraLength) {
      state.value |= byte << (8 * state.have);
      done = ++state.have === 2;
    } else if (field === extraField) {
      done = --state.value === 0;
    }
    if (done && nextField()) return beginMember();
  }
  return wantsInput;
}

/** Whether the header has no more fields. */
function nextField(): bool {
  const flags = state.flags;
  let field = state.phase;
  const extra = field === extraLength ? state.value : 0;
  do {
    field++;
  } while (
    (field === extraLength && (flags & hasExtraField) === 0) ||
    (field === extraField && extra === 0) ||
    (field === fileName && (flags & hasFileName) === 0) ||
    (field === comment && (flags & hasComment) === 0) ||
    (field === headerChecksum && (flags & hasHeaderChecksum) === 0)
  );
  enter(field);
  state.value = extra;
  return field === blockHeader;
}

function beginMember(): i32 {
  state.checksum = 0;
  state.length = 0;
  state.lastBlock = false;
  state.historyFrom = state.outputAt;
  state.checkedTo = state.outputAt;
  return enter(blockHeader);
}

function endBlock(): i32 {
  if (!state.lastBlock) return enter(blockHeader);
  dropToByte();
  return enter(trailer);
}

/** Gives whole bytes back, and drops the bits before them. */
function dropToByte(): void {
  state.inputAt -= state.bitCount >> 3;
  state.bits = 0;
  state.bitCount = 0;
}

function memberTrailer(): i32 {
  if (state.inputAt + 8 > state.inputEnd) return wantsInput;
  check();
  if (load<u32>(state.inputAt) !== state.checksum) return badChecksum;
  if (load<u32>(state.inputAt + 4) !== state.length) return badLength;
  state.inputAt += 8;
  return enter(nextMember);
}

/** Zeros behind a member are padding, as gzip takes it. */
function beginNext(): i32 {
  if (state.inputAt === state.inputEnd) {
    if (!state.lastInput) return wantsInput;
    return enter(nothing);
  }
  if (load<u8>(state.inputAt) === 0) return enter(nothing);
  state.checksum = 0;
  return enter(fixedFields);
}

// ---- bits

/** Makes it 57 bits at least. */
function refill(): void {
  while (state.bitCount <= 56) {
    state.bits |= (<u64>load<u8>(state.inputAt)) << state.bitCount;
    state.inputAt++;
    state.bitCount += 8;
  }
}

function take(count: u32): u32 {
  const value = <u32>state.bits & ((1 << count) - 1);
  state.bits >>= count;
  state.bitCount -= count;
  return value;
}

// ---- blocks

function block(): i32 {
  if (!state.lastInput && state.inputAt + headerMargin > state.inputEnd) return wantsInput;
  if (state.lastInput && state.inputAt - (state.bitCount >> 3) >= state.inputEnd) return truncated;
  refill();
  state.lastBlock = take(1) !== 0;
  const type = take(2);
  if (type === 0) {
    dropToByte();
    const length = <u32>load<u16>(state.inputAt);
    const complement = <u32>load<u16>(state.inputAt + 2);
    if ((length ^ complement) !== 0xffff) return badStoredLength;
    state.inputAt += 4;
    state.storedLeft = length;
    return enter(storedBytes);
  }
  if (type === 3) return badBlockType;
  const result = type === 1 ? fixedTables() : dynamicTables();
  return result === goOn ? enter(symbols) : result;
}

function copyStored(): i32 {
  const room = outputStart + outputSize - state.outputAt;
  const count = min<usize>(min<usize>(state.storedLeft, room), state.inputEnd - state.inputAt);
  memory.copy(state.outputAt, state.inputAt, count);
  state.outputAt += count;
  state.inputAt += count;
  state.storedLeft -= <u32>count;
  if (state.storedLeft === 0) return endBlock();
  return count === room ? outputFull : wantsInput;
}

function fixedTables(): i32 {
  if (state.fixedCodes) return goOn;
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  makeTable(ofLiterals, codeLengths, 288);
  memory.fill(codeLengths, 5, 32);
  makeTable(ofDistances, codeLengths, 32);
  state.fixedCodes = true;
  return goOn;
}

function dynamicTables(): i32 {
  state.fixedCodes = false;
  const literals = take(5) + 257;
  const distances = take(5) + 1;
  const lengths = take(4) + 4;
  if (literals > 286 || distances > 30) return badCodeCounts;
  memory.fill(codeLengths, 0, 19);
  for (let i: u32 = 0; i < lengths; i++) {
    refill();
    store<u8>(codeLengths + lengthSymbol(i), <u8>take(3));
  }
  if (!makeTable(ofLengths, codeLengths, 19)) return badCodeLengths;

  const count = literals + distances;
  for (let i: u32 = 0; i < count; ) {
    refill();
    const entry = load<u32>(lengthTable + ((<usize>state.bits & lengthMask) << 2));
    take(entry & countMask);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(codeLengths + i, <u8>symbol);
      i++;
      continue;
    }
    if (symbol === 16 && i === 0) return badCodeLengths;
    const length = symbol === 16 ? load<u8>(codeLengths + i - 1) : 0;
    const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
    if (i + times > count) return badCodeLengths;
    memory.fill(codeLengths + i, length, times);
    i += times;
  }
  // Without an end there is no block.
  if (load<u8>(codeLengths + 256) === 0) return badCodes;
  if (!makeTable(ofLiterals, codeLengths, literals)) return badCodes;
  if (!makeTable(ofDistances, codeLengths + literals, distances)) return badCodes;
  return goOn;
}

/** The order in which lengths of code lengths are given: 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, … 14, 1, 15. */
function lengthSymbol(place: u32): u32 {
  if (place < 3) return 16 + place;
  if (place === 3) return 0;
  return (place & 1) === 0 ? 8 + ((place - 4) >> 1) : 7 - ((place - 5) >> 1);
}

// ---- tables

/** Whether the codes are good: complete, or a single one of one bit, or, for distances, none. */
function makeTable(kind: u32, lengths: usize, count: u32): bool {
  const table = kind === ofLiterals ? literalTable : kind === ofDistances ? distanceTable : lengthTable;
  const rootBits: u32 = kind === ofLiterals ? literalBits : kind === ofDistances ? distanceBits : lengthBits;
  const rootSize: u32 = 1 << rootBits;
  memory.fill(lengthCounts, 0, 64);
  for (let i: u32 = 0; i < count; i++) {
    const place = lengthCounts + ((<usize>load<u8>(lengths + i)) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }

  let free: i32 = 1;
  let used: u32 = 0;
  let longest: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const these = load<u32>(lengthCounts + (length << 2));
    store<u32>(lengthPlaces + (length << 2), used);
    used += these;
    free = (free << 1) - <i32>these;
    if (free < 0) return false;
    if (these > 0) longest = length;
  }
  if (free > 0) {
    if (kind === ofLengths || longest > 1 || (kind === ofLiterals && used === 0)) return false;
    for (let i: u32 = 0; i < rootSize; i++) store<u32>(table + (i << 2), invalid);
  }
  for (let i: u32 = 0; i < count; i++) {
    const length = <u32>load<u8>(lengths + i);
    if (length === 0) continue;
    const place = lengthPlaces + (length << 2);
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u16>(sortedSymbols + (at << 1), <u16>i);
  }

  let code: u32 = 0;
  let next: usize = sortedSymbols;
  /** The subtable that is being filled: the bits that lead to it, its first entry and its size. */
  let prefix: u32 = u32.MAX_VALUE;
  let first: u32 = rootSize;
  let size: u32 = 0;
  for (let length: u32 = 1; length <= longest; length++) {
    for (let left = load<u32>(lengthCounts + (length << 2)); left > 0; left--) {
      const entry = entryOf(kind, load<u16>(next));
      next += 2;
      const bits = reversed(code, length);
      code++;
      if (length <= rootBits) {
        fill(table, bits, 1 << length, rootSize, entry + length * 0x101);
        continue;
      }
      if ((bits & (rootSize - 1)) !== prefix) {
        prefix = bits & (rootSize - 1);
        first += size;
        const more = subtableBits(length - rootBits, left, longest, rootBits);
        size = 1 << more;
        store<u32>(table + (prefix << 2), special | subtable | (first << 16) | (more << 8) | rootBits);
      }
      const own = length - rootBits;
      fill(table + (first << 2), bits >> rootBits, 1 << own, size, entry + own * 0x101);
    }
    code <<= 1;
  }
  return true;
}

/** How many bits tell those codes apart that begin with the same root: the first has `own` bits behind it. */
function subtableBits(own: u32, left: u32, longest: u32, rootBits: u32): u32 {
  let room = <i32>(1 << own) - <i32>left;
  let bits = own;
  while (room > 0 && rootBits + bits < longest) {
    bits++;
    room = (room << 1) - <i32>load<u32>(lengthCounts + ((rootBits + bits) << 2));
  }
  return bits;
}

function fill(table: usize, from: u32, step: u32, size: u32, entry: u32): void {
  for (let i = from; i < size; i += step) store<u32>(table + (i << 2), entry);
}

/** Codes are given from their highest bit on. */
function reversed(code: u32, length: u32): u32 {
  let bits = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  bits = ((bits & 0x3333) << 2) | ((bits >> 2) & 0x3333);
  bits = ((bits & 0x0f0f) << 4) | ((bits >> 4) & 0x0f0f);
  bits = ((bits & 0x00ff) << 8) | (bits >> 8);
  return bits >> (16 - length);
}

/** The entry of a symbol, without the bits of its code: base and extra bits by RFC 1951, 3.2.5. */
function entryOf(kind: u32, symbol: u32): u32 {
  if (kind === ofLengths) return symbol << 16;
  if (kind === ofDistances) {
    if (symbol < 4) return (symbol + 1) << 16;
    if (symbol > 29) return invalid;
    const extra = (symbol - 2) >> 1;
    return ((((2 + (symbol & 1)) << extra) + 1) << 16) | extra;
  }
  if (symbol < 256) return literal | (symbol << 16);
  if (symbol === 256) return special | endOfBlock;
  if (symbol < 265) return (symbol - 254) << 16;
  if (symbol === 285) return 258 << 16;
  if (symbol > 285) return invalid;
  const extra = (symbol - 261) >> 2;
  return ((((4 + ((symbol - 261) & 3)) << extra) + 3) << 16) | extra;
}

// ---- symbols

/**
 * The hot loop: its state is in locals, and bits are taken in where they are written, for calls would cost. A length and
 * its distance take 48 bits at most. Literals come in runs, and those of the first table take 11 bits: two of them are
 * looked for before more bits are taken in.
 */
function inflate(): i32 {
  const inputLimit = state.lastInput ? state.inputEnd + 8 : state.inputEnd - inputMargin;
  const outputLimit = outputStart + outputSize - outputMargin;
  const historyFrom = state.historyFrom;
  let bits = state.bits;
  let bitCount = state.bitCount;
  let input = state.inputAt;
  let output = state.outputAt;
  if (input > inputLimit) return wantsInput;
  if (output > outputLimit) return outputFull;
  let result = goOn;
  bits |= load<u64>(input) << bitCount;
  input += (63 - bitCount) >> 3;
  bitCount |= 56;
  let entry = load<u32>((<usize>bits & literalMask) << 2, literalTable);
  // Here there are 56 bits, and `entry` is what they begin with.
  for (;;) {
    if (entry & literal) {
      bits >>= entry & countMask;
      bitCount -= entry & countMask;
      store<u8>(output++, <u8>(entry >> 16));
      entry = load<u32>((<usize>bits & literalMask) << 2, literalTable);
      if (entry & literal) {
        bits >>= entry & countMask;
        bitCount -= entry & countMask;
        store<u8>(output++, <u8>(entry >> 16));
        entry = load<u32>((<usize>bits & literalMask) << 2, literalTable);
      }
      bits |= load<u64>(input) << bitCount;
      input += (63 - bitCount) >> 3;
      bitCount |= 56;
    }
    if ((entry & (special | subtable | endOfBlock)) === (special | subtable)) {
      bits >>= literalBits;
      bitCount -= literalBits;
      const place = (entry >> 16) + (<u32>bits & ((1 << ((entry >> 8) & 15)) - 1));
      entry = load<u32>((<usize>place) << 2, literalTable);
    }
    if (entry & special) {
      if (entry & subtable) {
        result = badSymbol;
        break;
      }
      bits >>= entry & countMask;
      bitCount -= entry & countMask;
      break;
    }
    if (entry & literal) {
      bits >>= entry & countMask;
      bitCount -= entry & countMask;
      store<u8>(output++, <u8>(entry >> 16));
      if (input > inputLimit) {
        result = wantsInput;
        break;
      }
      if (output > outputLimit) {
        result = outputFull;
        break;
      }
      bits |= load<u64>(input) << bitCount;
      input += (63 - bitCount) >> 3;
      bitCount |= 56;
      entry = load<u32>((<usize>bits & literalMask) << 2, literalTable);
      continue;
    }

    let withExtra = <u32>bits & ((1 << (entry & countMask)) - 1);
    bits >>= entry & countMask;
    bitCount -= entry & countMask;
    const length = <usize>((entry >> 16) + (withExtra >> ((entry >> 8) & 15)));

    entry = load<u32>((<usize>bits & distanceMask) << 2, distanceTable);
    if (entry & special) {
      if (entry & endOfBlock) {
        result = badDistance;
        break;
      }
      bits >>= distanceBits;
      bitCount -= distanceBits;
      const place = (entry >> 16) + (<u32>bits & ((1 << ((entry >> 8) & 15)) - 1));
      entry = load<u32>((<usize>place) << 2, distanceTable);
      if (entry & special) {
        result = badDistance;
        break;
      }
    }
    withExtra = <u32>bits & ((1 << (entry & countMask)) - 1);
    bits >>= entry & countMask;
    bitCount -= entry & countMask;
    const distance = <usize>((entry >> 16) + (withExtra >> ((entry >> 8) & 15)));
    if (distance > output - historyFrom) {
      result = badDistance;
      break;
    }

    // The next entry is on its way while the match is copied.
    const more = input <= inputLimit;
    if (more) {
      bits |= load<u64>(input) << bitCount;
      input += (63 - bitCount) >> 3;
      bitCount |= 56;
    }
    entry = load<u32>((<usize>bits & literalMask) << 2, literalTable);
    copyMatch(output, distance, length);
    output += length;
    if (!more) {
      result = wantsInput;
      break;
    }
    if (output > outputLimit) {
      result = outputFull;
      break;
    }
  }
  state.bits = bits;
  state.bitCount = bitCount;
  state.inputAt = input;
  state.outputAt = output;
  return result === goOn ? endBlock() : result;
}

/** Writes up to 31 bytes beyond the match. */
function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  let from = to - distance;
  if (distance >= 16) {
    v128.store(to, v128.load(from));
    if (length <= 16) return;
    v128.store(to + 16, v128.load(from + 16));
    for (let at: usize = 32; at < length; at += 16) v128.store(to + at, v128.load(from + at));
  } else if (distance === 1) {
    const same = i8x16.splat(load<i8>(from));
    do {
      v128.store(to, same);
      to += 16;
    } while (to < end);
  } else {
    // Of eight bytes that are copied the first ones are right, as many as lie between the two places.
    const step = min<usize>(distance, 8);
    do {
      store<u64>(to, load<u64>(from));
      from += step;
      to += step;
    } while (to < end);
  }
}

// ---- checksums

/** Takes the output that is there into the member's checksum. */
function check(): void {
  const end = state.outputAt;
  if (state.checkedTo === end) return;
  state.checksum = crc32(state.checkedTo, end, state.checksum);
  state.length += <u32>(end - state.checkedTo);
  state.checkedTo = end;
}
