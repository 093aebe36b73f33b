import { checkPoints, type Points, sharesOf } from './points.ts';
import { checkedDistance } from './wasserstein.ts';

/** How far to go. */
export interface SinkhornOptions {
  /** Strength of the entropy, in the unit of the values; a share of the median distance is a usual choice. */
  readonly epsilon: number;
  /** Of both potentials; default 1000. */
  readonly maxIterations?: number;
  /** Greatest marginal error that counts as converged, as a share of the mass; default 1e-9. */
  readonly tolerance?: number;
}

/** An entropic transport plan, in numbers. */
export interface SinkhornResult {
  /** Mean distance that the plan moves mass, in the unit of the values: at least the exact Wasserstein-1. */
  readonly transportCost: number;
  readonly iterations: number;
  /** By how much mass the plan missed its weights before the last iteration, which does not make it worse. */
  readonly marginalError: number;
  readonly converged: boolean;
}

/** A distance of two distributions without the bias of the entropy. */
export interface SinkhornDivergence {
  readonly divergence: number;
  /** The plan between the two. */
  readonly cross: SinkhornResult;
  /** Whether all three plans converged. */
  readonly converged: boolean;
}

/** One side of a transport problem. */
interface Side {
  /** Row-major, points of this side × points of the other. */
  readonly cost: Float64Array;
  /** Weight of each point; they sum to 1. */
  readonly shares: Float64Array;
  /** The dual variable of each point. */
  readonly potential: Float64Array;
}

/** Brings both potentials closer, and returns by how much mass the rows of the plan were wrong before. */
type Iterate = (u: Side, v: Side, epsilon: number) => number;

/**
 * Entropic optimal transport under the Euclidean distance: the plan P of least ⟨P, M⟩ + epsilon · KL(P ‖ u ⊗ v)
 * (Cuturi 2013), by Sinkhorn's iteration on the potentials in the log domain, so that a small epsilon does not
 * underflow (Peyré & Cuturi 2019, section 4.4). The cost answered is ⟨P, M⟩ alone. A small epsilon comes closer to the
 * exact distance and needs many more iterations; see `converged`. O(n · m · (dimensions + iterations)) time, 16 · n · m
 * bytes. In one dimension use `wasserstein1`, which is exact.
 *
 * Throws RangeError for points as `slicedWasserstein1` does, and for an epsilon or a limit that is not positive.
 *
 * @example sinkhorn(u, v, { epsilon: 0.1 }).transportCost // of one point each: their distance
 */
export function sinkhorn(u: Points, v: Points, options: SinkhornOptions): SinkhornResult {
  return solve(u, v, options, alternate);
}

/**
 * Sinkhorn divergence, cost(u, v) - cost(u, u) / 2 - cost(v, v) / 2 (Genevay et al. 2018): 0 between equal
 * distributions, where the cost alone is not. Taken of the costs without entropy, so it may fall a little below 0.
 * Throws as `sinkhorn` does.
 *
 * @example sinkhornDivergence(u, u, { epsilon: 0.1 }).divergence // 0
 */
export function sinkhornDivergence(
  u: Points,
  v: Points,
  options: SinkhornOptions,
): SinkhornDivergence {
  const cross = sinkhorn(u, v, options);
  const ofU = solve(u, u, options, average);
  const ofV = solve(v, v, options, average);
  return {
    divergence: cross.transportCost - (ofU.transportCost + ofV.transportCost) / 2,
    cross,
    converged: cross.converged && ofU.converged && ofV.converged,
  };
}

function solve(u: Points, v: Points, options: SinkhornOptions, iterate: Iterate): SinkhornResult {
  const { epsilon, maxIterations = 1000, tolerance = 1e-9 } = options;
  checkOptions({ epsilon, maxIterations, tolerance });
  checkPoints('u', u);
  checkPoints('v', v);
  if (u.dimensions !== v.dimensions)
    throw new RangeError(`v has ${v.dimensions} dimensions, expected ${u.dimensions}`);
  const sideU = createSide(u, v);
  const sideV = createSide(v, u);
  let iterations = 0;
  let marginalError = Number.POSITIVE_INFINITY;
  while (iterations < maxIterations && !(marginalError <= tolerance)) {
    marginalError = iterate(sideU, sideV, epsilon);
    iterations += 1;
  }
  const transportCost = planCost(sideU, sideV, epsilon);
  return { transportCost, iterations, marginalError, converged: marginalError <= tolerance };
}

/** Sinkhorn's iteration: first the rows are made right, then the columns. */
const alternate: Iterate = (u, v, epsilon) => {
  const potential = softMinimum(u, v, epsilon);
  const error = rowError(u, potential, epsilon);
  u.potential.set(potential);
  v.potential.set(softMinimum(v, u, epsilon));
  return error;
};

/**
 * For equal sides, whose potentials are equal too: half of the way, which about halves the error in each step (Feydy
 * et al. 2019), where taking turns may need tens of thousands.
 */
const average: Iterate = (u, v, epsilon) => {
  const potential = softMinimum(u, v, epsilon);
  const error = rowError(u, potential, epsilon);
  for (let i = 0; i < potential.length; i++) {
    u.potential[i] = (u.potential[i] + potential[i]) / 2;
    v.potential[i] = u.potential[i];
  }
  return error;
};

/**
 * The potential of `rows` that gives each row of the plan its weight: -epsilon · ln Σ share · e^((g - cost) / epsilon),
 * g the potential of `columns`.
 */
function softMinimum(rows: Side, columns: Side, epsilon: number): Float64Array {
  const { cost } = rows;
  const m = columns.shares.length;
  const gains = columns.potential.map((g, j) => g + epsilon * Math.log(columns.shares[j]));
  const potential = new Float64Array(rows.shares.length);
  for (let i = 0, at = 0; i < potential.length; i++, at += m) {
    let greatest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < m; j++) greatest = Math.max(greatest, gains[j] - cost[at + j]);
    let sum = 0;
    for (let j = 0; j < m; j++) sum += Math.exp((gains[j] - cost[at + j] - greatest) / epsilon);
    potential[i] = -greatest - epsilon * Math.log(sum);
  }
  return potential;
}

/** By how much mass the rows of the plan are wrong, known from the potential that would make them right. */
function rowError(rows: Side, potential: Float64Array, epsilon: number): number {
  let error = 0;
  for (let i = 0; i < potential.length; i++)
    error += rows.shares[i] * Math.abs(Math.expm1((rows.potential[i] - potential[i]) / epsilon));
  return error;
}

/** ⟨P, M⟩ of the plan that belongs to the potentials. */
function planCost(u: Side, v: Side, epsilon: number): number {
  let total = 0;
  for (let i = 0, at = 0; i < u.shares.length; i++)
    for (let j = 0; j < v.shares.length; j++, at++) {
      const exponent = (u.potential[i] + v.potential[j] - u.cost[at]) / epsilon;
      total += u.shares[i] * v.shares[j] * Math.exp(exponent) * u.cost[at];
    }
  return total;
}

function createSide(points: Points, others: Points): Side {
  return {
    cost: distances(points, others),
    shares: sharesOf(points),
    potential: new Float64Array(points.count),
  };
}

/** Euclidean distances, row-major. */
function distances(points: Points, others: Points): Float64Array {
  const { count, dimensions } = points;
  const cost = new Float64Array(count * others.count);
  for (let i = 0, at = 0; i < count; i++)
    for (let j = 0; j < others.count; j++, at++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++)
        sum += (points.values[i * dimensions + d] - others.values[j * dimensions + d]) ** 2;
      cost[at] = checkedDistance(Math.sqrt(sum));
    }
  return cost;
}

function checkOptions({ epsilon, maxIterations, tolerance }: Required<SinkhornOptions>): void {
  if (!(epsilon > 0 && epsilon < Number.POSITIVE_INFINITY))
    throw new RangeError(`epsilon is ${epsilon}, expected a positive finite number`);
  if (!(Number.isInteger(maxIterations) && maxIterations > 0))
    throw new RangeError(`maxIterations is ${maxIterations}, expected a positive integer`);
  if (!(tolerance >= 0)) throw new RangeError(`tolerance is ${tolerance}, expected 0 or more`);
}
