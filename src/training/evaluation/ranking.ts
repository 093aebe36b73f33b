import { listQuality } from '../../math/ranking.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import { Hits, type Model, type ModelQuery } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** What users are known to have had, and what they had later; rows of both are the same users. */
export interface RankingTask {
  /** User id of each row; absent for nobody known. */
  readonly users: readonly (string | undefined)[];
  /** Item ids by column. */
  readonly items: readonly string[];
  /** Never recommended again, so not ranked. */
  readonly known: SparseMatrix;
  /** The codes of `known`, those of each row in order of time, oldest first; absent is the order of `known`. */
  readonly history?: Uint32Array | undefined;
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

/** The list of one user. */
export interface RankedUser {
  /** What the model was asked. */
  readonly query: ModelQuery;
  /** Dense items, best first; overwritten by the next. */
  readonly list: Int32Array;
  readonly count: number;
  /** How many items were wanted, those outside the table too. */
  readonly wanted: number;
  isWanted(item: number): boolean;
  /** Whether the user is known to have had a dense item. */
  isKnown(item: number): boolean;
}

/** What a walk over users needs. */
export interface RankingWalk extends Omit<RankingOptions, 'progress'> {
  readonly model: Pick<Model, 'retrieve'>;
  readonly task: RankingTask;
  readonly table: ItemTable;
  /** Of the users that are judged, the first, and that before which to end. */
  readonly first?: number | undefined;
  readonly end?: number | undefined;
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
  task: RankingTask,
  table: ItemTable,
  { cutoff = 20, every = 1, nowMs = 0, progress = () => {} }: RankingOptions = {},
): RankingQuality {
  const users = countRanked(task, every);
  const columns = { recalls: new Float64Array(users), ndcgs: new Float64Array(users) };
  let [mrr, hitRate, i] = [0, 0, 0];
  walkRanking({ model, task, table, cutoff, every, nowMs }, ({ list, count, wanted, isWanted }) => {
    const quality = listQuality((place) => place < count && isWanted(list[place]), wanted, cutoff);
    columns.recalls[i] = quality.recall;
    columns.ndcgs[i++] = quality.ndcg;
    mrr += quality.reciprocalRank / users;
    hitRate += quality.hit / users;
    progress(i / users);
  });
  const [recall, ndcg] = [columns.recalls, columns.ndcgs].map(mean);
  return { users, recall, ndcg, mrr, hitRate, ...columns };
}

/** How many users are judged, each `every`th of those that wanted anything. */
export function countRanked({ wanted }: Pick<RankingTask, 'wanted'>, every = 1): number {
  return Math.ceil(rowsWithWanted(wanted).length / every);
}

/** Ranks for each user in order and shows the list; see `evaluateRanking`. */
export function walkRanking(walk: RankingWalk, visit: (ranked: RankedUser) => void): void {
  const { model, task, table, cutoff = 20, every = 1, nowMs = 0 } = walk;
  const { users, items, known, wanted, history = known.codes } = task;
  const dense = Int32Array.from(items, (id) => table.indexOf(id));
  const judged = rowsWithWanted(wanted).filter((_, i) => i % every === 0);
  const rows = judged.slice(walk.first ?? 0, walk.end);
  const longest = rows.reduce((most, row) => Math.max(most, entries(known, row).length), 0);
  const hits = new Hits(cutoff + longest);
  const state = new Uint8Array(table.size);
  const list = new Int32Array(cutoff);
  const is = {
    isWanted: (item: number) => state[item] === isWanted,
    isKnown: (item: number) => state[item] === isKnown,
  };
  for (const row of rows) {
    const had = entries(known, row);
    const wants = entries(wanted, row);
    const recent = Int32Array.from(
      entries({ offsets: known.offsets, codes: history }, row),
      (code) => dense[code],
    );
    const query = { anchor: -1, recent, nowMs, purpose: 'next', user: users[row] } as const;
    model.retrieve(query, cutoff + had.length, hits);
    mark(state, dense, wants, isWanted);
    // What is known is not ranked, wanted again or not.
    mark(state, dense, had, isKnown);
    const count = withoutKnown(hits, state, list);
    visit({ query, list, count, wanted: wants.length, ...is });
    mark(state, dense, had, 0);
    mark(state, dense, wants, 0);
  }
}

const isKnown = 1;
const isWanted = 2;

function rowsWithWanted({ rows, offsets }: SparseMatrix): number[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  return all.filter((row) => offsets[row + 1] > offsets[row]);
}

function entries(
  { offsets, codes }: Pick<SparseMatrix, 'offsets' | 'codes'>,
  row: number,
): Uint32Array {
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
