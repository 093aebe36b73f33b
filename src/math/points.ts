import { checkFinite, checkWeights } from './sample.ts';

/** Points in several dimensions, as a distribution. */
export interface Points {
  /** Row-major, `count` × `dimensions`. */
  readonly values: Float32Array | Float64Array;
  readonly count: number;
  readonly dimensions: number;
  /** One weight per point, which counts by its share of the sum; equal where absent. */
  readonly weights?: Float64Array;
}

/** Throws RangeError unless the lengths fit the shape, every value is finite and the weights are weights. */
export function checkPoints(name: string, { values, count, dimensions, weights }: Points): void {
  const whole = Number.isInteger(count) && Number.isInteger(dimensions);
  if (!(whole && count > 0 && dimensions > 0))
    throw new RangeError(`${name} is ${count} x ${dimensions}, expected two positive integers`);
  if (values.length !== count * dimensions)
    throw new RangeError(`${name} has ${values.length} values, expected ${count} x ${dimensions}`);
  checkFinite(name, values);
  if (weights !== undefined) checkWeights(name, weights, count);
}

/**
 * The share of the weight that each point has; they sum to 1.
 *
 * @example sharesOf({ values, count: 2, dimensions: 1 }) // 0.5, 0.5
 */
export function sharesOf({ count, weights }: Points): Float64Array {
  if (weights === undefined) return new Float64Array(count).fill(1 / count);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
