import type { FeatureValue } from '../../stores/features/feature-store.ts';
import type { Algorithms } from '../catalogue.ts';
import { type FeatureColumn, featureState } from '../features/feature-column.ts';
import { pathOf, reach } from '../features/feature-path.ts';

/** What a filter does with an item that it cannot judge. */
export type Unjudged = 'keep' | 'drop';

/** What a value must be to be served. */
export interface FeatureFilterOptions {
  readonly feature: string;
  /** Path of names inside its values; empty for the value itself. */
  readonly field: string;
  /** The values that may be served. */
  readonly is?: readonly (string | number | boolean)[] | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  /** Where there is no such value. */
  readonly onMissing: Unjudged;
  /** Where the store did not answer. */
  readonly onFailed: Unjudged;
}

/** Keeps items by a value that a feature store keeps of them. */
export function featureFilter(options: FeatureFilterOptions): Algorithms['filters'] {
  const { feature, onMissing, onFailed } = options;
  const path = pathOf(options.field);
  const judgeRow = (column: FeatureColumn, row: number): boolean => {
    if (row < 0 || column.state[row] === featureState.failed) return onFailed === 'keep';
    return verdict(reach(column.valueAt(row), path), options) ?? onMissing === 'keep';
  };
  return {
    judge({ features }, items, count, keep) {
      const column = features.get(feature);
      for (let i = 0; i < count; i++) {
        const row = column.isSingle ? 0 : features.rowOf(items[i]);
        if (!judgeRow(column, row)) keep[i] = 0;
      }
    },
  };
}

/** Whether a value may be served; undefined where it cannot be compared. */
function verdict(
  value: FeatureValue | undefined,
  {
    is,
    atLeast = Number.NEGATIVE_INFINITY,
    atMost = Number.POSITIVE_INFINITY,
  }: FeatureFilterOptions,
): boolean | undefined {
  if (is !== undefined) {
    const isPlain = typeof value !== 'object' && value !== undefined;
    return isPlain ? is.includes(value) : undefined;
  }
  if (typeof value !== 'number') return undefined;
  return value >= atLeast && value <= atMost;
}
