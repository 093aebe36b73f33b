import { topRows } from '../../math/top-rows.ts';
import { type ItemScope, isInScope } from '../../stores/item-scope.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { unreachable, type VectorColumn } from '../../stores/vector-column.ts';
import { Hits } from '../model.ts';
import { cacheNeighbours, type FindNeighbours } from '../neighbour-cache.ts';

/** What is looked for. */
export interface Wanted {
  readonly limit: number;
  readonly scope: ItemScope | undefined;
}

/** Finds the items nearest to one that has a vector, by their vectors; the list holds until the next call. */
export type FindNearest = (item: number, wanted: Wanted) => Hits;

/**
 * Makes a search for the nearest shown items by Euclidean distance, the item itself left out: least |q - x|² is greatest
 * q · x - |x|²/2. Without a scope the result of an item is kept until a vector changes. O(items · dimensions).
 */
export function createNearest(table: ItemTable, vectors: VectorColumn): FindNearest {
  const scanScope = createScopedScan(table, vectors);
  let hits = new Hits(0);
  let revision = -1;
  let find: FindNeighbours = scanAll(vectors);
  return (item, { limit, scope }) => {
    if (revision !== vectors.revision) find = cacheNeighbours(scanAll(vectors));
    revision = vectors.revision;
    if (hits.items.length < limit) hits = new Hits(limit);
    hits.count = 0;
    if (scope === undefined) find(item, limit, hits);
    else scanScope(item, { limit, scope }, hits);
    return hits;
  };
}

function scanAll(vectors: VectorColumn): FindNeighbours {
  return (item, limit, hits) => {
    const { rows } = vectors;
    if (rows === undefined) return;
    // One more, for the item itself.
    const room = new Hits(Math.min(limit + 1, rows.rowCount));
    const { items, scores } = room;
    const found = rows.nearest(queryOf(vectors, item), items.length, items, scores);
    for (let i = 0; i < found && hits.count < limit && scores[i] > unreachable / 2; i++) {
      if (items[i] === item) continue;
      hits.items[hits.count] = items[i];
      hits.scores[hits.count++] = scores[i];
    }
  };
}

function createScopedScan(
  table: ItemTable,
  vectors: VectorColumn,
): (item: number, wanted: { limit: number; scope: ItemScope }, hits: Hits) => void {
  let listed = new Int32Array(0);
  let scores = new Float32Array(0);
  return (item, { limit, scope }, hits) => {
    const { size, hidden } = table;
    if (listed.length < size) {
      listed = new Int32Array(size * 2);
      scores = new Float32Array(size * 2);
    }
    let count = 0;
    for (let other = 0; other < size; other++) {
      const isCandidate = other !== item && hidden[other] === 0 && vectors.has(other);
      if (isCandidate && isInScope(table, scope, other)) listed[count++] = other;
    }
    vectors.rows?.dot(queryOf(vectors, item), listed, count, scores);
    hits.count = topRows(scores, count, limit, hits.items);
    for (let i = 0; i < hits.count; i++) {
      hits.scores[i] = scores[hits.items[i]];
      hits.items[i] = listed[hits.items[i]];
    }
  };
}

/** The vector of an item, and 1 for the number behind the vectors. */
function queryOf(vectors: VectorColumn, item: number): Float32Array {
  const query = vectors.row(item)!.slice();
  query[vectors.dimensions] = 1;
  return query;
}
