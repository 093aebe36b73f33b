import { checkFinite, checkWeights, SampleSorter, type SortedSample } from './sample.ts';

/** Weights of two samples, one number per value; equal where absent. */
export interface SampleWeights {
  readonly u?: ArrayLike<number> | undefined;
  readonly v?: ArrayLike<number> | undefined;
}

/**
 * Exact Wasserstein-1 (earth mover's) distance of two samples in one dimension, in the unit of the values: the
 * area between their quantile functions, which is the area between their distribution functions (Vallender 1974).
 * Sizes may differ; weights count by their share of the sum. Each step moves what is left of the smaller side: a
 * loop over steps of min(1/n, 1/m) loses mass when the sizes differ. O(n log n + m log m), near O(n + m) for
 * values that differ in their first seven digits.
 *
 * Throws RangeError for a sample that is empty or has a value that is not finite, for weights that are negative or
 * not one per value, for weights whose sum is 0 or not finite, and where the values lie too far apart for a number.
 *
 * @example wasserstein1([0, 0, 0], [0, 100]) // 50
 * @example wasserstein1([0, 1], [0, 1], { u: [3, 1], v: [2, 2] }) // 0.25
 */
export function wasserstein1(
  u: ArrayLike<number>,
  v: ArrayLike<number>,
  weights: SampleWeights = {},
): number {
  const valuesU = checkedValues('u', u, weights.u);
  const valuesV = checkedValues('v', v, weights.v);
  const sorter = new SampleSorter(Math.max(u.length, v.length));
  return checkedDistance(
    sampleWasserstein1(sorter.sort(valuesU, weights.u), sorter.sort(valuesV, weights.v)),
  );
}

/**
 * The same distance of two ascending samples, each of equal weights, unchecked. Mass is counted in whole units of
 * 1 / (n · m), so none is lost to rounding. O(n + m), no allocation.
 *
 * @example sortedWasserstein1(Float64Array.of(0, 1), Float64Array.of(0, 0.5, 1)) // 0.1667
 */
export function sortedWasserstein1(u: Float64Array, v: Float64Array): number {
  const n = u.length;
  const m = v.length;
  let sum = 0;
  if (n === m) {
    for (let i = 0; i < n; i++) sum += Math.abs(u[i] - v[i]);
    return sum / n;
  }
  for (let i = 0, j = 0, moved = 0; i < n; ) {
    const endU = (i + 1) * m;
    const endV = (j + 1) * n;
    const end = Math.min(endU, endV);
    sum += Math.abs(u[i] - v[j]) * ((end - moved) / (n * m));
    if (endU === end) i += 1;
    if (endV === end) j += 1;
    moved = end;
  }
  return sum;
}

/**
 * The same distance of two sorted samples, with weights or without, unchecked. O(n + m).
 *
 * @example sampleWasserstein1({ values: [0, 1], ends: [0.75, 1] }, { values: [0, 1] }) // 0.25
 */
export function sampleWasserstein1(u: SortedSample, v: SortedSample): number {
  if (u.ends === undefined && v.ends === undefined) return sortedWasserstein1(u.values, v.values);
  const endsU = u.ends ?? evenEnds(u.values.length);
  const endsV = v.ends ?? evenEnds(v.values.length);
  let sum = 0;
  for (let i = 0, j = 0, moved = 0; moved < 1; ) {
    const end = Math.min(endsU[i], endsV[j]);
    sum += Math.abs(u.values[i] - v.values[j]) * (end - moved);
    if (endsU[i] === end) i += 1;
    if (endsV[j] === end) j += 1;
    moved = end;
  }
  return sum;
}

/** Returns the distance; throws RangeError when sums of the values were too great for a number. */
export function checkedDistance(distance: number): number {
  if (!Number.isFinite(distance))
    throw new RangeError(`distance is ${distance}, expected values closer to each other`);
  return distance;
}

function evenEnds(count: number): Float64Array {
  return new Float64Array(count).map((_, i) => (i + 1) / count);
}

function checkedValues(
  name: string,
  list: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): Float64Array {
  const values = new Float64Array(list);
  checkFinite(name, values);
  if (weights !== undefined) checkWeights(name, weights, values.length);
  return values;
}
