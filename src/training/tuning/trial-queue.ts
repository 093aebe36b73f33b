import type { TrialSpace, TrialValues } from './axes.ts';
import type { StudyJournal } from './journal.ts';
import { proposeTrial } from './tpe.ts';
import { bestTrial, type Trial } from './trial.ts';

/** What says which trial comes next. */
export interface TrialQueue {
  /** Undefined where there is no more to do. */
  next(): NextTrial | undefined;
  /** Why there is no more to do. */
  ending(): QueueEnding | undefined;
}

/** A trial to begin. */
export interface NextTrial {
  readonly number: number;
  readonly values: TrialValues;
}

/** `patience`: too many trials without a better one; `exhausted`: all values of the space were tried. */
export type QueueEnding = 'trials' | 'patience' | 'exhausted';

/** What a queue goes by. */
export interface QueueOptions {
  readonly journal: StudyJournal;
  readonly space: TrialSpace;
  /** Values of the first trial. */
  readonly first: TrialValues;
  readonly trials: number;
  readonly patience: number;
  readonly seed: number;
}

/**
 * Makes the queue of a study: first what the journal says was under way, with the values that it had, then the given
 * values, then proposals by TPE.
 */
export function createTrialQueue(options: QueueOptions): TrialQueue {
  const { journal, space, first, seed } = options;
  const again = journal.trials().filter(({ state }) => state === 'running');
  let ending: QueueEnding | undefined;
  const propose = (): NextTrial | undefined => {
    const trials = journal.trials();
    if (trials.length === 0) return { number: 0, values: first };
    const observations = trials.map((trial) => ({
      // What JSON cannot say of the values in use is not asked of it.
      values: trial.number === 0 ? first : trial.values,
      score: trial.state === 'complete' ? trial.score : undefined,
    }));
    const values = proposeTrial(space, observations, { seed });
    return values && { number: trials[trials.length - 1].number + 1, values };
  };
  return {
    next() {
      const { trials, patience } = options;
      const known = journal.trials();
      if (trialsSinceBest(known) >= patience) ending = 'patience';
      else if (again.length > 0) return again.shift();
      else if (known.length >= trials) ending = 'trials';
      if (ending !== undefined) return undefined;
      const proposal = propose();
      if (proposal === undefined) ending = 'exhausted';
      return proposal;
    },
    ending: () => ending,
  };
}

function trialsSinceBest(trials: readonly Trial[]): number {
  const best = bestTrial(trials)?.number ?? -1;
  return trials.filter(({ number, state }) => number > best && state !== 'running').length;
}
