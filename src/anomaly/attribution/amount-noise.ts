import { probit } from 'simple-statistics';

/** Noise of relative differences 2 (expected - actual) / (expected + actual). */
export interface AmountNoise {
  /** Standard deviation of the relative error of most leaves. */
  readonly scale: number;
  /** The same of the few that are noisier. */
  readonly tail: number;
}

/** Leaves that are enough to find the noise. */
const mostSampled = 8000;
const leastNoise = 0.005;
/** Relative change of the scale from round to round that ends its search. */
const settled = 1e-4;
/** Share of all differences that is far off on one side where causes went one way, */
const leastMoved = 0.05;
/** and share of these that may be as far off on the other. */
const mostOpposed = 0.25;
/** Scale of the tail, at least, in scales of the noise. */
const leastTail = 1.1;
const rootTwoPi = Math.sqrt(2 * Math.PI);

/**
 * Finds the noise of leaves of which many may have been moved by causes. Differences that are NaN say nothing. O(n) after
 * O(m log m) for the at most 8,000 leaves it looks at.
 */
export function findAmountNoise(differences: Float64Array): AmountNoise {
  const step = Math.ceil(differences.length / mostSampled);
  const known = differences.filter((d, leaf) => leaf % step === 0 && !Number.isNaN(d)).sort();
  if (known.length === 0) return { scale: leastNoise, tail: leastNoise };
  const scale = noiseScale(known);
  return { scale, tail: tailScale(known, scale) };
}

/**
 * Density of a relative difference where the amount scatters normally about its forecast in one half of the leaves, and
 * the forecast about the amount in the other.
 */
export function noiseDensity(d: number, scale: number): number {
  return (scatterDensity(d, scale) + scatterDensity(-d, scale)) / 2;
}

function scatterDensity(d: number, scale: number): number {
  const slope = 2 + d;
  if (slope <= 0) return 0;
  const z = (2 * d) / slope / scale;
  return ((4 / slope ** 2) * Math.exp((-z * z) / 2)) / (scale * rootTwoPi);
}

/** Scale of the normal part about 0; or, where the whole has moved, the width of the densest 60 % wherever they are. */
function noiseScale(known: Float64Array): number {
  const sizes = known.map(Math.abs).sort();
  const aboutZero = sizes[Math.floor(0.3 * (sizes.length - 1))] / probit(0.65);
  const held = Math.floor(0.6 * (known.length - 1));
  let width = Number.POSITIVE_INFINITY;
  for (let low = 0; low + held < known.length; low++)
    width = Math.min(width, known[low + held] - known[low]);
  const anywhere = width / (2 * probit(0.8));
  if (anywhere < aboutZero / 2) return Math.max(leastNoise, anywhere);
  const both = normalPart(known, Math.max(leastNoise, aboutZero));
  return normalPart(evenSided(known, 3 * both), both);
}

/**
 * Where far more of the differences beyond `limit` have one sign, as many of that sign, the least, as there are of the
 * other; else all. Causes mostly go one way, and what they moved is not spread evenly enough to be told from noise.
 */
function evenSided(known: Float64Array, limit: number): Float64Array {
  const below = known.filter((d) => d < -limit).length;
  const above = known.filter((d) => d > limit).length;
  const most = Math.max(below, above);
  if (most < leastMoved * known.length || below + above - most > mostOpposed * most) return known;
  const middle = known.findIndex((d) => d >= 0);
  const size = Math.min(middle, known.length - middle);
  return size > 0 ? known.subarray(middle - size, middle + size) : known;
}

/**
 * Scale of the normal part of a mixture with a uniform part, which is what causes moved: expectation maximisation
 * (Dempster, Laird & Rubin 1977), begun at `start`, at most 30 rounds.
 */
function normalPart(known: Float64Array, start: number): number {
  let scale = start;
  let share = 0.7;
  for (let round = 0; round < 30; round++) {
    const height = (4 * share) / (1 - share) / (scale * rootTwoPi);
    let mass = 0;
    let squares = 0;
    for (const d of known) {
      const odds = height * Math.exp((-d * d) / (2 * scale * scale));
      const weight = odds / (1 + odds);
      mass += weight;
      squares += weight * d * d;
    }
    share = Math.min(0.999, mass / known.length);
    const before = scale;
    scale = Math.max(leastNoise, Math.sqrt(squares / Math.max(mass, 1)));
    if (Math.abs(scale / before - 1) < settled) break;
  }
  return scale;
}

/** Scale of the tail: what the sixth extreme of the quieter side asks for, as causes mostly go one way. */
function tailScale(known: Float64Array, noise: number): number {
  const rank = Math.min(5, Math.floor(known.length / 20));
  const extreme = Math.min(Math.max(0, -known[rank]), Math.max(0, known[known.length - 1 - rank]));
  const relative = (2 * extreme) / (2 + extreme);
  const usual = probit(1 - (rank + 1) / known.length);
  return Math.max(leastTail * noise, relative / Math.max(1, usual));
}
