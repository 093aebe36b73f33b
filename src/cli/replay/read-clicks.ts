import { statSync } from 'node:fs';
import { SightlineError } from '../../domain/errors.ts';
import type { DatasetSource } from '../../training/dataset/dataset-reader.ts';
import { readDataset } from '../../training/dataset/dataset-reader.ts';
import type { Click } from './timeline.ts';

/** What a data set has to play, and what it had that could not be read. */
export interface RecordedClicks {
  readonly clicks: readonly Click[];
  readonly skipped: number;
}

/**
 * Reads the events of a data set: a folder is JSON lines, a file is the e-shop clickstream. An event belongs to its
 * session, or to its user where there is no session; events of nobody are passed over. Throws `SL_DATA_INVALID`.
 */
export async function readClicks(path: string): Promise<RecordedClicks> {
  const clicks: Click[] = [];
  const segments = new Map<string, string>();
  const catalogs = new Map<string, string>();
  const segmentsOfUsers = new Map<string, string>();
  const { skipped } = await readDataset(sourceOf(path), {
    items: (batch) => {
      for (const { id, catalog } of batch) catalogs.set(id, catalog);
    },
    users: (batch) => {
      for (const { id, segment } of batch) {
        if (segment !== undefined) segmentsOfUsers.set(id, segment);
      }
    },
    sessions: (batch) => {
      for (const { id, segment } of batch) segments.set(id, segment);
    },
    feedback: (batch) => {
      for (const { session, user, item, type, atMs } of batch) {
        const id = session ?? user;
        if (id === undefined) continue;
        const segment = segments.get(id) ?? segmentsOfUsers.get(user ?? '');
        clicks.push({ session: id, item, type, atMs, segment, catalog: catalogs.get(item) });
      }
    },
  });
  return { clicks, skipped };
}

function sourceOf(path: string): DatasetSource {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new SightlineError(
      'SL_DATA_INVALID',
      `${path} does not exist, expected an e-shop file or a folder with feedback.jsonl`,
    );
  }
  return { format: found.isDirectory() ? 'jsonl' : 'eshop', path };
}
