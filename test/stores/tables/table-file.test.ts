import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SightlineError } from '../../../src/domain/errors.ts';
import { attachTable } from '../../../src/stores/tables/attach-table.ts';
import type { TableKind } from '../../../src/stores/tables/global-table.ts';
import {
  readTableFile,
  type TableSource,
  writeTableFile,
} from '../../../src/stores/tables/table-file.ts';
import { seal } from '../../../src/stores/tables/table-memory.ts';
import { tableSource } from './table-folder.ts';

const load = (source: TableSource) =>
  attachTable({ kind: source.kind, memory: readTableFile(source) });

/** The error of a load that must fail. */
function failure(source: TableSource): SightlineError {
  try {
    load(source);
  } catch (error) {
    if (error instanceof SightlineError) return error;
    throw error;
  }
  throw new Error('the table was loaded');
}

const content: Readonly<Record<TableKind, string>> = {
  set: 'u1\nu2\nü3\n',
  'u64-u32': '0\t5\n7\t8\n18446744073709551615\t4294967295\n',
  sorted: 'a\tone\nb\ttwo\tand tab\nc\t\n',
};
const kinds = Object.keys(content) as TableKind[];

/** A written binary file of a kind, and its bytes. */
function binary(kind: TableKind) {
  const source = tableSource(kind, content[kind]);
  const table = load(source);
  const file = `${source.file}.bin`;
  writeTableFile(file, table);
  return {
    table,
    source: { ...source, file, format: 'binary' as const },
    bytes: readFileSync(file),
  };
}

test('reads lines with either end of line, behind a byte order mark, between empty lines, and gzip', () => {
  const text = '\ufeffu1\r\n\r\nu2\n\nu1\n';
  for (const bytes of [text, gzipSync(text)]) {
    const table = load(tableSource('set', bytes));
    expect(table.size).toBe(2);
    expect([table.has('u1'), table.has('u2'), table.has('\ufeffu1')]).toEqual([true, true, false]);
  }
});

test('the last line of a key counts', () => {
  expect(load(tableSource('u64-u32', '5\t1\n0\t1\n5\t2\n0\t3\n'))).toMatchObject({ size: 2 });
  expect(load(tableSource('u64-u32', '5\t1\n0\t1\n5\t2\n0\t3\n')).get(0)).toBe(3);
  expect(load(tableSource('sorted', 'x\t1\nw\t\nx\t2\n')).get('x')).toBe('2');
});

test('the binary form holds the same table and is all there is in the folder', () => {
  for (const kind of kinds) {
    const { table, source } = binary(kind);
    const again = load(source);
    expect(again).toMatchObject({ kind, size: 3, bytes: table.bytes, version: table.version });
    for (const key of ['u1', 'ü3', '0', '7', 'b', 'c', 'absent'])
      expect(again.get(key)).toEqual(table.get(key));
    expect(readdirSync(dirname(source.file)).sort()).toEqual(['table', 'table.bin']);
  }
});

test('a binary file that was cut anywhere, or has one byte changed, is refused', () => {
  for (const kind of kinds) {
    const { source, bytes } = binary(kind);
    fc.assert(
      fc.property(
        fc.nat({ max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, flip) => {
          writeFileSync(source.file, bytes.subarray(0, at));
          expect(failure(source)).toMatchObject({ code: 'SL_DATA_INVALID', path: source.file });
          const changed = Buffer.from(bytes);
          changed[at] ^= flip;
          writeFileSync(source.file, changed);
          expect(failure(source)).toMatchObject({ code: 'SL_DATA_INVALID', path: source.file });
        },
      ),
      { numRuns: 60 },
    );
    writeFileSync(source.file, Buffer.concat([bytes, Buffer.alloc(4)]));
    expect(failure(source).message).toContain(`ends at offset ${bytes.length + 4}`);
  }
});

test('a binary file that lies with a right checksum is refused, or every look-up in it ends', () => {
  for (const kind of kinds) {
    const { source, bytes } = binary(kind);
    let refused = 0;
    for (let at = 12; at < bytes.length; at += 4) {
      const memory = new SharedArrayBuffer(bytes.length);
      new Uint8Array(memory).set(bytes);
      new Uint32Array(memory).fill(0xffff_ffff, at / 4);
      seal(memory);
      writeFileSync(source.file, new Uint8Array(memory));
      try {
        const table = load(source);
        for (const key of ['u1', '0', '7', 'b', 'absent']) table.get(key);
      } catch (error) {
        expect(error).toMatchObject({ code: 'SL_DATA_INVALID', path: source.file });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(15);
  }
});

test('text without its last end of line is taken for a file that was cut', () => {
  const { message } = failure(tableSource('u64-u32', '1\t2\n3\t45'));
  expect(message).toMatch(/is cut: line 2 has no end of line at offset 8$/);
  const packed = gzipSync(content.set);
  expect(failure(tableSource('set', packed.subarray(0, packed.length - 9)))).toMatchObject({
    code: 'SL_DATA_INVALID',
    message: expect.stringContaining('cannot be unpacked'),
  });
});

test('names the wrong lines, the first 20 of them, and counts the others', () => {
  const { message, mistakes } = failure(
    tableSource('u64-u32', '1\t1\nx\t1\n\n2\t-1\n3\n4\t4294967296\n'),
  );
  expect(mistakes.map(({ path }) => path)).toEqual(['line 2', 'line 4', 'line 5', 'line 6']);
  expect(message).toContain('has 4 wrong lines, the first: line 2 has a wrong key');
  const many = failure(tableSource('sorted', 'no tab\n'.repeat(5000)));
  expect(many.mistakes).toHaveLength(20);
  expect(many.message).toContain('has 5000 wrong lines');
});

test.each([
  ['set', 'has a tab', 'a\tb\n'],
  ['sorted', 'has an empty key', '\tvalue\n'],
  ['sorted', 'has a key of 4097 bytes', `${'k'.repeat(4097)}\t1\n`],
  ['set', 'line 2 is not UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0x0a])],
  ['u64-u32', 'line 1 has a wrong key', '01\t1\n'],
  ['u64-u32', 'line 2 has a wrong key', '18446744073709551615\t1\n18446744073709551616\t1\n'],
  ['u64-u32', 'has a wrong value', '1\t\n'],
] as const)('a wrong line of a %s table is named: %s', (kind, what, bytes) => {
  expect(failure(tableSource(kind, bytes)).message).toContain(what);
});

test('too many keys and too many bytes are refused, and as much as is allowed is not', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `${i}\t${i}\n`).join('');
  for (const kind of ['sorted', 'u64-u32'] as const) {
    const { bytes } = load(tableSource(kind, lines, { maxKeys: 100 }));
    expect(failure(tableSource(kind, lines, { maxKeys: 99 })).message).toContain(
      'has 100 lines, expected 99 at most',
    );
    expect(load(tableSource(kind, lines, { maxBytes: bytes })).size).toBe(100);
    expect(failure(tableSource(kind, lines, { maxBytes: bytes - 1 })).message).toContain(
      `needs ${bytes} bytes, expected ${bytes - 1} at most`,
    );
    const { source } = binary(kind);
    expect(failure({ ...source, maxKeys: 2 }).message).toContain('has 3 keys, expected 2 at most');
    expect(failure({ ...source, maxBytes: 64 }).message).toContain('bytes, expected 64 at most');
  }
});

test('text that unpacks to far more than the table may be is refused', () => {
  const bomb = gzipSync(Buffer.alloc(1 << 20, '\n'));
  expect(failure(tableSource('set', bomb, { maxBytes: 1 << 16 })).message).toContain(
    'has more than 262144 bytes of text when unpacked',
  );
});

test('a file that is absent, a folder, or of another kind is named', () => {
  const source = tableSource('set', 'a\n');
  const absent = { ...source, file: join(dirname(source.file), 'absent') };
  expect(failure(absent).message).toContain('cannot be read: ENOENT');
  expect(failure({ ...source, file: dirname(source.file) }).message).toContain('is no file');
  expect(failure({ ...source, format: 'binary' }).message).toContain('ends at offset 2');
  const { source: other } = binary('u64-u32');
  expect(failure({ ...other, kind: 'set' }).message).toContain('of kind u64-u32, expected set');
});

test('a key that holds the replacement character is not found by half a surrogate pair', () => {
  const table = load(tableSource('set', '\ufffd\n'));
  expect([table.has('\ufffd'), table.has('\ud800')]).toEqual([true, false]);
});
