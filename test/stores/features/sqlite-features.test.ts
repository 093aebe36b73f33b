import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteFeatures } from '../../../src/stores/features/sqlite-features.ts';

const limits = { timeoutMs: 1000 };

/** A store over a file, and how to write the file. */
function open(options: object = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-features-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const time = { nowMs: 0 };
  const file = join(folder, 'shop.db');
  const store = openSqliteFeatures({ file, now: () => time.nowMs, ...options });
  onTestFinished(() => store.close());
  const write = (sql: string, to = file) => {
    const db = new DatabaseSync(to);
    db.exec(sql);
    db.close();
  };
  const read = async (...keys: string[]) =>
    (await store.mget(keys, limits)).map((found) =>
      found.state === 'present' ? found.row : found.state === 'failed' ? found.reason : 'absent',
    );
  return { file, folder, write, read, time };
}

const prices = (one: number) =>
  `CREATE TABLE prices (sku TEXT PRIMARY KEY, cents); INSERT INTO prices VALUES ('a', ${one}), ('b', NULL)`;
const names = { table: 'prices', keyColumn: 'sku', valueColumn: 'cents', codec: 'number' };

test('numbers and text of any table are read, and a null is absent', async () => {
  const { write, read } = open(names);
  write(prices(5));
  expect(await read('a', 'b', 'c', 'a')).toEqual([5, 'absent', 'absent', 5]);
});

test('what a job writes is seen at once, another file under the name within a second', async () => {
  const { write, read, file, folder, time } = open(names);
  write(prices(5));
  expect(await read('a')).toEqual([5]);
  write("UPDATE prices SET cents = 6 WHERE sku = 'a'");
  expect(await read('a')).toEqual([6]);
  const next = join(folder, 'next.db');
  write(prices(7), next);
  renameSync(next, file);
  time.nowMs = 1000;
  expect(await read('a')).toEqual([7]);
});

test('a file that is not there is unavailable until it is, one that is damaged an error', async () => {
  const { write, read, file, time } = open(names);
  expect(await read('a')).toEqual(['unavailable']);
  write(prices(5));
  expect(await read('a')).toEqual([5]);
  rmSync(file);
  writeFileSync(file, 'no database, for many bytes'.repeat(100));
  time.nowMs = 1000;
  expect(await read('a')).toEqual(['error']);
});

test('a table that is not there is an error, without the keys in it', async () => {
  const { write, read } = open({ table: 'rows' });
  write(prices(5));
  expect(await read('secret-key')).toEqual(['error']);
});
