import { estimateDispersion, scatter } from './count-dispersion.ts';
import { fitCountEffect } from './count-effect.ts';
import { type CountFamily, logAdd } from './count-family.ts';
import type { Likelihood } from './likelihood.ts';

/** Share of quiet leaves that are off for no reason: so small that one leaf alone can be a cause. */
const logStrayShare = Math.log(1e-9);
/** Share of the leaves that do not follow their cause to which something else happened. */
const elsewhereShare = 0.02;
const [logUntouched, logElsewhere] = [Math.log(1 - elsewhereShare), Math.log(elsewhereShare)];
/** Variance of the logarithm of an effect of unknown size. */
const broadUncertainty = 2;
/** Leaves that expect fewer may come to as many, either way, which no usual multiple of little would reach. */
const surgeEvents = 3;
const surgeShare = 0.1;
const [logMultiple, logSurge] = [Math.log(1 - surgeShare), Math.log(surgeShare / 2)];

/**
 * Turns a family of distributions of counts into what the search works with: estimates how much more leaves scatter than
 * the family says, in `quiet` stretches of before where there are any, and adds that to the uncertainty of all.
 */
export function createFamilyLikelihood(
  family: CountFamily,
  quiet: readonly CountFamily[] = [],
): Likelihood {
  const { actual, expected } = family;
  const broad = broadDensities(family);
  const before = quiet.map((stretch) => ({ family: stretch, broad: broadDensities(stretch) }));
  const dispersion = estimateDispersion(before.length > 0 ? before : [{ family, broad }]);
  const scattered = { ...family, uncertainty: scatter(family, dispersion) };
  const normal = new Float64Array(actual.length);
  const rest = new Float64Array(actual.length);
  const score = new Float64Array(actual.length);
  const information = new Float64Array(actual.length);
  for (let leaf = 0; leaf < actual.length; leaf++) {
    if (!family.says(leaf)) continue;
    const uncertainty = scattered.uncertainty[leaf];
    const quiet = family.logDensity(leaf, 1, uncertainty);
    normal[leaf] = logAdd(quiet, logStrayShare + broad[leaf]);
    rest[leaf] = logAdd(logUntouched + normal[leaf], logElsewhere + broad[leaf]);
    const mean = family.mean(leaf, 1);
    const counted = mean * family.slope(leaf, 1);
    const weight = 1 / (1 + counted * uncertainty);
    information[leaf] = counted * weight;
    // One event more than three deviations: leaves that expect next to none have ones at times.
    const limit = 3 * Math.sqrt(information[leaf]) + 1;
    score[leaf] = Math.max(-limit, Math.min(limit, (actual[leaf] - mean) * weight));
  }
  return {
    normal,
    broad,
    score,
    information,
    actual,
    expected,
    fit: (leaves, count, fitted) =>
      fitCountEffect({ family: scattered, normal, broad, rest }, leaves.subarray(0, count), fitted),
  };
}

const broadDensities = (family: CountFamily) =>
  family.actual.map((_, leaf) => (family.says(leaf) ? broadDensity(family, leaf) : 0));

function broadDensity(family: CountFamily, leaf: number): number {
  const multiple = family.logDensity(leaf, 1, broadUncertainty);
  const surge = surgeEvents / (family.mean(leaf, 1) * family.slope(leaf, 1));
  if (surge <= 1) return multiple;
  const either = logAdd(
    family.logDensity(leaf, surge, broadUncertainty),
    family.logDensity(leaf, 1 / surge, broadUncertainty),
  );
  return logAdd(logMultiple + multiple, logSurge + either);
}
