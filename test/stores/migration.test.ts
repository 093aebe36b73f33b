import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createJournalFile, openJournal } from '../../src/stores/journal.ts';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { get } from '../../src/stores/store.ts';
import { click, delivery, item } from '../contracts/rows.ts';
import { useDataFolders } from './data-folder.ts';

const newFolder = useDataFolders();
const journalBytes = 1 << 20;

/** The tables of a file of version 1, with a row in each. */
const versionOne = `
  CREATE TABLE items (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE users (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE feedback (
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, type TEXT NOT NULL, item TEXT NOT NULL, user TEXT,
    session TEXT, at_ms REAL NOT NULL, value REAL, request_id TEXT
  ) STRICT;
  CREATE TABLE journal (position REAL NOT NULL) STRICT;
  INSERT INTO journal VALUES (0);
  INSERT INTO items VALUES ('A1', '${JSON.stringify(item('A1')).replaceAll("'", "''")}', 1000);
  INSERT INTO users VALUES ('u', '{"id":"u","attributes":{}}', 2000);
  INSERT INTO feedback VALUES (1, 'k', 'click', 'A1', NULL, NULL, 1200000000000, NULL, NULL);
  PRAGMA user_version = 1;
`;

function fileOf(folder: string): DatabaseSync {
  return new DatabaseSync(join(folder, 'data.db'));
}

test('a file of version 1 keeps every row and takes deliveries, at every later open too', async () => {
  const folder = newFolder();
  const old = fileOf(folder);
  old.exec(versionOne);
  old.close();
  for (let open = 1; open <= 2; open++) {
    const store = await openSqliteStore({ folder, journalBytes });
    expect(await get(store, 'items', 'A1')).toEqual({
      state: 'present',
      row: item('A1'),
      writtenAtMs: 1000,
    });
    expect(await get(store, 'users', 'u')).toMatchObject({ state: 'present', writtenAtMs: 2000 });
    expect((await store.scanFeedback({ limit: 9 })).rows).toEqual([click('k')]);
    await store.mset('deliveries', [delivery(`msg_${open}`)]);
    expect((await store.scan('deliveries', { limit: 9 })).rows).toHaveLength(open);
    await store.close();
  }
});

test('a step that cannot be made leaves the file as it was', async () => {
  const folder = newFolder();
  const old = fileOf(folder);
  old.exec(`${versionOne} CREATE TABLE anomalies (something TEXT)`);
  old.close();
  await expect(openSqliteStore({ folder, journalBytes })).rejects.toMatchObject({
    code: 'SL_STORE_UNAVAILABLE',
  });
  const left = fileOf(folder);
  expect(left.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 });
  expect(left.prepare("SELECT name FROM sqlite_master WHERE name = 'deliveries'").get()).toBe(
    undefined,
  );
  expect(left.prepare('SELECT count(*) AS rows FROM items').get()).toEqual({ rows: 1 });
  left.close();
});

test('events that an earlier version left in the journal, without labels, are folded', async () => {
  const folder = newFolder();
  const store = await openSqliteStore({ folder, journalBytes });
  await store.appendFeedback([click('before')]);
  await store.close();
  const db = fileOf(folder);
  const { position } = db.prepare('SELECT position FROM journal').get() as { position: number };
  db.close();
  const path = join(folder, 'feedback.journal');
  const journal = openJournal({
    path,
    capacity: createJournalFile(path, journalBytes),
    head: position,
    onDurable: () => {},
    onError: (cause) => new Error('no write', { cause }),
  });
  const row = ['old', 'click', 'A1', 'u', null, 5, 2, null];
  await journal.append([Buffer.from(JSON.stringify([row]))]);
  await journal.close();
  const later = await openSqliteStore({ folder, journalBytes, hasLookups: true });
  expect((await later.scanFeedback({ limit: 9 })).rows).toEqual([
    click('before'),
    click('old', { user: 'u', atMs: 5, value: 2 }),
  ]);
  expect((await later.counts()).feedback).toBe(2);
  await later.close();
});
