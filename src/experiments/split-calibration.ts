import type { Experiment } from './experiment.ts';
import { type Decision, decideSplit, type SplitMeasurements, samplesOf } from './split-decision.ts';

/** Whether keys are split; where not, everybody is control. */
export type SplitState = 'split' | 'killed' | 'disabled';

/** The share of treatment of one experiment, and what may change it. */
export interface SplitCalibration {
  readonly state: SplitState;
  /** Share of treatment in force, 0 where nobody is split. */
  readonly share: number;
  /** Since when that is so; counts of `assigned` begin here. */
  readonly sinceMs: number;
  /** Judges a measurement and moves the share. Throws `SL_DATA_INVALID` on counts that are none. */
  update(measurements: SplitMeasurements, nowMs: number): Decision;
  /** Gives everybody control at once, until `revive`. */
  kill(nowMs: number): void;
  /** Splits again after `kill`, with the share of the start. */
  revive(nowMs: number): void;
}

/**
 * Moves traffic between the arms by how much their outcomes differ: the more difference, the more traffic treatment
 * gets, so that more is learned about it. It does not look at which arm is better, and it is bounded: a table of bands
 * gives the share, the edge of a band must be passed by `hysteresis`, a share is kept for a minimum time, one change
 * moves `maxChange` at most, and nothing moves while the arms are too small or filled otherwise than planned.
 *
 * Drift is alpha · Jensen-Shannon divergence (bits) + (1 - alpha) · cosine distance of the joint click × conversion
 * distributions. It is coarse: click rates of 5 and 20 % read .05, the least there is, and 5 and 60 % read .31. Times
 * are milliseconds of one clock that never goes back. O(bands) an update.
 *
 * @example
 * const split = createSplitCalibration(experiment, { startedAtMs: 0 }); // split.share is .1
 * split.update(measurements, 3_600_000); // { share: .25, changed: true, reason: 'changed', drift: .41, band: 1, … }
 */
export function createSplitCalibration(
  experiment: Experiment,
  { startedAtMs }: { readonly startedAtMs: number },
): SplitCalibration {
  const { enabled, calibration } = experiment;
  const startBand = calibration.table.findIndex(({ share }) => share === experiment.share);
  let { share } = experiment;
  let band = startBand;
  let sinceMs = startedAtMs;
  let killed = false;
  const state = (): SplitState => {
    if (!enabled) return 'disabled';
    return killed ? 'killed' : 'split';
  };
  return {
    get state() {
      return state();
    },
    get share() {
      return state() === 'split' ? share : 0;
    },
    get sinceMs() {
      return sinceMs;
    },
    update(measurements, nowMs) {
      const reason = state();
      if (reason !== 'split')
        return { share: 0, changed: false, reason, samples: samplesOf(measurements) };
      const inForce = { share, band, heldMs: nowMs - sinceMs };
      const decision = decideSplit(inForce, measurements, calibration);
      if (decision.reason === 'steady' || decision.changed) band = decision.band!;
      if (decision.changed) {
        share = decision.share;
        sinceMs = nowMs;
      }
      return decision;
    },
    kill(nowMs) {
      if (killed) return;
      killed = true;
      sinceMs = nowMs;
    },
    revive(nowMs) {
      if (!killed) return;
      killed = false;
      share = experiment.share;
      band = startBand;
      sinceMs = nowMs;
    },
  };
}
