import { cosineDistance } from './cosine.ts';
import { weightSum } from './entropy.ts';

/**
 * Jensen-Shannon divergence (Lin 1991) in bits, 0 for equal distributions to 1 for disjoint ones; SciPy's
 * `jensenshannon` is its square root. Both lists of weights are normalised inside. With x = (p - q) / (p + q) it is Σ
 * (p + q) · ((1 + x) ln(1 + x) + (1 - x) ln(1 - x)) / (4 ln 2), which is symmetric to the last bit and keeps its
 * digits where p and q are close. Throws RangeError for unequal lengths and as `weightSum` does. O(n).
 *
 * @example jensenShannonBits([1, 0, 0], [0.5, 0.5, 0]) // 0.3113
 */
export function jensenShannonBits(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [sumP, sumQ] = weightSums(p, q);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i] / sumP, q[i] / sumQ];
    if (a === b) continue;
    const x = (a - b) / (a + b);
    sum += (a + b) * (growth(x) + growth(-x));
  }
  return Math.min(1, Math.max(0, sum / (4 * Math.LN2)));
}

/**
 * Kullback-Leibler divergence of p from q (Kullback & Leibler 1951) in bits, at least 0; Infinity where q is 0 and p
 * is not. Both lists of weights are normalised inside. Throws RangeError for unequal lengths and as `weightSum` does.
 * O(n).
 *
 * @example kullbackLeiblerBits([1, 0], [1, 1]) // 1
 */
export function kullbackLeiblerBits(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [sumP, sumQ] = weightSums(p, q);
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const a = p[i] / sumP;
    if (a > 0) sum += a * Math.log2(a / (q[i] / sumQ));
  }
  return Math.max(0, sum);
}

/**
 * Drift between the joint click and conversion tables of two arms, 0.05 to 0.95: alpha · Jensen-Shannon divergence in
 * bits + (1 - alpha) · cosine distance, clipped. A distance, not the cosine similarity, so that it grows with the
 * difference: equal tables give 0.05. Tables are 2 × 2, row-major, of counts or shares. Throws RangeError for another
 * shape, an `alpha` outside 0 to 1 and as `weightSum` does.
 *
 * @example outcomeDrift([90, 0, 8, 2], [45, 0, 4, 1]) // 0.05
 */
export function outcomeDrift(a: ArrayLike<number>, b: ArrayLike<number>, alpha = 0.7): number {
  if (a.length !== 4 || b.length !== 4)
    throw new RangeError(`tables have ${a.length} and ${b.length} cells, expected 4`);
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`alpha is ${alpha}, expected 0 to 1`);
  const divergence = jensenShannonBits(a, b);
  // No zero table comes this far, so there is an angle.
  const distance = cosineDistance(a, b) as number;
  return Math.min(0.95, Math.max(0.05, alpha * divergence + (1 - alpha) * distance));
}

/** (1 + x) · ln(1 + x), 0 at its limit -1. */
function growth(x: number): number {
  return x > -1 ? (1 + x) * Math.log1p(x) : 0;
}

function weightSums(p: ArrayLike<number>, q: ArrayLike<number>): readonly [number, number] {
  if (p.length !== q.length)
    throw new RangeError(
      `distributions have ${p.length} and ${q.length} weights, expected as many`,
    );
  return [weightSum(p), weightSum(q)];
}
