import { exponentials } from '../../math/exponential.ts';
import type { Crew } from '../../math/kernels/crew/crew.ts';
import { addProduct, addTurnedProduct, type DenseBlock, denseBlock, turn } from './matrices.ts';

/** Rows of outputs: the vector first, then the bias at `dimensions`. */
export interface Outputs {
  readonly value: DenseBlock;
  readonly gradient: DenseBlock;
  readonly dimensions: number;
}

/** What outputs should be. */
export interface Targets {
  /** Unit vectors, or zeros where nothing is taught; row-major, a row for each of the first outputs. */
  readonly vectors: Float32Array;
  /** How much each row counts, 0 or more. */
  readonly weights: Float32Array;
}

/**
 * Adds the gradient of the mean over weights of |z - t|² + 1 - cosine(z, t), and answers that mean. O(rows · d).
 */
export function distil(
  { value, gradient, dimensions }: Outputs,
  { vectors, weights }: Targets,
): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let loss = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    const share = weights[row] / total;
    const z = row * value.columns;
    const t = row * dimensions;
    const length = lengthAt(value.values, z, dimensions);
    let [square, dot] = [0, 0];
    for (let d = 0; d < dimensions; d++) {
      square += (value.values[z + d] - vectors[t + d]) ** 2;
      dot += value.values[z + d] * vectors[t + d];
    }
    loss += share * (square + 1 - dot / length);
    for (let d = 0; d < dimensions; d++) {
      const pull = 2 * (value.values[z + d] - vectors[t + d]);
      const turn = (value.values[z + d] * dot) / length ** 3 - vectors[t + d] / length;
      gradient.values[z + d] += share * (pull + turn);
    }
  }
  return loss;
}

/** Contexts and the items that were wanted in them. */
export interface Batch {
  /** Unit vectors, row-major, one for each case. */
  readonly contexts: Float32Array;
  /** Row of the outputs that each case wants. */
  readonly wanted: Uint32Array;
  /** Logarithm of the chance that each case's item is in a batch. */
  readonly logChances: Float32Array;
  /** Whether the case at `row` may not take the item of the case at `column` for a wrong one. */
  isHidden(row: number, column: number): boolean;
}

/** Adds a gradient to that of the outputs and answers the loss. */
export type SoftmaxLoss = (
  batch: Batch,
  options: { readonly scale: number; readonly weight: number },
) => number;

/** Bytes of a crew that the loss takes. */
export function softmaxBytes(maxCases: number, dimensions: number): number {
  return 4 * (4 * maxCases * dimensions + 2 * maxCases * maxCases) + 1024;
}

/**
 * Makes a loss: `weight` times the mean cross entropy of telling each wanted item from those of the other cases, by
 * logits scale · cosine + bias - ln(chance): the correction for what is sampled by popularity (Yi et al. 2019, as
 * logQ). Contexts are taken as given. `maxCases` is a multiple of 8. O(cases² · d).
 */
export function createSoftmaxLoss(crew: Crew, outputs: Outputs, maxCases: number): SoftmaxLoss {
  const { value, dimensions } = outputs;
  const contexts = denseBlock(crew, maxCases, dimensions);
  const units = denseBlock(crew, maxCases, dimensions);
  const turned = denseBlock(crew, dimensions, maxCases);
  const logits = denseBlock(crew, maxCases, maxCases);
  const slopes = denseBlock(crew, maxCases, dimensions);
  return (batch, { scale, weight }) => {
    const { wanted } = batch;
    for (const block of [contexts, units, logits, slopes]) block.values.fill(0);
    contexts.values.set(batch.contexts.subarray(0, wanted.length * dimensions));
    copyUnits(outputs, wanted, units.values);
    turn(units, turned);
    addProduct(crew, { a: contexts, b: turned, out: logits });
    const biases = Float32Array.from(
      wanted,
      (row) => value.values[row * value.columns + dimensions],
    );
    let loss = 0;
    for (let row = 0; row < wanted.length; row++)
      loss += toChances(logits, row, { batch, scale, biases }) / wanted.length;
    const factor = weight / wanted.length;
    for (let i = 0; i < logits.values.length; i++) logits.values[i] *= factor;
    addTurnedProduct(crew, { a: logits, b: contexts, out: slopes });
    for (const [c, row] of wanted.entries()) {
      const own = slopes.values.subarray(c * dimensions, (c + 1) * dimensions);
      for (let d = 0; d < dimensions; d++) own[d] *= scale;
      addThroughNorm(outputs, row, {
        slopes: own,
        unit: units.values.subarray(c * dimensions, (c + 1) * dimensions),
        biasSlope: columnSum(logits, c, wanted.length),
      });
    }
    return loss;
  };
}

/** Makes cosines of a row the chances of its cases, 1 less for the right one; answers the cross entropy. */
function toChances(
  { values, columns }: DenseBlock,
  row: number,
  { batch, scale, biases }: { batch: Batch; scale: number; biases: Float32Array },
): number {
  const cases = batch.wanted.length;
  const own = values.subarray(row * columns, row * columns + cases);
  let greatest = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < cases; c++) {
    own[c] =
      c !== row && batch.isHidden(row, c)
        ? Number.NEGATIVE_INFINITY
        : scale * own[c] + biases[c] - batch.logChances[c];
    greatest = Math.max(greatest, own[c]);
  }
  const right = own[row];
  exponentials(own, cases, greatest);
  let sum = 0;
  for (let c = 0; c < cases; c++) sum += own[c];
  for (let c = 0; c < cases; c++) own[c] /= sum;
  own[row] -= 1;
  return greatest + Math.log(sum) - right;
}

function columnSum({ values, columns }: DenseBlock, column: number, rows: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += values[row * columns + column];
  return sum;
}

/** From the gradient of a unit vector and its bias to that of the output. */
function addThroughNorm(
  { value, gradient, dimensions }: Outputs,
  row: number,
  { slopes, unit, biasSlope }: { slopes: Float32Array; unit: Float32Array; biasSlope: number },
): void {
  const z = row * value.columns;
  const length = lengthAt(value.values, z, dimensions);
  let along = 0;
  for (let d = 0; d < dimensions; d++) along += slopes[d] * unit[d];
  for (let d = 0; d < dimensions; d++)
    gradient.values[z + d] += (slopes[d] - along * unit[d]) / length;
  gradient.values[z + dimensions] += biasSlope;
}

/** Writes the unit vectors of rows of outputs, one behind the other. */
export function copyUnits(
  { value, dimensions }: Pick<Outputs, 'value' | 'dimensions'>,
  rows: Iterable<number>,
  units: Float32Array,
): void {
  let to = 0;
  for (const row of rows) {
    const z = row * value.columns;
    const length = lengthAt(value.values, z, dimensions);
    for (let d = 0; d < dimensions; d++) units[to++] = value.values[z + d] / length;
  }
}

/** Never 0, so that a vector of zeros has a direction of zeros. */
function lengthAt(values: Float32Array, at: number, dimensions: number): number {
  let sum = 1e-12;
  for (let d = 0; d < dimensions; d++) sum += values[at + d] ** 2;
  return Math.sqrt(sum);
}
