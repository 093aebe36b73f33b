import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import {
  type EmitTable,
  openTables,
  type TablesOptions,
} from '../../../src/stores/tables/open-tables.ts';
import { tablesSchema } from '../../../src/stores/tables/tables-schema.ts';
import { tableSource } from './table-folder.ts';

async function open(declared: TablesOptions['declared']) {
  const told: unknown[] = [];
  const time = { nowMs: 1000 };
  const clock = { now: () => time.nowMs, monotonic: () => time.nowMs };
  const emit: EmitTable = (name, fact) => told.push([name, fact]);
  const tables = await openTables({ declared, clock, emit });
  onTestFinished(() => tables.close());
  return { tables, told, time };
}

test('an update publishes the new content while who holds the old goes on reading it', async () => {
  const staff = tableSource('set', 'ann\nbob\n');
  const { tables, told, time } = await open({ staff });
  const before = tables.get('staff');
  writeFileSync(staff.file, 'bob\ncid\ndan\n');
  time.nowMs = 2000;
  const status = await tables.update('staff');
  const after = tables.get('staff');
  expect([after.has('ann'), after.has('cid'), after.size]).toEqual([false, true, 3]);
  expect([before.has('ann'), before.has('cid'), before.size]).toEqual([true, false, 2]);
  expect(status).toMatchObject({ name: 'staff', keys: 3, loadedAtMs: 2000, failure: undefined });
  expect(status.version).toBe(after.version);
  expect(tables.status()).toEqual([status]);
  const loaded = { table: 'staff', kind: 'set', seconds: 0 };
  expect(told).toEqual([
    ['table.loaded', { ...loaded, keys: 2, bytes: before.bytes }],
    ['table.loaded', { ...loaded, keys: 3, bytes: after.bytes }],
  ]);
});

test('a failed update says why and leaves the version before serving, and the next one can succeed', async () => {
  const prices = tableSource('u64-u32', '7\t100\n');
  const { tables, told, time } = await open({ prices });
  const before = tables.get('prices');
  writeFileSync(prices.file, '7\t101\nwrong\t5\n');
  time.nowMs = 3000;
  await expect(tables.update('prices')).rejects.toMatchObject({
    code: 'SL_DATA_INVALID',
    mistakes: [{ path: 'line 2' }],
  });
  expect(tables.get('prices')).toBe(before);
  expect(tables.status()[0]).toMatchObject({
    loadedAtMs: 1000,
    failure: { message: expect.stringContaining('line 2'), atMs: 3000 },
  });
  expect(told.at(-1)).toMatchObject(['table.failed', { table: 'prices' }]);
  writeFileSync(prices.file, '7\t102\n');
  await tables.update('prices');
  expect(tables.get('prices').get(7)).toBe(102);
  expect(tables.status()[0].failure).toBeUndefined();
});

test('updates that come while one runs share one more load, which sees the newest file', async () => {
  const staff = tableSource('set', 'a\n');
  const { tables, told } = await open({ staff });
  const first = tables.update('staff');
  await Promise.resolve();
  writeFileSync(staff.file, 'a\nb\n');
  await Promise.all([first, tables.update('staff'), tables.update('staff')]);
  expect(tables.get('staff').has('b')).toBe(true);
  expect(told).toHaveLength(3);
});

test('another thread reads the same memory, before and after an update', async () => {
  const prices = tableSource('sorted', 'shoe\t100\n');
  const { tables } = await open({ prices });
  for (const value of ['100', '200']) {
    writeFileSync(prices.file, `shoe\t${value}\n`);
    await tables.update('prices');
    const handle = tables.get('prices').share();
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

test('opening names every table that cannot be loaded', async () => {
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
  const { tables } = await open({ staff: tableSource('set', 'a\n') });
  const unknown = {
    code: 'SL_NOT_FOUND',
    message: 'table guests is unknown, expected one of staff',
  };
  expect(() => tables.get('guests')).toThrow(expect.objectContaining(unknown));
  await expect(tables.update('guests')).rejects.toMatchObject(unknown);
});

test('closing ends an update that runs, and everything after it is refused', async () => {
  const staff = tableSource('set', 'a\n');
  const { tables, told } = await open({ staff });
  rmSync(staff.file);
  const update = tables.update('staff');
  const refused = expect(update).rejects.toMatchObject({ code: 'SL_STORE_UNAVAILABLE' });
  await tables.close();
  await refused;
  expect(() => tables.get('staff')).toThrow('store tables is closed');
  expect(() => tables.status()).toThrow('store tables is closed');
  await expect(tables.update('staff')).rejects.toThrow('store tables is closed');
  expect(told).toHaveLength(1);
});

test('a configuration names kind and file, the rest has defaults', () => {
  expect(tablesSchema.parse({ staff: { kind: 'set', file: 'staff.txt' } })).toEqual({
    staff: { kind: 'set', file: 'staff.txt', format: 'text', maxKeys: 1e7, maxBytes: 2 ** 28 },
  });
  expect(tablesSchema.safeParse({ 'Staff!': { kind: 'set', file: 'x' } }).success).toBe(false);
  expect(tablesSchema.safeParse({ staff: { kind: 'list', file: 'x' } }).success).toBe(false);
});
