import type { Algorithms } from '../catalogue.ts';
import { createTransform, type ScoreTransform } from './score-transform.ts';

/** What a score is made of. */
export interface FeatureScorerOptions {
  readonly feature: string;
  /** Path of names inside its values; empty for values that are numbers. */
  readonly field: string;
  readonly transform: ScoreTransform;
  /** The number of candidates that have none. */
  readonly missing: number;
}

/** Scores with a number that a feature store keeps of each candidate. */
export function featureScorer(options: FeatureScorerOptions): Algorithms['scorers'] {
  const { feature, field, missing } = options;
  const transform = createTransform(options.transform);
  return {
    score({ features }, { count }, scores) {
      const column = features.get(feature);
      const numbers = column.numbers(field, missing);
      if (column.isSingle) scores.fill(transform(numbers[0]), 0, count);
      else for (let row = 0; row < count; row++) scores[row] = transform(numbers[row]);
    },
  };
}
