import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SightlineError } from '../domain/errors.ts';

/** Each step takes a file to the next version, which is kept in `PRAGMA user_version`; a new file has version 0. */
const migrations: readonly string[] = [
  `
  CREATE TABLE items (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE users (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE feedback (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    item TEXT NOT NULL,
    user TEXT,
    session TEXT,
    at_ms REAL NOT NULL,
    value REAL,
    request_id TEXT
  ) STRICT;
  -- Position in the journal before which every frame is in the feedback table.
  CREATE TABLE journal (position REAL NOT NULL) STRICT;
  INSERT INTO journal VALUES (0);
`,
  `
  CREATE TABLE deliveries (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE notifications (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
  CREATE TABLE anomalies (id TEXT PRIMARY KEY, row TEXT NOT NULL, written_at_ms REAL NOT NULL) STRICT;
`,
  `
  ALTER TABLE feedback ADD COLUMN note TEXT;
  -- Events in the feedback table: deleted ones leave gaps in seq.
  ALTER TABLE journal ADD COLUMN events REAL NOT NULL DEFAULT 0;
  UPDATE journal SET events = (SELECT count(*) FROM feedback);
`,
];

/** What finds feedback by what it is about. */
const lookups = `
  CREATE INDEX IF NOT EXISTS feedback_by_triple ON feedback (type, user, item) WHERE user IS NOT NULL;
  CREATE INDEX IF NOT EXISTS feedback_by_item ON feedback (item) WHERE user IS NOT NULL;
`;
const noLookups = 'DROP INDEX IF EXISTS feedback_by_triple; DROP INDEX IF EXISTS feedback_by_item;';
const schemaVersion = migrations.length;

/** The columns of an event, in the order in which a batch travels through the journal. */
export const feedbackColumns = 'key, type, item, user, session, at_ms, value, request_id, note';

/** How data.db is opened. */
export interface DataFileOptions {
  /** The most it may grow to. */
  readonly maxBytes: number | undefined;
  /** Whether feedback is found by type, user and item without reading all of it; events are taken in a third as fast. */
  readonly hasLookups: boolean;
}

/**
 * Opens data.db for its one writer; makes the tables that a new or an older file lacks. A commit is on disk when it
 * returns. Throws SQLite's errors, and `SL_STORE_VERSION` for a file of a newer Sightline.
 */
export function openDataFile(
  folder: string,
  { maxBytes, hasLookups }: DataFileOptions,
): DatabaseSync {
  const db = new DatabaseSync(join(folder, 'data.db'), { timeout: 5000 });
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536');
    // Few large checkpoints: random keys touch the same index pages again and again.
    db.exec('PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864');
    if (maxBytes !== undefined) limitSize(db, maxBytes);
    migrate(db, folder);
    db.exec(hasLookups ? lookups : noLookups);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens data.db for reads, once the writer has opened it. */
export function openDataFileForReads(folder: string): DatabaseSync {
  return new DatabaseSync(join(folder, 'data.db'), { readOnly: true, timeout: 1000 });
}

function limitSize(db: DatabaseSync, maxBytes: number): void {
  const { page_size } = db.prepare('PRAGMA page_size').get() as { page_size: number };
  db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / page_size))}`);
}

function migrate(db: DatabaseSync, folder: string): void {
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (user_version > schemaVersion) {
    const message = `data folder ${folder} has schema version ${user_version}, expected ${schemaVersion} at most`;
    throw new SightlineError('SL_STORE_VERSION', message);
  }
  if (user_version === schemaVersion) return;
  const steps = migrations.slice(user_version).join('');
  db.exec(`BEGIN EXCLUSIVE; ${steps} PRAGMA user_version = ${schemaVersion}; COMMIT`);
}
