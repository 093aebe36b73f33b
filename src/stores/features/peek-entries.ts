import { type FeatureLookup, maxWaveKeys, type PeekRows } from './feature-store.ts';
import type { SnapshotEntries, SnapshotEntry } from './snapshot-entries.ts';

/**
 * Looks rows up among entries that were read at `freshFrom` or later (monotonic milliseconds); undefined where one is
 * not there. What the rows remember spares finding the entry of a key again while it is held. O(rows).
 */
export function peekEntries(
  entries: SnapshotEntries,
  rows: PeekRows,
  freshFrom: number,
): readonly FeatureLookup[] | undefined {
  const { count } = rows;
  if (count > maxWaveKeys) return undefined;
  const lookups: FeatureLookup[] = new Array(count);
  for (let row = 0; row < count; row++) {
    const entry = entryOf(entries, rows, row);
    if (entry === undefined || entry.readAt < freshFrom) return undefined;
    if (!entry.wasUsed) entry.wasUsed = true;
    lookups[row] = entry.lookup;
  }
  return lookups;
}

function entryOf(
  entries: SnapshotEntries,
  { keyOf, memory }: PeekRows,
  row: number,
): SnapshotEntry | undefined {
  const known = memory?.entries[memory.ids[row]] as SnapshotEntry | undefined;
  if (known?.isHeld) return known;
  const entry = entries.get(String(keyOf(row)));
  if (memory !== undefined && memory.ids[row] < memory.entries.length)
    memory.entries[memory.ids[row]] = entry;
  return entry;
}
