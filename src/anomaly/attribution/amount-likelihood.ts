import { fitCommonDifference } from './amount-effect.ts';
import { type AmountNoise, findAmountNoise, noiseDensity } from './amount-noise.ts';
import { EvenCurve } from './even-curve.ts';
import type { Measurement } from './leaf-table.ts';
import type { Effect, Likelihood } from './likelihood.ts';

/** Share of quiet leaves whose noise is wider than that of the rest, and of any size at all. */
const tailShare = 0.02;
const wildShare = 1e-12;
/** Points at which densities are worked out, for each scale of the noise. */
const curvePoints = 16;
/** Density of a relative difference of unknown size, uniform over -2 to 2. */
const uniform = 1 / 4;
/** Share of the leaves of a cause that follow its ratio. */
const followShare = 0.85;

/**
 * Amounts whose noise is relative to their size, as in the public data sets. Works on the relative difference
 * d = 2 (expected - actual) / (expected + actual), -2 to 2, which a common ratio makes equal (the ripple effect of Li et
 * al., ISSRE 2019). Leaves of 0 and 0 say nothing. O(leaves) after the noise is found.
 */
export function createAmountLikelihood({
  actual,
  expected,
}: Extract<Measurement, { kind: 'amount' }>): Likelihood {
  const count = actual.length;
  const differences = actual.map((v, leaf) => relativeDifference(v, expected[leaf]));
  const noise = findAmountNoise(differences);
  const curves = quietCurves(noise);
  const quiet = new Float64Array(count);
  const normal = new Float64Array(count);
  const broad = new Float64Array(count);
  const score = new Float64Array(count);
  const information = new Float64Array(count);
  const { scale } = noise;
  for (let leaf = 0; leaf < count; leaf++) {
    const d = differences[leaf];
    if (Number.isNaN(d)) continue;
    quiet[leaf] = curves.quiet.at(d);
    normal[leaf] = curves.normal.at(d);
    broad[leaf] = curves.broad.at(d);
    score[leaf] = -Math.max(-3 * scale, Math.min(3 * scale, d)) / scale ** 2;
    information[leaf] = scale ** -2;
  }
  const fit = (leaves: Uint32Array, size: number, fitted: Float64Array): Effect => {
    const common = fitCommonDifference({ differences, expected, noise: scale }, leaves, size);
    const { centre, spread, followers } = common;
    let unmoved = 0;
    // A shift within its own spread may be wider noise about no shift.
    if (Math.abs(centre) < spread) {
      writeDensities({ differences, quiet }, { leaves, size, fitted }, { centre: 0, spread });
      for (let i = 0; i < size; i++) unmoved += fitted[i] - normal[leaves[i]];
    }
    writeDensities({ differences, quiet }, { leaves, size, fitted }, common);
    const precision = Math.log(4 / Math.sqrt(2 * Math.PI * Math.E) / spread);
    return {
      ratio: (2 - centre) / Math.max(1e-3, 2 + centre),
      cost: Math.max(0, precision) + Math.log(followers) + Math.max(0, unmoved),
    };
  };
  return { normal, broad, score, information, actual, expected, fit };
}

/** Densities of a leaf that nothing happened to and of one that something did, by its difference. */
function quietCurves({ scale, tail }: AmountNoise) {
  const quiet = (d: number) =>
    (1 - tailShare) * noiseDensity(d, scale) +
    tailShare * noiseDensity(d, tail) +
    wildShare * uniform;
  const step = scale / curvePoints;
  return {
    quiet: new EvenCurve(quiet, step, 2),
    normal: new EvenCurve((d) => Math.log(quiet(d)), step, 2),
    broad: new EvenCurve((d) => Math.log(0.95 * uniform + 0.05 * quiet(d)), step, 2),
  };
}

/** ln p of each leaf where most follow one difference and the rest are quiet or anything. */
function writeDensities(
  { differences, quiet }: { differences: Float64Array; quiet: Float64Array },
  { leaves, size, fitted }: { leaves: Uint32Array; size: number; fitted: Float64Array },
  { centre, spread }: { centre: number; spread: number },
): void {
  const height = followShare / (Math.sqrt(2 * Math.PI) * spread);
  const steepness = 1 / (2 * spread ** 2);
  for (let i = 0; i < size; i++) {
    const leaf = leaves[i];
    const off = differences[leaf] - centre;
    const rest = ((1 - followShare) / 2) * (uniform + quiet[leaf]);
    fitted[i] = Number.isNaN(off) ? 0 : Math.log(height * Math.exp(-off * off * steepness) + rest);
  }
}

function relativeDifference(actual: number, expected: number): number {
  const sum = actual + expected;
  return sum > 0 ? (2 * (expected - actual)) / sum : Number.NaN;
}
