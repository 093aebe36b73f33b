import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { SightlineError } from '../../domain/errors.ts';
import { attachTable } from './attach-table.ts';
import { buildTextTable } from './build-text-table.ts';
import { buildU64Map } from './build-u64-map.ts';
import type { GlobalTable, TableKind, TableLimits } from './global-table.ts';
import { checkSeal, invalid, readShape } from './table-memory.ts';

/** Text may be this much larger than the table that becomes of it: ids in decimal are longer than in binary. */
const textPerTableByte = 4;

/** Where a table comes from. */
export interface TableSource extends TableLimits {
  readonly kind: TableKind;
  readonly file: string;
  /** `text`: lines, or lines compressed by gzip. `binary`: what `writeTableFile` wrote. */
  readonly format: 'text' | 'binary';
}

/**
 * Reads a table file, whole or not at all. Throws `SL_DATA_INVALID` for a file that is absent, cut, damaged, too large or of
 * another kind. Takes the thread for as long as it lasts: see `createTableLoader`.
 */
export function readTableFile(source: TableSource): SharedArrayBuffer {
  const { kind, file, format } = source;
  if (format === 'binary') return readBinary(source);
  const text = { file, bytes: readText(source) };
  if (kind === 'u64-u32') return buildU64Map(text, source);
  return buildTextTable(kind, text, source);
}

/**
 * Writes a table in binary form, which loads by one read; after a crash the file is there whole or not at all. The bytes
 * are the shared memory itself: 64 bytes of head (magic `SLGT`, format, kind, sizes, CRC-32), slots, starts of rows, keys,
 * values; little-endian.
 */
export function writeTableFile(file: string, table: GlobalTable): void {
  const bytes = new Uint8Array(table.share().memory);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, 'w');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}

function readBinary({ kind, file, maxBytes, maxKeys }: TableSource): SharedArrayBuffer {
  const memory = readWhole(file, maxBytes, (size) => new SharedArrayBuffer(size));
  const shape = readShape(memory, file);
  if (shape.kind !== kind)
    throw invalid(file, `is a table of kind ${shape.kind}, expected ${kind}`);
  if (shape.size > maxKeys)
    throw invalid(file, `has ${shape.size} keys, expected ${maxKeys} at most`);
  checkSeal(memory, file);
  attachTable({ kind, memory }).verify(file);
  return memory;
}

function readText({ file, maxBytes }: TableSource): Buffer {
  const maxText = maxBytes * textPerTableByte;
  const bytes = Buffer.from(readWhole(file, maxText, (size) => new ArrayBuffer(size)));
  if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxText });
  } catch (cause) {
    const { code, message } = Object(cause);
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw invalid(file, `has more than ${maxText} bytes of text when unpacked`, { cause });
    throw invalid(file, `cannot be unpacked: ${message}`, { cause });
  }
}

/** Reads a file into memory that `make` gives for its size. */
function readWhole<Memory extends ArrayBufferLike>(
  file: string,
  maxBytes: number,
  make: (bytes: number) => Memory,
): Memory {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw invalid(file, 'is no file');
    if (stat.size > maxBytes)
      throw invalid(file, `has ${stat.size} bytes, expected ${maxBytes} at most`);
    const memory = make(stat.size);
    const bytes = new Uint8Array(memory);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(descriptor, bytes, at, bytes.length - at, at);
      if (read === 0) throw invalid(file, `ends at offset ${at}, expected ${bytes.length} bytes`);
      at += read;
    }
    return memory;
  } catch (cause) {
    if (cause instanceof SightlineError) throw cause;
    throw invalid(file, `cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
