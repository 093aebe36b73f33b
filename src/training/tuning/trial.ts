import type { TrialValues } from './axes.ts';

/** Why a trial has no score. */
export const failureReasons = {
  /** The fit, or what it learnt, threw. */
  failed: 'an error',
  /** The process ended by itself. */
  crashed: 'the process ended',
  'out-of-memory': 'out of memory',
  /** It would take more memory than there is for one, so it was not begun. */
  'too-large': 'too large',
  'too-slow': 'too slow',
  'not-a-number': 'no finite score',
  /** The process ended twice while it was under way. */
  interrupted: 'interrupted',
} as const;

/** A reason of the table. */
export type FailureReason = keyof typeof failureReasons;

/** What came of a trial. */
export type TrialEnd =
  | {
      readonly state: 'complete';
      /** NDCG on what was held out. */
      readonly score: number;
      readonly seconds: number;
    }
  | {
      readonly state: 'failed';
      readonly reason: FailureReason;
      /** For people. */
      readonly message: string;
      readonly seconds: number;
    };

/** One trial of a study; numbers begin with 0. */
export type Trial = {
  readonly number: number;
  readonly values: TrialValues;
} & ({ readonly state: 'running' } | TrialEnd);

/** The complete trial with the greatest score, the first of equals. */
export function bestTrial(
  trials: readonly Trial[],
): Extract<Trial, { state: 'complete' }> | undefined {
  return trials
    .filter((trial) => trial.state === 'complete')
    .reduce<Extract<Trial, { state: 'complete' }> | undefined>(
      (best, trial) => (best === undefined || trial.score > best.score ? trial : best),
      undefined,
    );
}
