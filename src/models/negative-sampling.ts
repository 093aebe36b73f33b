import { SightlineError } from '../domain/errors.ts';
import type { SgnsTrainer } from '../math/kernels/sgns-trainer.ts';
import type { Interactions } from './model.ts';

/** How negatives are drawn, and what that does to logits. */
export interface NegativeWeights {
  /** An item is drawn in proportion to its weight: count^alpha. */
  readonly weights: Float64Array;
  /**
   * What makes log-probabilities, but for a constant, of the logits that negative sampling learns: alpha · ln count
   * (Levy & Goldberg 2014).
   */
  readonly bias: Float32Array;
}

/** Counts events, each item at least once, and weighs items by count^alpha. */
export function negativeWeights({ items, codes }: Interactions, alpha: number): NegativeWeights {
  const counts = new Float64Array(items.length);
  for (const code of codes) counts[code] += 1;
  const weights = counts.map((count) => Math.max(1, count) ** alpha);
  return { weights, bias: Float32Array.from(weights, (weight) => Math.log(weight)) };
}

/**
 * The first `rows` rows of a trainer's matrix, one behind the other, without what pads them. Throws
 * `SL_TRAINING_FAILED` when training ran away into what is not a number.
 */
export function withoutPadding(
  matrix: Float32Array,
  rows: number,
  { dimensions, stride }: Pick<SgnsTrainer, 'dimensions' | 'stride'>,
): Float32Array {
  const packed = new Float32Array(rows * dimensions);
  for (let row = 0; row < rows; row++)
    packed.set(matrix.subarray(row * stride, row * stride + dimensions), row * dimensions);
  if (packed.every(Number.isFinite)) return packed;
  throw new SightlineError(
    'SL_TRAINING_FAILED',
    'vectors grew beyond all numbers, expected finite ones: lower learningRate',
  );
}
