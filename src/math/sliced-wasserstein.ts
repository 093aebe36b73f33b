import { checkPoints, type Points } from './points.ts';
import { checkFinite, SampleSorter, type SortedSample } from './sample.ts';
import { checkedDistance, sampleWasserstein1 } from './wasserstein.ts';

/** How far two distributions lie apart, in the unit of the values. */
export interface SlicedDistance {
  /** Mean over the directions. */
  readonly mean: number;
  /** Greatest over the directions: sees a shift along one direction, which the mean dilutes. */
  readonly max: number;
  /** The direction of the greatest, the first of equals. */
  readonly worst: number;
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
  checkPoints('u', u);
  checkPoints('v', v);
  const { dimensions } = u;
  if (v.dimensions !== dimensions)
    throw new RangeError(`v has ${v.dimensions} dimensions, expected ${dimensions}`);
  if (directions.length === 0 || directions.length % dimensions !== 0)
    throw new RangeError(
      `directions have ${directions.length} numbers, expected a multiple of ${dimensions}`,
    );
  checkFinite('directions', directions);
  const samples = sortProjections(v, directions);
  return summarise(
    sortProjections(u, directions).map((sample, k) => sampleWasserstein1(sample, samples[k])),
  );
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
