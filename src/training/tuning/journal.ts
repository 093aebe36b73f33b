import type { TrialValues } from './axes.ts';
import type { Trial, TrialEnd } from './trial.ts';

/** The trials of a study, written down as they begin and end. */
export interface StudyJournal {
  /** By number; those that began and have no end are running, or were when the process ended. */
  trials(): readonly Trial[];
  begin(number: number, values: TrialValues): void;
  end(number: number, end: TrialEnd): void;
  /** The trial was ended from outside: it stays running, and that is no fault of it. */
  stop(number: number): void;
}

/** Makes a journal that is gone with the process. */
export function createMemoryJournal(before: readonly Trial[] = []): StudyJournal {
  const trials = new Map(before.map((trial) => [trial.number, trial]));
  return {
    trials: () => [...trials.values()].sort((a, b) => a.number - b.number),
    begin(number, values) {
      trials.set(number, { number, values, state: 'running' });
    },
    end(number, end) {
      const { values } = trials.get(number)!;
      trials.set(number, { number, values, ...end });
    },
    stop() {},
  };
}
