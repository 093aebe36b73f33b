import type { Rng } from '../math/rng.ts';

/** One thing that a vector is to predict. */
export interface Example {
  /** The row that is right. */
  readonly right: number;
  /** What its steps count. */
  readonly weight: number;
  /** What is added to the vector before it predicts; absent is nothing. */
  readonly beside?: Float32Array;
}

/** How a vector is learnt. */
export interface VectorTraining {
  /** Frozen rows, each as long as the vector, one behind the other. */
  readonly rows: Float32Array;
  readonly epochs: number;
  /** At the start; it falls to a thousandth in a straight line. */
  readonly learningRate: number;
  /** Rows that are wrong for each that is right; need not be whole. */
  readonly negatives: number;
  /** Draws a row that is wrong; -1 leaves the draw out. */
  readonly draw: (right: number) => number;
  readonly rng: Rng;
}

/** Draws for one example, whatever `negatives` says. */
const maxDraws = 1024;

/**
 * Learns one vector by negative sampling (Mikolov et al. 2013) with everything else frozen, in place: steps of gradient
 * ascent on log σ(x · row) for the row that is right and on log σ(-x · row) for each that is drawn, where x is
 * vector + beside. This is a logistic regression, so there is one maximum to go to.
 * O(epochs · examples · negatives · dimensions).
 *
 * @example learnVector(vector, [{ right: 2, weight: 1 }], training) // σ(vector · row 2) has grown
 */
export function learnVector(
  vector: Float32Array,
  examples: readonly Example[],
  { rows, epochs, learningRate, negatives, draw, rng }: VectorTraining,
): void {
  const order = Uint32Array.from(examples.keys());
  const draws = Math.min(maxDraws, Math.ceil(negatives));
  const share = Math.min(1, negatives / draws);
  const steps = epochs * order.length;
  for (let step = 0; step < steps; step++) {
    if (step % order.length === 0) rng.shuffle(order);
    const example = examples[order[step % order.length]];
    const rate = learningRate * Math.max(1 - step / steps, 1e-3) * example.weight;
    learnRow(vector, example, { rows, row: example.right, label: 1, rate });
    for (let i = 0; i < draws; i++) {
      const row = draw(example.right);
      if (row >= 0) learnRow(vector, example, { rows, row, label: 0, rate: rate * share });
    }
  }
}

function learnRow(
  vector: Float32Array,
  { beside }: Example,
  { rows, row, label, rate }: { rows: Float32Array; row: number; label: number; rate: number },
): void {
  const at = row * vector.length;
  let logit = 0;
  for (let d = 0; d < vector.length; d++) logit += vector[d] * rows[at + d];
  if (beside !== undefined)
    for (let d = 0; d < vector.length; d++) logit += beside[d] * rows[at + d];
  const step = rate * (label - 1 / (1 + Math.exp(-logit)));
  for (let d = 0; d < vector.length; d++) vector[d] += step * rows[at + d];
}

/** Draws an index by an alias table (see `createAliasTable`); -1 when it is `but`. */
export function drawBut(but: number, table: Uint32Array, rng: Rng): number {
  const index = rng.below(table.length / 2);
  const drawn = rng.bits() < table[2 * index] ? index : table[2 * index + 1];
  return drawn === but ? -1 : drawn;
}

/**
 * The mean of some rows of a matrix, of which there must be one.
 *
 * @example meanRow(Float32Array.of(1, 2, 3, 4), [0, 1, 1, 0], 2) // Float32Array [2, 3]
 */
export function meanRow(
  matrix: Float32Array,
  rows: readonly number[],
  dimensions: number,
): Float32Array {
  const mean = new Float32Array(dimensions);
  for (const row of rows)
    for (let d = 0; d < dimensions; d++) mean[d] += matrix[row * dimensions + d] / rows.length;
  return mean;
}
