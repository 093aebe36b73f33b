import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { frappeData } from './frappe.ts';
import { readZipEntry } from './zip-entry.ts';

/** A zip archive of one entry. */
function zipOf(name: string, text: string): Buffer {
  const packed = deflateRawSync(text);
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(30 + name.length + packed.length, 16);
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end]);
}

test('an entry of an archive is unpacked by its name', () => {
  const archive = zipOf('a/b.csv', 'one\ntwo');
  expect(readZipEntry(archive, 'a/b.csv').toString()).toBe('one\ntwo');
  expect(() => readZipEntry(archive, 'b.csv')).toThrow(/holds no b.csv/);
  expect(() => readZipEntry(Buffer.from('no zip'), 'b.csv')).toThrow(/expected a zip file/);
});

const path = resolve(
  process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data',
  'rec/frappe/Mobile_Frappe.zip',
);

test.skipIf(!existsSync(path))(
  'the Frappe task has the published sizes and no false negatives',
  async () => {
    const { train, validation, test, fields, fieldOf } = await frappeData(path, 1);
    const parts = [train, validation, test];
    expect(parts.map(({ clicked }) => clicked.length)).toEqual([202_027, 57_722, 28_860]);
    expect([fields, fieldOf.length]).toEqual([10, 5382]);
    const pairs = [new Set<string>(), new Set<string>()];
    for (const { clicked, codes, offsets } of parts)
      for (const [e, y] of clicked.entries())
        pairs[y].add(`${codes[offsets[e]]} ${codes[offsets[e] + 1]}`);
    expect(pairs[1].size).toBe(18_842);
    expect(pairs[0].intersection(pairs[1]).size).toBe(0);
  },
);
