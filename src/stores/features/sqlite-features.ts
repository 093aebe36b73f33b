import { statSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { SightlineError } from '../../domain/errors.ts';
import type { FeatureStore } from './feature-store.ts';
import { createSourceFeatures, type SourceFailure, type SourceOptions } from './source-features.ts';

/** What a SQLite file with features is called, where its rows stand, and how its values are read. */
export interface SqliteFeaturesOptions extends SourceOptions {
  readonly name?: string;
  readonly file: string;
  /** Names of the table and of its columns: letters, digits and `_`. */
  readonly table?: string;
  readonly keyColumn?: string;
  readonly valueColumn?: string;
  /** Stands before every key. */
  readonly keyPrefix?: string;
}

/** Milliseconds after which a look is taken whether another file stands under the name. */
const lookMs = 1000;

/**
 * Opens features of a table in a SQLite file, which is only read: one statement a wave, in the calling thread. A job may
 * write it meanwhile, or put another file in its place, which is seen within a second. A file that is not there makes
 * reads `unavailable` until it is. Errors name neither keys nor values. O(keys · log rows).
 *
 * @example
 * const store = openSqliteFeatures({ file: 'features.db' }); // SELECT key, value FROM features
 * await store.mget(['item:1'], { timeoutMs: 20 });
 */
export function openSqliteFeatures({
  name = 'sqlite',
  file,
  table = 'features',
  keyColumn = 'key',
  valueColumn = 'value',
  keyPrefix = '',
  ...options
}: SqliteFeaturesOptions): FeatureStore {
  const select =
    `SELECT at.key AS place, CAST(t.${quoted(valueColumn)} AS BLOB) AS value ` +
    `FROM json_each(?) AS at JOIN ${quoted(table)} AS t ON t.${quoted(keyColumn)} = at.value`;
  const reader = createReader(file, select, options.now);
  return createSourceFeatures(
    {
      name,
      async fetch(keys, answer) {
        const found = new Map<number, Buffer>();
        let failure: SourceFailure | undefined;
        try {
          const rows = reader.read(JSON.stringify(keys.map((key) => keyPrefix + key)));
          for (const { place, value } of rows)
            if (value !== null) found.set(Number(place), Buffer.from(value));
        } catch (cause) {
          failure = failureOf(cause, name);
        }
        for (const place of keys.keys()) answer(place, failure ?? found.get(place));
      },
      close: async () => reader.close(),
    },
    options,
  );
}

interface FoundRow {
  readonly place: number;
  readonly value: Uint8Array | null;
}

/** Reads with one statement of the file that stands under a name now. */
function createReader(file: string, select: string, now: () => number = Date.now) {
  let opened: { db: DatabaseSync; statement: StatementSync; inode: bigint } | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  const close = () => {
    opened?.db.close();
    opened = undefined;
  };
  const open = () => {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return { db, statement: db.prepare(select), inode: statSync(file, { bigint: true }).ino };
    } catch (cause) {
      db.close();
      throw cause;
    }
  };
  const look = () => {
    if (now() - lookedAtMs < lookMs) return;
    lookedAtMs = now();
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found?.ino !== opened?.inode) close();
  };
  return {
    read(keys: string): FoundRow[] {
      look();
      try {
        opened ??= open();
        return opened.statement.all(keys) as unknown as FoundRow[];
      } catch (cause) {
        close();
        throw cause;
      }
    },
    close,
  };
}

/** Names that are letters, digits and `_` alone cannot end the quotes. */
const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** Primary result codes of SQLite that pass: busy, locked, out of memory, I/O, cannot open. */
const passing = new Set([5, 6, 7, 10, 14]);

function failureOf(cause: unknown, name: string): SourceFailure {
  const { errcode = 0 } = Object(cause) as { errcode?: number };
  const isPassing = passing.has(errcode & 0xff);
  return {
    failed: isPassing ? 'unavailable' : 'error',
    cause: new SightlineError(
      isPassing ? 'SL_STORE_UNAVAILABLE' : 'SL_DATA_INVALID',
      `feature store ${name} cannot read its file: SQLite says ${errcode}`,
    ),
  };
}
