import type { TrialSpace, TrialValues } from './axes.ts';
import { createMemoryJournal, type StudyJournal } from './journal.ts';
import { bestTrial, type Trial } from './trial.ts';
import { createTrialQueue, type NextTrial, type QueueEnding } from './trial-queue.ts';
import { createTrialRunner, type RunnerOptions, type TrialRunner } from './trial-runner.ts';

/** What a study is given. */
export interface StudyOptions extends RunnerOptions {
  /** All options that are in use: the first trial, and what the others have of what is not tuned. */
  readonly current: object;
  /** That of the kind unless given. */
  readonly space?: TrialSpace;
  /** Trials of the whole study, those that the journal has among them. */
  readonly trials?: number;
  /** After so many seconds what is under way is ended, to be done again when the study goes on. */
  readonly budgetSeconds?: number;
  /** Trials in a row without a better one that end the study. */
  readonly patience?: number;
  readonly seed?: number;
  /** Memory unless given. */
  readonly journal?: StudyJournal;
  /** Told each trial that ended. */
  readonly onTrial?: (trial: Trial) => void;
  readonly signal?: AbortSignal | undefined;
  /** Runs the trials; each in a process of its own unless given. */
  readonly run?: TrialRunner;
}

/** What came of a study. */
export interface StudyOutcome {
  readonly trials: readonly Trial[];
  /** Absent where no trial was complete. */
  readonly best: ReturnType<typeof bestTrial>;
  readonly ending: QueueEnding | 'budget' | 'cancelled';
}

/**
 * Searches the options of a model kind by TPE: each trial fits on what is before the hold-out, in a process of its own
 * with its share of the cores, and is judged by NDCG. A trial that throws, crashes, needs too much memory or time, or has
 * no finite score failed with a reason, and the study goes on. With one trial at a time the same journal, data and
 * seed give the same trials. Rejects where the journal cannot be written.
 *
 * @example
 * const study = await runStudy({ kind: markov1, current: markov1.defaults, holdOut: holdOut(interactions) });
 * study.best?.values; // { window: 1, decay: 0.5, keep: 500 }
 */
export async function runStudy(options: StudyOptions): Promise<StudyOutcome> {
  const { journal = createMemoryJournal(), parallel = 1 } = options;
  const queue = queueOf(options, journal);
  const { run = createTrialRunner(options) } = options;
  const stop = createStop(options);
  const underWay = new Set<Promise<void>>();
  const runOne = async ({ number, values }: NextTrial): Promise<void> => {
    journal.begin(number, values);
    const by = { after: options.holdOut.judging, signal: stop.signal };
    const judged = await run(optionsOf(options.current, { number, values }), by);
    if (judged === undefined) return journal.stop(number);
    const { ndcgs: _, ...end } = judged;
    journal.end(number, end);
    options.onTrial?.({ number, values, ...end });
  };
  try {
    for (;;) {
      while (underWay.size < parallel && !stop.signal.aborted) {
        const trial = queue.next();
        if (trial === undefined) break;
        const running = runOne(trial).finally(() => underWay.delete(running));
        underWay.add(running);
      }
      if (underWay.size === 0) break;
      await Promise.race(underWay);
    }
  } finally {
    stop.end();
    await Promise.allSettled(underWay);
  }
  const trials = journal.trials();
  return { trials, best: bestTrial(trials), ending: stop.why() ?? queue.ending() ?? 'trials' };
}

/** All options of a trial; those of the first are the ones in use, whatever the space says. */
export function optionsOf(
  current: object,
  { number, values }: Pick<Trial, 'number' | 'values'>,
): object {
  return number === 0 ? current : { ...current, ...values };
}

function queueOf(
  { kind, current, space = (kind.searchSpace ?? {}) as TrialSpace, ...rest }: StudyOptions,
  journal: StudyJournal,
) {
  const all = current as TrialValues;
  const first = Object.fromEntries(Object.keys(space).map((name) => [name, all[name]]));
  const { trials = 50, patience = 25, seed = 1 } = rest;
  return createTrialQueue({ journal, space, first, trials, patience, seed });
}

/** Ends what is under way by the caller's signal, or when the budget is used up. */
function createStop({ signal, budgetSeconds = Number.POSITIVE_INFINITY }: StudyOptions) {
  const own = new AbortController();
  let why: 'cancelled' | 'budget' | undefined;
  const budgetMs = Math.min(1000 * budgetSeconds, 2 ** 31 - 1);
  const stop = (cause: typeof why) => {
    why ??= cause;
    own.abort();
  };
  const timer = setTimeout(() => stop('budget'), budgetMs);
  const cancel = () => stop('cancelled');
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: own.signal,
    why: () => why,
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      own.abort();
    },
  };
}
