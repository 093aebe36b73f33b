import type { GlobalTable } from '../../stores/tables/global-table.ts';
import type { Algorithms } from '../catalogue.ts';
import { createItemColumn } from './item-column.ts';
import { createTransform, type ScoreTransform } from './score-transform.ts';

/** Keeps the items whose ids a table holds, or those whose ids it does not. */
export function listFilter(
  table: GlobalTable,
  wanted: 'listed' | 'unlisted',
): Algorithms['filters'] {
  const keeps = createItemColumn((id) => (table.has(id) === (wanted === 'listed') ? 1 : 0));
  return {
    judge(context, items, count, keep) {
      for (let i = 0; i < count; i++) if (keeps.of(context.table, items[i]) === 0) keep[i] = 0;
    },
  };
}

/** What a score of a table is made of. */
export interface TableScorerOptions {
  readonly transform: ScoreTransform;
  /** The number of items that it does not hold. */
  readonly missing: number;
}

/** Scores with the number that a table holds of each item: its value, its text read as a number, or 1 for a key. */
export function tableScorer(
  table: GlobalTable,
  options: TableScorerOptions,
): Algorithms['scorers'] {
  const transform = createTransform(options.transform);
  const scoreOf = createItemColumn((id) => {
    const value = table.get(id);
    const number = value === undefined || value === '' ? Number.NaN : Number(value);
    return transform(Number.isNaN(number) ? options.missing : number);
  });
  return {
    score(context, { items, count }, scores) {
      for (let row = 0; row < count; row++) scores[row] = scoreOf.of(context.table, items[row]);
    },
  };
}
