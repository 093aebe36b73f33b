import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { encodeFeature } from '../../../src/stores/features/feature-codec.ts';
import { openSqliteFeatures } from '../../../src/stores/features/sqlite-features.ts';
import { featureStoreContract } from '../../contracts/feature-store.ts';

featureStoreContract('sqlite', async (rows, codec) => {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-features-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'features.db');
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE features (key TEXT PRIMARY KEY, value BLOB)');
  const insert = db.prepare('INSERT INTO features VALUES (?, ?)');
  for (const [key, value] of Object.entries(rows))
    insert.run(`f:${key}`, encodeFeature(value, codec));
  db.close();
  return openSqliteFeatures({ file, codec, keyPrefix: 'f:' });
});
