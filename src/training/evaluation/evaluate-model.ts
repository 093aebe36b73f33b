import type { SparseMatrix } from '../../math/sparse.ts';
import type { Interactions, Model } from '../../models/model.ts';
import { userItems } from '../../models/user-items.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Split } from '../dataset/dataset.ts';
import { evaluateNextClick } from './next-click.ts';
import { evaluateRanking, type RankingTask } from './ranking.ts';

/** What is asked of a model: the next event of a session, or all later items of a user. */
export type EvaluationTask = 'next-click' | 'ranking';

/** How well a model did on what it had not seen. */
export interface ModelQuality {
  readonly task: EvaluationTask;
  /** Targets of `next-click`, users of `ranking`. */
  readonly cases: number;
  readonly measures: {
    readonly recall: number;
    readonly ndcg: number;
    readonly mrr: number;
    readonly hitRate: number;
  };
  /** NDCG of each case, in an order that is the same for every model: for paired comparisons. */
  readonly ndcgs: Float64Array;
}

/** How a model is judged. */
export interface EvaluationOptions {
  /** Absent is `ranking` where the data name users, else `next-click`. */
  readonly task?: EvaluationTask;
  readonly cutoff?: number;
  /** Judges each so many-th case, for quick looks. */
  readonly every?: number;
}

/**
 * Judges a model that learnt `before` by what came `after`; the full catalogue is ranked. O(cases · cost of a query).
 *
 * @example evaluateModel(model, splitLast(interactions, 0.1), table).measures.ndcg // 0.14
 */
export function evaluateModel(
  model: Model,
  { before, after }: Split,
  table: ItemTable,
  { task = after.users ? 'ranking' : 'next-click', cutoff = 20, every = 1 }: EvaluationOptions = {},
): ModelQuality {
  if (task === 'ranking') {
    const { users, recall, ndcg, mrr, hitRate, ndcgs } = evaluateRanking(
      model,
      rankingTask(before, after),
      table,
      { cutoff, every, nowMs: after.atMs.at(-1) ?? 0 },
    );
    return { task, cases: users, measures: { recall, ndcg, mrr, hitRate }, ndcgs };
  }
  const { ranks } = evaluateNextClick(model.score, after, table, { every });
  const isHit = (rank: number) => rank <= cutoff;
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const hits = mean(ranks.map((rank) => Number(isHit(rank))));
  const ndcgs = ranks.map((rank) => (isHit(rank) ? 1 / Math.log2(rank + 1) : 0));
  const mrr = mean(ranks.map((rank) => (isHit(rank) ? 1 / rank : 0)));
  const measures = { recall: hits, ndcg: mean(ndcgs), mrr, hitRate: hits };
  return { task, cases: ranks.length, measures, ndcgs };
}

/** The users of `after`: what they had before, and what they took up since. */
export function rankingTask(before: Interactions, after: Interactions): RankingTask {
  const [had, took] = [userItems(before), userItems(after)];
  const items = [...new Set([...before.items, ...after.items])];
  const codeOf = new Map(items.map((id, code) => [id, code]));
  const rowOf = new Map(had.users.map((user, row) => [user, row]));
  const users = took.users;
  const rowsOf = (from: SparseMatrix, ids: readonly string[], rows: readonly number[]) => {
    const offsets = new Uint32Array(rows.length + 1);
    const codes: number[] = [];
    for (const [i, row] of rows.entries()) {
      const own = row < 0 ? [] : from.codes.subarray(from.offsets[row], from.offsets[row + 1]);
      const mapped = Array.from(own, (code) => codeOf.get(ids[code])!);
      codes.push(...mapped.sort((a, b) => a - b));
      offsets[i + 1] = codes.length;
    }
    const values = new Float32Array(codes.length).fill(1);
    return {
      rows: rows.length,
      columns: items.length,
      offsets,
      codes: Uint32Array.from(codes),
      values,
    };
  };
  const same = users.map((user) => (user === undefined ? -1 : (rowOf.get(user) ?? -1)));
  return {
    users,
    items,
    known: rowsOf(had, before.items, same),
    wanted: rowsOf(
      took,
      after.items,
      users.map((_, row) => row),
    ),
  };
}
