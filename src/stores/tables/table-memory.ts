import { crc32 } from 'node:zlib';
import { SightlineError } from '../../domain/errors.ts';
import { type TableKind, type TableLimits, tableKinds } from './global-table.ts';

/** `SLGT` in little-endian order. */
const magic = 0x54474c53;
const formatVersion = 1;

/** Words of 32 bits in front of the slots; the first eleven are named by `headWord`. */
export const headWords = 16;

/** Where each number of the head stands. */
export const headWord = {
  magic: 0,
  format: 1,
  kind: 2,
  size: 3,
  slots: 4,
  keyBytes: 5,
  valueBytes: 6,
  checksum: 7,
  /** 1 when key 0, which marks empty slots, is in a table of 64-bit keys. */
  holdsZero: 8,
  zeroValue: 9,
} as const;

/** The sizes that a table's memory follows from. */
export interface TableShape {
  readonly kind: TableKind;
  /** Keys. */
  readonly size: number;
  /** A power of two. */
  readonly slots: number;
  /** Bytes of all keys and of all values, in tables of text. */
  readonly keyBytes: number;
  readonly valueBytes: number;
}

/**
 * Slots for a number of keys: a power of two, filled by half at most. With linear probing a hit then takes 1.5 looks
 * and a miss 2.5 on average (Knuth, The Art of Computer Programming 3, 6.4).
 *
 * @example slotsFor(1_000_000) // 2097152
 */
export function slotsFor(keys: number): number {
  return Math.max(4, 2 ** Math.ceil(Math.log2(keys * 2)));
}

/** Bytes of the memory of a table, a multiple of 4. */
export function bytesOf({ kind, size, slots, keyBytes, valueBytes }: TableShape): number {
  const slotWords = kind === 'u64-u32' ? 3 : 2;
  const startWords = { set: size + 1, 'u64-u32': 0, sorted: 2 * (size + 1) }[kind];
  const words = headWords + slotWords * slots + startWords;
  return 4 * (words + Math.ceil((keyBytes + valueBytes) / 4));
}

/** Empty memory with its head. Throws `SL_DATA_INVALID` before it takes more than the limits. */
export function createMemory(
  shape: TableShape,
  file: string,
  { maxKeys, maxBytes }: TableLimits,
): SharedArrayBuffer {
  const bytes = bytesOf(shape);
  if (shape.size > maxKeys)
    throw invalid(file, `has ${shape.size} keys, expected ${maxKeys} at most`);
  if (bytes > maxBytes) throw invalid(file, `needs ${bytes} bytes, expected ${maxBytes} at most`);
  const memory = new SharedArrayBuffer(bytes);
  const head = new Uint32Array(memory, 0, headWords);
  head[headWord.magic] = magic;
  head[headWord.format] = formatVersion;
  head[headWord.kind] = tableKinds.indexOf(shape.kind);
  head[headWord.size] = shape.size;
  head[headWord.slots] = shape.slots;
  head[headWord.keyBytes] = shape.keyBytes;
  head[headWord.valueBytes] = shape.valueBytes;
  return memory;
}

/** Reads the head, which must fit the memory. Throws `SL_DATA_INVALID` with the offset of what is wrong. */
export function readShape(memory: SharedArrayBuffer, file: string): TableShape {
  if (memory.byteLength < 4 * headWords)
    throw invalid(
      file,
      `ends at offset ${memory.byteLength}, expected ${4 * headWords} bytes or more`,
    );
  const head = new Uint32Array(memory, 0, headWords);
  if (head[headWord.magic] !== magic)
    throw invalid(file, 'starts with other bytes than SLGT at offset 0');
  const format = head[headWord.format];
  if (format !== formatVersion)
    throw invalid(file, `has format ${format} at offset 4, expected ${formatVersion}`);
  const kind = tableKinds[head[headWord.kind]];
  if (kind === undefined)
    throw invalid(file, `has an unknown kind ${head[headWord.kind]} at offset 8`);
  const slots = head[headWord.slots];
  if (slots === 0 || (slots & (slots - 1)) !== 0)
    throw invalid(file, `has ${slots} slots at offset 16, expected a power of two`);
  const shape: TableShape = {
    kind,
    size: head[headWord.size],
    slots,
    keyBytes: head[headWord.keyBytes],
    valueBytes: head[headWord.valueBytes],
  };
  if (memory.byteLength !== bytesOf(shape))
    throw invalid(file, `ends at offset ${memory.byteLength}, expected ${bytesOf(shape)}`);
  return shape;
}

/** Writes the checksum of finished memory into its head. */
export function seal(memory: SharedArrayBuffer): void {
  new Uint32Array(memory)[headWord.checksum] = checksumOf(memory);
}

/** Throws `SL_DATA_INVALID` when the content is not what was sealed. */
export function checkSeal(memory: SharedArrayBuffer, file: string): void {
  const got = checksumOf(memory);
  const expected = new Uint32Array(memory)[headWord.checksum];
  if (got !== expected)
    throw invalid(
      file,
      `has checksum ${hex(got)}, expected ${hex(expected)} of offset ${4 * headWord.checksum}`,
    );
}

/** The checksum of sealed memory as 8 hexadecimal digits. */
export function versionOf(memory: SharedArrayBuffer): string {
  return hex(new Uint32Array(memory, 0, headWords)[headWord.checksum]);
}

/** The error of a file that cannot become a table. */
export function invalid(
  file: string,
  what: string,
  options: { cause?: unknown } = {},
): SightlineError {
  return new SightlineError('SL_DATA_INVALID', `table file ${file} ${what}`, {
    path: file,
    ...options,
  });
}

function checksumOf(memory: SharedArrayBuffer): number {
  const head = new Uint32Array(memory, 0, headWords).slice();
  head[headWord.checksum] = 0;
  const body = new Uint8Array(memory, 4 * headWords);
  return crc32(body, crc32(new Uint8Array(head.buffer)));
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
