import { checkFinite, checkWeights, SampleSorter, type SortedSample } from './sample.ts';
import { checkedDistance, sampleWasserstein1 } from './wasserstein.ts';

/** Points in several dimensions, as a distribution. */
export interface Points {
  /** Row-major, `count` × `dimensions`. */
  readonly values: Float32Array | Float64Array;
  readonly count: number;
  readonly dimensions: number;
  /** One weight per point, which counts by its share of the sum; equal where absent. */
  readonly weights?: Float64Array;
}

/** How far two distributions lie apart, in the unit of the values. */
export interface SlicedDistance {
  /** Mean over the directions. */
  readonly mean: number;
  /** Greatest over the directions: sees a shift along one direction, which the mean dilutes. */
  readonly max: number;
  /** The direction of the greatest, the first of equals. */
  readonly worst: number;
}

/** A distribution that windows are compared with again and again. */
export interface SlicedReference {
  /** How many points it has. */
  readonly count: number;
  /**
   * The sliced distance of a window of n points from these m:
   * O(directions · (n · dimensions + n log n + m)). Throws as `slicedWasserstein1` does.
   */
  distanceTo(window: Points): SlicedDistance;
}

/**
 * Sliced Wasserstein-1 distance (Rabin et al. 2012), and the max-sliced one over the same directions: exact W1 of
 * both sides projected onto each direction. Unit directions give at most the Wasserstein distance in all
 * dimensions, and about 1 / √dimensions of it, so compare only with others of the same directions.
 * O(directions · (n + m) · (dimensions + log)).
 *
 * `directions` is row-major, directions × dimensions. Throws RangeError where the shapes do not fit together, and
 * for values and weights as `wasserstein1` does.
 *
 * @example slicedWasserstein1(u, v, Float64Array.of(1, 0)).mean // W1 of the first coordinates
 */
export function slicedWasserstein1(u: Points, v: Points, directions: Float64Array): SlicedDistance {
  return createSlicedReference(u, directions).distanceTo(v);
}

/**
 * Projects and sorts a reference once. Takes O(directions · count) memory, and keeps no view of the points.
 * Throws RangeError as `slicedWasserstein1` does.
 *
 * @example createSlicedReference(week, unitDirections(64, 32, rng)).distanceTo(lastHour).mean
 */
export function createSlicedReference(
  reference: Points,
  directions: Float64Array,
): SlicedReference {
  checkPoints('reference', reference);
  const { count, dimensions } = reference;
  if (directions.length === 0 || directions.length % dimensions !== 0)
    throw new RangeError(
      `directions have ${directions.length} numbers, expected a multiple of ${dimensions}`,
    );
  checkFinite('directions', directions);
  const kept = directions.slice();
  const sorted = sortProjections(reference, kept);
  return {
    count,
    distanceTo(window) {
      checkPoints('window', window);
      if (window.dimensions !== dimensions)
        throw new RangeError(`window has ${window.dimensions} dimensions, expected ${dimensions}`);
      const samples = sortProjections(window, kept);
      return summarise(samples.map((sample, k) => sampleWasserstein1(sorted[k], sample)));
    },
  };
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

/** The points as seen along each direction. */
function sortProjections(points: Points, directions: Float64Array): SortedSample[] {
  const { count, dimensions, weights } = points;
  const sorter = new SampleSorter(count);
  const projections = project(points, directions);
  return Array.from({ length: directions.length / dimensions }, (_, k) =>
    sorter.sort(projections.subarray(k * count, (k + 1) * count), weights),
  );
}

/**
 * Dot product of each point with each direction: directions × points. Goes dimension by dimension, because a sum
 * over one point waits for itself at each step.
 */
function project(points: Points, directions: Float64Array): Float64Array {
  const { count, dimensions } = points;
  const columns = columnsOf(points);
  const projections = new Float64Array((directions.length / dimensions) * count);
  for (let k = 0; k < directions.length; k++) {
    const factor = directions[k];
    const from = (k % dimensions) * count;
    const to = Math.floor(k / dimensions) * count;
    for (let i = 0; i < count; i++) projections[to + i] += factor * columns[from + i];
  }
  return projections;
}

/** The coordinates of all points, one dimension after the other. */
function columnsOf({ values, count, dimensions }: Points): Float64Array {
  const columns = new Float64Array(values.length);
  for (let i = 0; i < count; i++)
    for (let d = 0; d < dimensions; d++) columns[d * count + i] = values[i * dimensions + d];
  return columns;
}

function summarise(distances: readonly number[]): SlicedDistance {
  const max = Math.max(...distances);
  const sum = distances.reduce((total, distance) => total + distance, 0);
  return { mean: checkedDistance(sum / distances.length), max, worst: distances.indexOf(max) };
}
