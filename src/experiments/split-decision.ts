import { SightlineError } from '../domain/errors.ts';
import { outcomeDrift } from '../math/divergence.ts';
import { type SampleRatio, sampleRatioMismatch } from '../math/sample-ratio.ts';
import type { Arm, CalibrationOptions } from './experiment.ts';

/**
 * Counts of the joint outcome click × conversion of an arm, row by row: neither, conversion alone, click alone, both.
 */
export type OutcomeTable = ArrayLike<number>;

/** What was measured of both arms. */
export interface SplitMeasurements extends Readonly<Record<Arm, OutcomeTable>> {
  /**
   * Targeting keys that the split placed in each arm since the share in force began, each key counted once. Requests
   * of one key are not independent: counted one by one they make a sound split look broken.
   */
  readonly assigned: Readonly<Record<Arm, number>>;
}

/**
 * Why a share stayed or changed, in the order that is looked at: nobody is split (`killed`, or `disabled` in the
 * configuration), the arms were filled otherwise than planned, too few outcomes, calibration `disabled`, the share is
 * that of the band already, it changed too short a time ago, or it changed.
 */
export type DecisionReason =
  | 'killed'
  | 'disabled'
  | 'mismatch'
  | 'too_few'
  | 'steady'
  | 'too_soon'
  | 'changed';

/** What became of one measurement. */
export interface Decision {
  /** Share of treatment from now on, 0 where nobody is split. */
  readonly share: number;
  readonly changed: boolean;
  readonly reason: DecisionReason;
  /** Outcomes measured. */
  readonly samples: Readonly<Record<Arm, number>>;
  /** The test whether the arms were filled as planned; undefined where they are too small for it. */
  readonly mismatch?: SampleRatio | undefined;
  /** Difference of the outcomes, .05 to .95; undefined where it was not measured. */
  readonly drift?: number | undefined;
  /** Position of the drift's band in the table. */
  readonly band?: number | undefined;
}

/** The share in force, the position of the band it was taken from (-1 none), and how long it has been kept. */
export interface SplitInForce {
  readonly share: number;
  readonly band: number;
  readonly heldMs: number;
}

/**
 * Decides on the share of treatment from what was measured under the share in force; see `createSplitCalibration`.
 * Throws `SL_DATA_INVALID` on counts that are none. O(bands).
 *
 * @example
 * decideSplit({ share: 0.1, band: 0, heldMs: 0 }, measurements, options); // { reason: 'too_soon', share: .1, … }
 */
export function decideSplit(
  { share, band, heldMs }: SplitInForce,
  measurements: SplitMeasurements,
  options: CalibrationOptions,
): Decision {
  const { control, treatment, assigned } = measurements;
  const samples = samplesOf(measurements);
  const mismatch = ratioTest(assigned, share);
  const stay = (reason: DecisionReason, found: Pick<Decision, 'drift' | 'band'> = {}) => {
    return { share, changed: false, reason, samples, mismatch, ...found };
  };
  if (mismatch !== undefined && mismatch.pValue < options.mismatchPValue) return stay('mismatch');
  if (Math.min(samples.control, samples.treatment) < options.minSamples) return stay('too_few');
  const drift = outcomeDrift(control, treatment, options.alpha);
  const next = bandOf(drift, band, options);
  const found = { drift, band: next };
  if (!options.enabled) return stay('disabled', found);
  const target = towards(options.table[next].share, share, options.maxChange);
  if (target === share) return stay('steady', found);
  if (!(heldMs >= options.minSecondsBetweenChanges * 1000)) return stay('too_soon', found);
  return { ...stay('changed', found), share: target, changed: true };
}

/** The outcomes of each arm. Throws `SL_DATA_INVALID` on counts that are none. */
export function samplesOf({
  control,
  treatment,
  assigned,
}: SplitMeasurements): Record<Arm, number> {
  assertCounts('keys of control and treatment', [assigned.control, assigned.treatment], 2);
  assertCounts('outcomes of control', control, 4);
  assertCounts('outcomes of treatment', treatment, 4);
  return { control: sum(control), treatment: sum(treatment) };
}

function assertCounts(subject: string, counts: ArrayLike<number>, length: number): void {
  const list = Array.from(counts);
  if (list.length === length && list.every((count) => count >= 0 && count < Infinity)) return;
  throw new SightlineError(
    'SL_DATA_INVALID',
    `${subject} are [${list.join(', ')}], expected ${length} finite counts of at least 0`,
  );
}

function sum(counts: OutcomeTable): number {
  return counts[0] + counts[1] + counts[2] + counts[3];
}

/** Keys an arm is expected to have at least before the chi-square distribution holds (Cochran 1954). */
const leastExpected = 5;

function ratioTest(
  assigned: Readonly<Record<Arm, number>>,
  share: number,
): SampleRatio | undefined {
  const expected = (assigned.control + assigned.treatment) * Math.min(share, 1 - share);
  if (expected < leastExpected) return undefined;
  return sampleRatioMismatch([assigned.control, assigned.treatment], [1 - share, share]);
}

/** The band of a drift; one that is in force is left only when its edge is passed by more than the hysteresis. */
function bandOf(
  drift: number,
  inForce: number,
  { table, hysteresis }: Pick<CalibrationOptions, 'table' | 'hysteresis'>,
): number {
  const low = table[inForce - 1]?.below ?? 0;
  const high = table[inForce]?.below ?? Infinity;
  const inside = drift >= low - hysteresis && drift <= high + hysteresis;
  if (inForce >= 0 && inside) return inForce;
  return table.findIndex(({ below = Infinity }) => drift < below);
}

/** The share one step of at most `most` nearer to the target; what only rounding keeps apart is one step. */
function towards(target: number, share: number, most: number): number {
  if (Math.abs(target - share) <= most + 1e-9) return target;
  return share + Math.sign(target - share) * most;
}
