import { type CountFamily, logAdd } from './count-family.ts';
import type { Effect } from './likelihood.ts';

/** Share of the leaves of a cause that do not follow its effect. */
const strangerShare = 0.15;
const [logFollower, logStranger] = [Math.log(1 - strangerShare), Math.log(strangerShare)];
/** Variances of the logarithm of an effect from leaf to leaf, ascending; all but the first at most its square. */
const spreads = [0.01, 0.1, 0.5];
/** The spread under which the effect is found. */
const usualSpread = 0.1;
/** Beyond e^±14 an effect is all or nothing; what never happened before may now happen every time. */
const mostEffect = 14;
/** Furthest that one round moves an effect; the first goes as far as it must. */
const mostStep = 2;
const effectRange = 2 * mostEffect;
const rounds = 6;

/** What is known of the leaves before an effect is fitted. */
export interface Unexplained {
  readonly family: CountFamily;
  readonly normal: Float64Array;
  readonly broad: Float64Array;
  /** ln p of each leaf that does not follow the effect of its cause. */
  readonly rest: Float64Array;
}

/**
 * Fits one effect to leaves, as `Likelihood.fit`. From two starts, all leaves alike and mainly those that look touched,
 * the effect is found by reweighted scoring with the weights of Student's t (Lange, Little & Taylor 1989); then the
 * spread that makes the leaves most likely is taken. O(leaves).
 */
export function fitCountEffect(
  unexplained: Unexplained,
  leaves: Uint32Array,
  fitted: Float64Array,
): Effect {
  let best = { effect: 0, spread: spreads[0], fitted };
  let bestSum = Number.NEGATIVE_INFINITY;
  const consider = (effect: number): void => {
    for (const spread of spreads) {
      if (spread > Math.max(spreads[0], effect * effect)) break;
      const sum = densities(unexplained, leaves, { effect, spread, fitted });
      if (sum > bestSum) [best, bestSum] = [{ effect, spread, fitted }, sum];
    }
  };
  const alike = findEffect(unexplained, leaves, false);
  const touched = findEffect(unexplained, leaves, true);
  consider(alike);
  if (Math.abs(alike - touched) > 0.05) consider(touched);
  densities(unexplained, leaves, best);
  return describeEffect(unexplained.family, leaves, best);
}

/** The logarithm of the effect that most leaves share. */
function findEffect(
  { family, normal, broad }: Unexplained,
  leaves: Uint32Array,
  fromTouched: boolean,
): number {
  let effect = 0;
  for (let round = 0; round < rounds; round++) {
    const factor = Math.exp(effect);
    let [seen, foreseen, steepness] = [0.1, 0.1, 0.1];
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      if (!family.says(leaf)) continue;
      const mean = family.mean(leaf, factor);
      const counted = mean * family.slope(leaf, factor);
      const scatter = 1 + counted * (family.uncertainty[leaf] + usualSpread);
      // One event more or less is no outlier: it is all that small leaves have.
      const off = Math.max(0, Math.abs(family.actual[leaf] - mean) - 1);
      let weight = 1 / scatter;
      if (round > 0) weight *= 5 / (4 + (off * off) / Math.max(counted * scatter, 1e-9));
      else if (fromTouched) weight /= 1 + Math.exp(normal[leaf] - broad[leaf]);
      seen += weight * family.actual[leaf];
      foreseen += weight * mean;
      steepness += weight * counted;
    }
    const step = (Math.log(seen / foreseen) * foreseen) / steepness;
    const limit = round === 0 ? mostEffect : mostStep;
    effect += Math.max(-limit, Math.min(limit, step));
    effect = Math.max(-mostEffect, Math.min(mostEffect, effect));
    if (Math.abs(step) < 1e-3) break;
  }
  return effect;
}

/** Writes ln p of the leaves under an effect into `fitted` and answers the sum. */
function densities(
  { family, rest }: Unexplained,
  leaves: Uint32Array,
  { effect, spread, fitted }: { effect: number; spread: number; fitted: Float64Array },
): number {
  const factor = Math.exp(effect);
  let sum = 0;
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    fitted[i] = 0;
    if (!family.says(leaf)) continue;
    const density = family.logDensity(leaf, factor, family.uncertainty[leaf] + spread);
    fitted[i] = logAdd(logFollower + density, logStranger + rest[leaf]);
    sum += fitted[i];
  }
  return sum;
}

/** The ratio of the means, and half the logarithm of the information about the effect over its range. */
function describeEffect(
  family: CountFamily,
  leaves: Uint32Array,
  { effect, spread }: { effect: number; spread: number },
): Effect {
  const factor = Math.exp(effect);
  let [after, before, information] = [0, 0, 0];
  for (let i = 0; i < leaves.length; i++) {
    const leaf = leaves[i];
    if (!family.says(leaf)) continue;
    const mean = family.mean(leaf, factor);
    const counted = mean * family.slope(leaf, factor);
    after += mean;
    before += family.mean(leaf, 1);
    information += counted / (1 + counted * (family.uncertainty[leaf] + spread));
  }
  return {
    ratio: before > 0 ? after / before : 1,
    cost:
      Math.log1p((information * effectRange ** 2) / (2 * Math.PI)) / 2 + Math.log(spreads.length),
  };
}
