import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/stores/store.ts';
import { click, item } from '../contracts/rows.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();
const journalBytes = 1 << 20;

async function keysOf(store: Store): Promise<string[]> {
  return (await store.scanFeedback({ limit: 1_000_000 })).rows.map(({ key }) => key);
}

test('an acknowledged event is in the files, whether or not it was folded', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes });
  await store.appendFeedback([click('a'), click('b')]);
  // What a crash at this moment would leave behind.
  const left = join(newFolder(), 'left');
  cpSync(folder, left, { recursive: true });
  await store.appendFeedback([click('c')]);
  await store.close();
  const crashed = await openSqliteStore({ folder: left, journalBytes });
  expect(await keysOf(crashed)).toEqual(['a', 'b']);
  expect((await crashed.appendFeedback([click('b')])).duplicates).toBe(1);
  await crashed.close();
});

test('folds again what a crash left half done, and keeps it once', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes });
  await store.appendFeedback([click('a'), click('b')]);
  await store.close();
  const db = new DatabaseSync(join(folder, 'data.db'));
  db.exec('UPDATE journal SET position = 0');
  db.close();
  const again = await openSqliteStore({ folder, journalBytes });
  await again.appendFeedback([click('c')]);
  expect(await keysOf(again)).toEqual(['a', 'b', 'c']);
  expect(await again.counts()).toMatchObject({ feedback: 3 });
  await again.close();
});

test('goes through many laps of a small journal while events are read', async () => {
  const store = await openSqliteStore({ folder: newFolder(), journalBytes: 64 << 10 });
  const keys: string[] = [];
  for (let b = 0; b < 60; b++) {
    const batch = Array.from({ length: 100 }, (_, e) => click(`${b}/${e}/${'k'.repeat(30)}`));
    await store.appendFeedback(batch);
    keys.push(...batch.map(({ key }) => key));
    if (b % 6 === 5) expect((await store.counts()).feedback).toBe(keys.length);
  }
  expect(await keysOf(store)).toEqual(keys);
  await store.close();
});

test('an import faster than the fold waits for it and loses nothing', async () => {
  const store = await openSqliteStore({ folder: newFolder(), journalBytes: 16 << 10 });
  for (let b = 0; b < 30; b++) {
    const batch = Array.from({ length: 20 }, (_, e) =>
      click(`${b}/${e}`, { user: 'u'.repeat(30) }),
    );
    expect((await store.appendFeedback(batch)).accepted).toBe(20);
  }
  expect(await store.counts()).toMatchObject({ feedback: 600 });
  await store.close();
});

test('refuses with SL_OVERLOADED when too much waits for the journal, then goes on', async () => {
  const store = await openSqliteStore({ folder: newFolder(), journalBytes: 64 << 10 });
  const batches = Array.from({ length: 40 }, (_, b) =>
    Array.from({ length: 100 }, (_, e) => click(`${b}/${e}`)),
  );
  const results = await Promise.allSettled(batches.map((batch) => store.appendFeedback(batch)));
  const kept = batches.filter((_, b) => results[b].status === 'fulfilled');
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(batches.length);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'SL_OVERLOADED' },
  });
  expect(await keysOf(store)).toEqual(kept.flat().map(({ key }) => key));
  expect((await store.appendFeedback(batches[39])).accepted).toBe(100);
  await store.close();
});

test('says that the disk is full, keeps what it has, and goes on when there is room', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes: 64 << 10, maxDataBytes: 512 << 10 });
  const big = (id: string) => item(id, { text: 'x'.repeat(20_000) });
  await store.mset('items', [big('a'), big('b')]);
  const many = Array.from({ length: 40 }, (_, n) => big(`n${n}`));
  const full = { code: 'SL_STORE_FULL', message: expect.stringContaining(folder) };
  await expect(store.mset('items', many)).rejects.toMatchObject(full);
  expect(await store.counts()).toMatchObject({ items: 2 });
  await store.mdelete('items', ['a']);
  await store.mset('items', [big('c')]);
  expect((await store.scan('items', { limit: 9 })).rows.map(({ id }) => id)).toEqual(['b', 'c']);
  await store.close();
});

test('a full disk stops feedback only once the journal is full too, and loses none', async () => {
  const folder = newFolder();
  const options = { folder, journalBytes: 64 << 10 };
  const store = await openSqliteStore({ ...options, maxDataBytes: 128 << 10 });
  const kept: string[] = [];
  let refusal: unknown;
  for (let b = 0; refusal === undefined && b < 200; b++) {
    const batch = Array.from({ length: 50 }, (_, e) => click(`${b}/${e}/${'k'.repeat(60)}`));
    try {
      await store.appendFeedback(batch);
      kept.push(...batch.map(({ key }) => key));
    } catch (error) {
      // The fold may be behind, or it may have found the disk full.
      if ((error as { code: string }).code === 'SL_OVERLOADED') await store.counts().catch(() => 0);
      else refusal = error;
    }
  }
  expect(refusal).toMatchObject({ code: 'SL_STORE_FULL' });
  await expect(store.counts()).rejects.toMatchObject({ code: 'SL_STORE_FULL' });
  await store.close();
  const roomy = await openSqliteStore(options);
  expect(await keysOf(roomy)).toEqual(kept);
  await roomy.close();
});

test('refuses a folder that is open already, naming folder and process', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes });
  await expect(openSqliteStore({ folder, journalBytes })).rejects.toMatchObject({
    code: 'SL_STORE_LOCKED',
    message: `data folder ${folder} is open in process ${process.pid}, expected no other process`,
  });
  await store.appendFeedback([click('a')]);
  await store.close();
  await (await openSqliteStore({ folder, journalBytes })).close();
});

test('refuses a file that is not a database, or a damaged one, and lets go of the folder', async () => {
  const folder = newFolder();
  writeFileSync(
    join(folder, 'data.db'),
    'not a database at all, but long enough to have a header'.repeat(9),
  );
  for (let again = 0; again < 2; again++) {
    await expect(openSqliteStore({ folder, journalBytes })).rejects.toMatchObject({
      code: 'SL_STORE_CORRUPT',
    });
  }
  writeFileSync(join(folder, 'data.db'), '');
  await (await openSqliteStore({ folder, journalBytes })).close();
});

test('a damaged page fails the reads that need it, by name, and nothing else', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes });
  await store.mset(
    'items',
    Array.from({ length: 2000 }, (_, n) => item(`item-${n}`)),
  );
  await store.mset('users', [{ id: 'u', attributes: {} }]);
  await store.close();
  const file = join(folder, 'data.db');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, bytes.length >> 1, bytes.length - 4096));
  const damaged = await openSqliteStore({ folder, journalBytes });
  const found = await damaged.mget(
    'items',
    Array.from({ length: 2000 }, (_, n) => `item-${n}`),
  );
  expect(found).toContainEqual(expect.objectContaining({ state: 'failed', reason: 'error' }));
  await expect(damaged.scan('items', { limit: 5000 })).rejects.toMatchObject({
    code: 'SL_STORE_CORRUPT',
  });
  await damaged.close();
});

test('refuses a file of a newer version', async () => {
  const folder = newFolder();
  const db = new DatabaseSync(join(folder, 'data.db'));
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(openSqliteStore({ folder, journalBytes })).rejects.toMatchObject({
    code: 'SL_STORE_VERSION',
    message: `data folder ${folder} has schema version 99, expected 3 at most`,
  });
});

test('refuses a folder that cannot be made', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const unavailable = { code: 'SL_STORE_UNAVAILABLE', message: expect.stringContaining(file) };
  await expect(openSqliteStore({ folder: join(file, 'data') })).rejects.toMatchObject(unavailable);
});

test('makes its folder, parents included, and a journal of the size asked for', async () => {
  const folder = join(newFolder(), 'deep/er');
  const store = await openSqliteStore({ folder, journalBytes: 300_000 });
  expect(statSync(join(folder, 'feedback.journal')).size).toBe(300_000);
  await store.close();
});

test('a batch that no journal could hold is refused by name', async () => {
  const store = await openSqliteStore({ folder: newFolder(), journalBytes: 64 << 10 });
  await expect(store.appendFeedback([click('x'.repeat(20_000))])).rejects.toMatchObject({
    code: 'SL_REQUEST_TOO_LARGE',
  });
  expect(await store.counts()).toMatchObject({ feedback: 0 });
  await store.close();
});

test('an unfinished journal file of an earlier start is made again', async () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'feedback.journal.new'), 'half');
  writeFileSync(join(folder, 'feedback.journal'), '');
  const store = await openSqliteStore({ folder, journalBytes: 100_000 });
  await store.appendFeedback([click('a')]);
  expect(await keysOf(store)).toEqual(['a']);
  await store.close();
});
