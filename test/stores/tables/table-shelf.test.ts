import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createTableShelf, type DeclaredTables } from '../../../src/stores/tables/table-shelf.ts';
import { tablesSchema } from '../../../src/stores/tables/tables-schema.ts';
import type { Emit } from '../../../src/telemetry/facts.ts';
import { tableSource } from './table-folder.ts';

/** A shelf with some tables, and how to load them again. */
async function open(declared: DeclaredTables) {
  const told: unknown[] = [];
  const time = { nowMs: 1000 };
  const clock = { now: () => time.nowMs, monotonic: () => time.nowMs };
  const emit: Emit = (name, fact) => void told.push([name, fact]);
  const shelf = createTableShelf({ clock, emit });
  onTestFinished(() => shelf.close());
  const tables = await shelf.load(declared);
  const load = (reread?: string) => shelf.load(declared, reread);
  return { shelf, tables, load, told, time };
}

test('a changed file is read again while who holds the former version goes on reading it', async () => {
  const staff = tableSource('set', 'ann\nbob\n');
  const { tables, load, told } = await open({ staff });
  const before = tables.get('staff')!;
  writeFileSync(staff.file, 'bob\ncid\ndan\n');
  const after = (await load()).get('staff')!;
  expect([after.has('ann'), after.has('cid'), after.size]).toEqual([false, true, 3]);
  expect([before.has('ann'), before.has('cid'), before.size]).toEqual([true, false, 2]);
  const loaded = { table: 'staff', kind: 'set', seconds: 0 };
  expect(told).toEqual([
    ['table.loaded', { ...loaded, keys: 2, bytes: before.bytes }],
    ['table.loaded', { ...loaded, keys: 3, bytes: after.bytes }],
  ]);
});

test('an unchanged file is not read again, unless that is asked for', async () => {
  const staff = tableSource('set', 'a\n');
  const { tables, load, told } = await open({ staff });
  expect((await load()).get('staff')).toBe(tables.get('staff'));
  expect(told).toHaveLength(1);
  const reread = (await load('staff')).get('staff')!;
  expect(reread).not.toBe(tables.get('staff'));
  expect(reread.version).toBe(tables.get('staff')!.version);
  expect(told).toHaveLength(2);
});

test('a failed load says why and leaves what was there, and the next one can succeed', async () => {
  const prices = tableSource('u64-u32', '7\t100\n');
  const { shelf, tables, load, told, time } = await open({ prices });
  writeFileSync(prices.file, '7\t101\nwrong\t5\n');
  time.nowMs = 3000;
  await expect(load()).rejects.toMatchObject({
    code: 'SL_DATA_INVALID',
    mistakes: [{ path: 'tables.prices', message: expect.stringContaining('line 2') }],
  });
  expect(tables.get('prices')!.get(7)).toBe(100);
  expect(shelf.failure('prices')).toEqual({
    message: expect.stringContaining('line 2'),
    atMs: 3000,
  });
  expect(told.at(-1)).toMatchObject(['table.failed', { table: 'prices' }]);
  writeFileSync(prices.file, '7\t102\n');
  expect((await load()).get('prices')!.get(7)).toBe(102);
  expect(shelf.failure('prices')).toBeUndefined();
});

test('loads that come while one runs follow it and read nothing twice', async () => {
  const staff = tableSource('set', 'a\n');
  const { load, told } = await open({ staff });
  const first = load();
  writeFileSync(staff.file, 'a\nb\n');
  const all = await Promise.all([first, load(), load()]);
  expect(all.at(-1)!.get('staff')!.has('b')).toBe(true);
  expect(told).toHaveLength(2);
});

test('another thread reads the same memory', async () => {
  const prices = tableSource('sorted', 'shoe\t100\n');
  const { load } = await open({ prices });
  for (const value of ['100', '200']) {
    writeFileSync(prices.file, `shoe\t${value}\n`);
    const handle = (await load('prices')).get('prices')!.share();
    const workerData = { handle, key: 'shoe' };
    const worker = new Worker(new URL('./table-reader.ts', import.meta.url), { workerData });
    const [answer] = await once(worker, 'message');
    expect(answer).toMatchObject({ value, size: 1 });
    // What the thread writes would be seen here: it is the same memory, not a copy.
    new Uint8Array(answer.memory)[63] = 7;
    expect(new Uint8Array(handle.memory)[63]).toBe(7);
    await worker.terminate();
  }
});

test('a load names every table that cannot be loaded', async () => {
  const good = tableSource('set', 'a\n');
  const cut = tableSource('set', 'a\nb');
  const absent = { ...good, file: `${good.file}-absent` };
  await expect(open({ good, cut, absent })).rejects.toMatchObject({
    code: 'SL_DATA_INVALID',
    mistakes: [
      { path: 'tables.cut', message: expect.stringContaining('is cut') },
      { path: 'tables.absent', message: expect.stringContaining('ENOENT') },
    ],
  });
});

test('a name that was not declared is refused with those that were', async () => {
  const { load } = await open({ staff: tableSource('set', 'a\n') });
  await expect(load('guests')).rejects.toMatchObject({
    code: 'SL_NOT_FOUND',
    message: 'table is guests, expected one of staff',
  });
});

test('closing ends a load that runs, and everything after it is refused', async () => {
  const staff = tableSource('set', 'a\n');
  const { shelf, load, told } = await open({ staff });
  rmSync(staff.file);
  const refused = expect(load()).rejects.toMatchObject({ code: 'SL_STORE_UNAVAILABLE' });
  await shelf.close();
  await refused;
  await expect(load()).rejects.toThrow('store tables is closed');
  expect(told).toHaveLength(1);
});

test('a configuration names kind and file, the rest has defaults', () => {
  expect(tablesSchema.parse({ staff: { kind: 'set', file: 'staff.txt' } })).toEqual({
    staff: { kind: 'set', file: 'staff.txt', format: 'text', maxKeys: 1e7, maxBytes: 2 ** 28 },
  });
  expect(tablesSchema.safeParse({ 'Staff!': { kind: 'set', file: 'x' } }).success).toBe(false);
  expect(tablesSchema.safeParse({ staff: { kind: 'list', file: 'x' } }).success).toBe(false);
});
