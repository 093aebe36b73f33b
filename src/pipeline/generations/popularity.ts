import type { Clock } from '../../domain/clock.ts';
import { Hits, type Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** The longest popularity list that is kept: long enough to hold the items of small catalogues and rare categories. */
const popularityLimit = 131_072;

/**
 * The last rung of the ladder: items, most popular first; behind those that the popular model knows (or in its
 * place) the others, newest first. Filters still have to judge them. O(131,072) at most, and O(size · log size) for the
 * order of the newest, which all generations share until the table changes.
 *
 * @example createPopularity(table, clock)(popular)() // Int32Array [4, 2, 5, 3]
 */
export function createPopularity(
  table: ItemTable,
  clock: Clock,
): (popular: Model | undefined) => () => Int32Array {
  const newest = followTable(table, clock, () => newestFirst(table));
  return (popular) =>
    followTable(table, clock, () => listPopular(table, { popular, newest, nowMs: clock.now() }));
}

interface Popularity {
  readonly popular: Model | undefined;
  readonly newest: () => Int32Array;
  readonly nowMs: number;
}

function listPopular(table: ItemTable, { popular, newest, nowMs }: Popularity): Int32Array {
  const limit = Math.min(popularityLimit, table.size);
  const list = new Int32Array(limit);
  const hits = new Hits(Math.max(1, limit));
  popular?.retrieve({ anchor: -1, recent: new Int32Array(0), nowMs, purpose: 'next' }, limit, hits);
  list.set(hits.items.subarray(0, hits.count));
  if (hits.count === limit) return list;
  const listed = new Uint8Array(table.size);
  for (let at = 0; at < hits.count; at++) listed[list[at]] = 1;
  let count = hits.count;
  for (const item of newest()) {
    if (count >= limit) break;
    if (listed[item] === 0) list[count++] = item;
  }
  return list.subarray(0, count);
}

/** Tables larger than this are followed with a delay. */
const promptSize = 10_000;
const delayMs = 1000;

/** Makes a value again when the item table has changed since; of a large table at most once a second. */
export function followTable<T>(table: ItemTable, clock: Clock, make: () => T): () => T {
  let revision = -1;
  let madeAt = Number.NEGATIVE_INFINITY;
  let value: T;
  return () => {
    if (revision === table.revision) return value;
    const now = clock.monotonic();
    if (table.size > promptSize && now - madeAt < delayMs) return value;
    revision = table.revision;
    madeAt = now;
    value = make();
    return value;
  };
}

function newestFirst(table: ItemTable): Int32Array {
  const items = Int32Array.from({ length: table.size }, (_, item) => item);
  return items.sort((a, b) => table.publishedAtMs[b] - table.publishedAtMs[a] || a - b);
}
