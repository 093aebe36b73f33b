import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readLibfm } from '../../../src/training/dataset/libfm.ts';

const folder = mkdtempSync(join(tmpdir(), 'libfm-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}

test('reads examples, features numbered as they come, the place of each its field', async () => {
  const path = file('a.libfm', '1 7:1 900:1\r\n-1 8:0.5 900:1\n\n0 7:1 12:-2\n');
  const { parts, fields, fieldOf } = await readLibfm([path]);
  expect([...parts[0].clicked]).toEqual([1, 0, 0]);
  expect([...parts[0].codes]).toEqual([0, 1, 2, 1, 0, 3]);
  expect([...parts[0].values]).toEqual([1, 1, 0.5, 1, 1, -2]);
  expect(fields).toBe(2);
  expect([...fieldOf]).toEqual([0, 1, 0, 1]);
});

test('features that only later files hold are left out of them', async () => {
  const train = file('train.libfm', '1 1:1 2:1\n0 3:1 4:1\n');
  const { parts } = await readLibfm([train, file('test.libfm.gz', '1 1:1 99:1\n-1 98:1 97:1')]);
  expect([...parts[1].offsets]).toEqual([0, 1, 1]);
  expect([...parts[1].codes]).toEqual([0]);
  expect([...parts[1].clicked]).toEqual([1, 0]);
});

test.each([
  { what: 'rows of different length', text: '1 1:1 2:1\n0 1:1\n' },
  { what: 'a feature at two places', text: '1 1:1 2:1\n0 2:1 3:1\n' },
])('$what are all of one field', async ({ text }) => {
  const { fields, fieldOf } = await readLibfm([file('mixed.libfm', text)]);
  expect(fields).toBe(1);
  expect(fieldOf.every((field) => field === 0)).toBe(true);
});

test.each(['x 1:1', '1 1', '1 :1', '1 1:', '1 -1:1', '1 1.5:1', '1 1:NaN', '1 1:1e99', '1 1:2:3'])(
  'the line %j is named',
  async (line) => {
    const path = file('bad.libfm', `1 1:1\n${line}\n`);
    await expect(readLibfm([path])).rejects.toMatchObject({
      code: 'SL_DATA_INVALID',
      message: expect.stringMatching(/line 2: (label|entry) is/),
    });
  },
);

test('an empty file holds no examples, a missing one is named', async () => {
  const { parts, fields } = await readLibfm([file('empty.libfm', '')]);
  expect([parts[0].clicked.length, fields]).toEqual([0, 0]);
  await expect(readLibfm([join(folder, 'none')])).rejects.toMatchObject({
    code: 'SL_DATA_INVALID',
  });
});
