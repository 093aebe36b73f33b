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

/**
 * The uncertainty of each leaf with what real traffic adds, as a jitter common to all leaves and a burstiness of
 * counting. Both are the most likely ones of a grid when nothing happened but to a few leaves, of which `broad` is
 * ln p. O(leaves log leaves).
 */
export function estimateDispersion(family: CountFamily, broad: Float64Array): Float64Array {
  const counted = broad.map((_, leaf) =>
    family.says(leaf) ? family.mean(leaf, 1) * family.slope(leaf, 1) : 0,
  );
  const uncertaintyOf = (leaf: number, jitter: number, burst: number) =>
    family.uncertainty[leaf] * burst + jitter + (burst - 1) / counted[leaf];
  const sample = largestLeaves(counted).filter((leaf) => counted[leaf] >= leastCounted);
  if (sample.length < leastLeaves) return family.uncertainty;
  const likelihood = (jitter: number, burst: number): number =>
    sample.reduce((sum, leaf) => {
      const quiet = family.logDensity(leaf, 1, uncertaintyOf(leaf, jitter, burst));
      return sum + logAdd(logQuiet + quiet, logTouched + broad[leaf]);
    }, 0);
  let [jitter, burst] = [0, 1];
  for (let round = 0; round < 2; round++) {
    jitter = best(jitters, (value) => likelihood(value, burst));
    burst = best(bursts, (value) => likelihood(jitter, value));
  }
  return family.uncertainty.map((own, leaf) =>
    family.says(leaf) ? uncertaintyOf(leaf, jitter, burst) : own,
  );
}

function best(values: readonly number[], worth: (value: number) => number): number {
  const worths = values.map(worth);
  return values[worths.indexOf(Math.max(...worths))];
}

function geometric(from: number, to: number, step: number): readonly number[] {
  const steps = Math.floor(Math.log(to / from) / Math.log(step));
  return Array.from({ length: steps + 1 }, (_, i) => from * step ** i);
}
