import { type CountFamily, logAdd } from './count-family.ts';
import { largestLeaves } from './count-sample.ts';

/** Share of leaves that something may have happened to, which are no noise then. */
const touchedShare = 0.02;
const [logQuiet, logTouched] = [Math.log(1 - touchedShare), Math.log(touchedShare)];
/** Events a leaf must expect to say how much it scatters: where none are expected, all that happens looks like a burst. */
const leastCounted = 0.2;
/** Leaves that are needed to tell scatter from change. */
const leastLeaves = 8;
/** Variances of the logarithm that leaves may have in common: rates fluctuate. */
const jitters = [0, ...geometric(1e-4, 0.25, 1.6)];
/** Variances of counting, now and before, as multiples of the Poisson or binomial one: events come in bursts. */
const bursts = [1, ...geometric(1.15, 15, 1.25)];

/** How much more leaves scatter than their family says. */
export interface Dispersion {
  readonly jitter: number;
  readonly burst: number;
}

/** Leaves of a stretch of time that are judged, and ln p of each when something happened to it. */
export interface Stretch {
  readonly family: CountFamily;
  readonly broad: Float64Array;
}

/**
 * What real traffic adds to the scatter, as a jitter common to all leaves and a burstiness of counting: the most likely
 * ones of a grid when nothing happened but to a few leaves. Best told from stretches in which nothing did. None is added
 * where too few leaves expect anything. O(leaves log leaves) for each stretch.
 */
export function estimateDispersion(stretches: readonly Stretch[]): Dispersion {
  const sampled = stretches.map((stretch) => ({
    ...stretch,
    sample: tellingLeaves(stretch.family),
  }));
  const leaves = sampled.reduce((sum, { sample }) => sum + sample.length, 0);
  let [jitter, burst] = [0, 1];
  if (leaves < leastLeaves * stretches.length) return { jitter, burst };
  const likelihood = (dispersion: Dispersion): number =>
    sampled.reduce((sum, stretch) => sum + logLikelihood(stretch, dispersion), 0);
  for (let round = 0; round < 2; round++) {
    jitter = best(jitters, (value) => likelihood({ jitter: value, burst }));
    burst = best(bursts, (value) => likelihood({ jitter, burst: value }));
  }
  return { jitter, burst };
}

/** The uncertainty of each leaf with what the scatter adds. O(leaves). */
export function scatter(family: CountFamily, dispersion: Dispersion): Float64Array {
  return family.uncertainty.map((own, leaf) =>
    family.says(leaf) ? uncertaintyOf(family, leaf, dispersion) : own,
  );
}

function logLikelihood(
  { family, broad, sample }: Stretch & { readonly sample: Uint32Array },
  dispersion: Dispersion,
): number {
  return sample.reduce((sum, leaf) => {
    const quiet = family.logDensity(leaf, 1, uncertaintyOf(family, leaf, dispersion));
    return sum + logAdd(logQuiet + quiet, logTouched + broad[leaf]);
  }, 0);
}

function uncertaintyOf(family: CountFamily, leaf: number, { jitter, burst }: Dispersion): number {
  return family.uncertainty[leaf] * burst + jitter + (burst - 1) / countedOf(family, leaf);
}

const countedOf = (family: CountFamily, leaf: number) =>
  family.mean(leaf, 1) * family.slope(leaf, 1);

function tellingLeaves(family: CountFamily): Uint32Array {
  const counted = family.actual.map((_, leaf) => (family.says(leaf) ? countedOf(family, leaf) : 0));
  return largestLeaves(counted).filter((leaf) => counted[leaf] >= leastCounted);
}

function best(values: readonly number[], worth: (value: number) => number): number {
  const worths = values.map(worth);
  return values[worths.indexOf(Math.max(...worths))];
}

function geometric(from: number, to: number, step: number): readonly number[] {
  const steps = Math.floor(Math.log(to / from) / Math.log(step));
  return Array.from({ length: steps + 1 }, (_, i) => from * step ** i);
}
