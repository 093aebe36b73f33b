import { confidenceSequence, type Interval } from '../math/confidence-sequence.ts';
import { type RatioEstimate, ratioEstimate } from '../math/ratio-estimate.ts';
import type { Arm } from './experiment.ts';

/**
 * What an arm achieved since the start, in groups of keys that chance put together: first the requests whose outcome is
 * known of each group, then those that were clicked, then those that converted.
 */
export type ArmSums = Uint32Array;

/** What arms achieved, as intervals that hold the truth however often they are looked at. */
export interface ArmOutcomes {
  readonly clicks: Interval;
  readonly conversions: Interval;
}

/** The arms under one share of the traffic. */
export interface ArmResults extends Readonly<Record<Arm, ArmOutcomes>> {
  /** Requests whose outcome is known. */
  readonly samples: Readonly<Record<Arm, number>>;
  /** Treatment minus control. */
  readonly difference: ArmOutcomes;
}

/** Gathers what arms achieve while the split stays as it is. */
export interface ArmRecord {
  /** Takes in the sums of both arms; `sinceMs` says since when the share is in force. */
  see(sums: Readonly<Record<Arm, ArmSums>>, sinceMs: number, nowMs: number): void;
  /** Undefined while either arm has too few outcomes, or too few keys to tell what chance does. */
  results(): ArmResults | undefined;
}

/** Chance that any of the intervals of an outcome ever misses the truth. */
export const alpha = 0.05;
/** Groups with any request that an arm needs: with fewer, chance is not known well enough. */
const leastGroups = 30;
const metrics = ['clicks', 'conversions'] as const;

/**
 * Makes the record of one experiment. Requests under different shares must not be mixed, as rates change over time: a
 * new share begins anew, once the outcomes of all requests before it are known, which takes `settleMs`.
 */
export function createArmRecord({
  startedAtMs,
  settleMs,
  minSamples,
}: {
  readonly startedAtMs: number;
  readonly settleMs: number;
  readonly minSamples: number;
}): ArmRecord {
  let current: Readonly<Record<Arm, ArmSums>> | undefined;
  /** What was there before the share in force began; undefined while that is not known. */
  let before: Readonly<Record<Arm, ArmSums>> | undefined;
  let [countedSinceMs, isSettled] = [startedAtMs, true];
  return {
    see(sums, sinceMs, nowMs) {
      current = sums;
      if (sinceMs !== countedSinceMs) [countedSinceMs, isSettled] = [sinceMs, false];
      if (isSettled || nowMs - sinceMs < settleMs) return;
      [before, isSettled] = [sums, true];
    },
    results() {
      if (current === undefined || !isSettled) return undefined;
      const control = estimatesOf(current.control, before?.control);
      const treatment = estimatesOf(current.treatment, before?.treatment);
      const samples = { control: control.clicks.total, treatment: treatment.clicks.total };
      if (Math.min(samples.control, samples.treatment) < minSamples) return undefined;
      if (Math.min(control.clicks.groups, treatment.clicks.groups) < leastGroups) return undefined;
      return {
        samples,
        control: outcomes((metric) => intervalOf(control[metric])),
        treatment: outcomes((metric) => intervalOf(treatment[metric])),
        difference: outcomes((metric) => differenceOf(control[metric], treatment[metric])),
      };
    },
  };
}

function estimatesOf(sums: ArmSums, before: ArmSums | undefined) {
  const since = before === undefined ? sums : sums.map((count, i) => count - before[i]);
  const groups = since.length / 3;
  const requests = since.subarray(0, groups);
  return {
    clicks: ratioEstimate(since.subarray(groups, 2 * groups), requests),
    conversions: ratioEstimate(since.subarray(2 * groups), requests),
  };
}

function outcomes(of: (metric: (typeof metrics)[number]) => Interval): ArmOutcomes {
  return { clicks: of('clicks'), conversions: of('conversions') };
}

function intervalOf({ ratio, variance, total }: RatioEstimate): Interval {
  return confidenceSequence({ value: ratio, variance, samples: total }, { alpha });
}

function differenceOf(control: RatioEstimate, treatment: RatioEstimate): Interval {
  const value = treatment.ratio - control.ratio;
  const variance = control.variance + treatment.variance;
  return confidenceSequence(
    { value, variance, samples: control.total + treatment.total },
    { alpha },
  );
}
