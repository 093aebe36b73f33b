import { listQuality } from '../../math/ranking.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import { Hits, type Model } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** What users are known to have had, and what they had later; rows of both are the same users. */
export interface RankingTask {
  /** User id of each row; absent for nobody known. */
  readonly users: readonly (string | undefined)[];
  /** Item ids by column. */
  readonly items: readonly string[];
  /** Never recommended again, so not ranked. */
  readonly known: SparseMatrix;
  readonly wanted: SparseMatrix;
}

/** Quality of each user that wanted anything, and the means of it. */
export interface RankingQuality {
  readonly users: number;
  readonly recall: number;
  readonly ndcg: number;
  readonly mrr: number;
  readonly hitRate: number;
  /** Of each user, in order of rows: for paired comparisons. */
  readonly recalls: Float64Array;
  readonly ndcgs: Float64Array;
}

/** How a ranking is judged. */
export interface RankingOptions {
  readonly cutoff?: number;
  /** Judges each so many-th user with wanted items, for quick looks. */
  readonly every?: number;
  readonly nowMs?: number;
  readonly progress?: (done: number) => void;
}

/**
 * Ranks the full catalogue for each user, without what the user is known to have, and judges the first `cutoff` items.
 * Asks the model as a gateway does, by `retrieve`. Wanted items that the model never saw count as missed. O(users · cost
 * of a query).
 *
 * @example evaluateRanking(model, task, table).recall // 0.1828
 */
export function evaluateRanking(
  model: Pick<Model, 'retrieve'>,
  { users, items, known, wanted }: RankingTask,
  table: ItemTable,
  { cutoff = 20, every = 1, nowMs = 0, progress = () => {} }: RankingOptions = {},
): RankingQuality {
  const dense = Int32Array.from(items, (id) => table.indexOf(id));
  const rows = rowsWithWanted(wanted).filter((_, i) => i % every === 0);
  const longest = rows.reduce((most, row) => Math.max(most, entries(known, row).length), 0);
  const hits = new Hits(cutoff + longest);
  const state = new Uint8Array(table.size);
  const list = new Int32Array(cutoff);
  const columns = { recalls: new Float64Array(rows.length), ndcgs: new Float64Array(rows.length) };
  let [mrr, hitRate] = [0, 0];
  for (const [i, row] of rows.entries()) {
    const had = entries(known, row);
    const wants = entries(wanted, row);
    const recent = Int32Array.from(had, (code) => dense[code]);
    const user = users[row];
    model.retrieve({ anchor: -1, recent, nowMs, purpose: 'next', user }, cutoff + had.length, hits);
    mark(state, dense, had, isKnown);
    mark(state, dense, wants, isWanted);
    const count = withoutKnown(hits, state, list);
    const quality = listQuality(
      (place) => place < count && state[list[place]] === isWanted,
      wants.length,
      cutoff,
    );
    mark(state, dense, had, 0);
    mark(state, dense, wants, 0);
    columns.recalls[i] = quality.recall;
    columns.ndcgs[i] = quality.ndcg;
    mrr += quality.reciprocalRank / rows.length;
    hitRate += quality.hit / rows.length;
    progress((i + 1) / rows.length);
  }
  const [recall, ndcg] = [columns.recalls, columns.ndcgs].map(mean);
  return { users: rows.length, recall, ndcg, mrr, hitRate, ...columns };
}

const isKnown = 1;
const isWanted = 2;

function rowsWithWanted({ rows, offsets }: SparseMatrix): number[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  return all.filter((row) => offsets[row + 1] > offsets[row]);
}

function entries({ offsets, codes }: SparseMatrix, row: number): Uint32Array {
  return codes.subarray(offsets[row], offsets[row + 1]);
}

function mark(state: Uint8Array, dense: Int32Array, codes: Uint32Array, as: number): void {
  for (const code of codes) if (dense[code] >= 0) state[dense[code]] = as;
}

/** Writes the first hits that are not known into `list`; answers how many. */
function withoutKnown(hits: Hits, state: Uint8Array, list: Int32Array): number {
  let count = 0;
  for (let i = 0; i < hits.count && count < list.length; i++)
    if (state[hits.items[i]] !== isKnown) list[count++] = hits.items[i];
  return count;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
