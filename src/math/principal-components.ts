import { checkPoints, type Points, sharesOf } from './points.ts';
import { checkFinite } from './sample.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** A rotation to the directions of greatest variance, fitted once and frozen. */
export interface PrincipalComponents {
  readonly dimensions: number;
  /** How many directions are kept. */
  readonly components: number;
  /** Weighted mean of the points it was fitted to. */
  readonly mean: Float64Array;
  /** Row-major, components × dimensions: unit vectors at right angles, greatest variance first. */
  readonly basis: Float64Array;
  /** Variance along each direction, of the weights as shares: divided by n, not by n - 1. */
  readonly variances: Float64Array;
  /** Coordinates of points, count × components; weights stay. O(count · components · dimensions). */
  project(points: Points): Points;
  /** Writes the coordinates of one point, unchecked. O(components · dimensions), no allocation. */
  projectInto(row: ArrayLike<number>, out: Float64Array): void;
}

/**
 * Principal component analysis (Pearson 1901): eigenvectors of the covariance. Keeps `components` directions or as
 * many as there are dimensions; those beyond the rank of the points have variance 0 but for rounding, and complete the basis. The
 * entry of greatest size of each direction is positive, so equal points give an equal basis. What is dropped has
 * little variance in these points, but other points may differ in just that.
 * O(count · dimensions² + dimensions³).
 *
 * Throws RangeError for points as `slicedWasserstein1` does, and unless `components` is a positive integer.
 *
 * @example principalComponents({ values: Float64Array.of(0, 0, 3, 4), count: 2, dimensions: 2 }, 1).basis // 0.6, 0.8
 */
export function principalComponents(points: Points, components: number): PrincipalComponents {
  checkPoints('points', points);
  if (!(Number.isInteger(components) && components > 0))
    throw new RangeError(`components is ${components}, expected a positive integer`);
  const { dimensions } = points;
  const shares = sharesOf(points);
  const mean = meanOf(points, shares);
  const { values, vectors } = symmetricEigen(covariance(points, shares, mean), dimensions);
  const best = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, components);
  const basis = new Float64Array(best.length * dimensions);
  for (const [k, row] of best.entries())
    basis.set(turned(vectors.subarray(row * dimensions, (row + 1) * dimensions)), k * dimensions);
  // Rounding may leave a variance of 0 a little below it.
  const variances = Float64Array.from(best, (row) => Math.max(0, values[row]));
  return {
    dimensions,
    components: best.length,
    mean,
    basis,
    variances,
    ...projection(mean, basis),
  };
}

function projection(
  mean: Float64Array,
  basis: Float64Array,
): Pick<PrincipalComponents, 'project' | 'projectInto'> {
  const dimensions = mean.length;
  const components = basis.length / dimensions;
  const projectInto = (row: ArrayLike<number>, out: Float64Array): void => {
    for (let k = 0, at = 0; k < components; k++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++, at++) sum += basis[at] * (row[d] - mean[d]);
      out[k] = sum;
    }
  };
  return {
    projectInto,
    project(points) {
      checkPoints('points', points);
      if (points.dimensions !== dimensions)
        throw new RangeError(`points have ${points.dimensions} dimensions, expected ${dimensions}`);
      const values = new Float64Array(points.count * components);
      for (let i = 0; i < points.count; i++)
        projectInto(
          points.values.subarray(i * dimensions, (i + 1) * dimensions),
          values.subarray(i * components, (i + 1) * components),
        );
      return { ...points, values, dimensions: components };
    },
  };
}

/** The vector, or its opposite if its entry of greatest size (the first of equals) is negative. */
function turned(vector: Float64Array): Float64Array {
  const greatest = vector.reduce((best, value) =>
    Math.abs(value) > Math.abs(best) ? value : best,
  );
  return greatest < 0 ? vector.map((value) => -value) : vector;
}

function meanOf({ values, count, dimensions }: Points, shares: Float64Array): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let i = 0, at = 0; i < count; i++)
    for (let d = 0; d < dimensions; d++, at++) mean[d] += shares[i] * values[at];
  return mean;
}

/** dimensions × dimensions. */
function covariance(points: Points, shares: Float64Array, mean: Float64Array): Float64Array {
  const { values, count, dimensions } = points;
  const matrix = new Float64Array(dimensions * dimensions);
  const centred = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dimensions; d++) centred[d] = values[i * dimensions + d] - mean[d];
    for (let a = 0; a < dimensions; a++) {
      const factor = shares[i] * centred[a];
      for (let b = a; b < dimensions; b++) matrix[a * dimensions + b] += factor * centred[b];
    }
  }
  for (let a = 0; a < dimensions; a++)
    for (let b = 0; b < a; b++) matrix[a * dimensions + b] = matrix[b * dimensions + a];
  checkFinite('covariance', matrix);
  return matrix;
}
