import { availableParallelism, totalmem } from 'node:os';
import type { Interactions, ModelKind } from '../../models/model.ts';
import type { HoldOut } from './hold-out.ts';
import { type JudgedTrial, runTrial } from './run-trial.ts';

/** What trials of a kind are run by. */
export interface RunnerOptions {
  readonly kind: ModelKind;
  readonly holdOut: HoldOut;
  /** Trials at once; each has its share of cores and memory. */
  readonly parallel?: number;
  /** A trial that takes longer failed. */
  readonly trialSeconds?: number;
  /** Bytes that all trials at once may take; half of the machine's unless given. */
  readonly memoryBytes?: number;
  readonly cutoff?: number;
  /** Cases that a trial is judged by, at the most. */
  readonly maxCases?: number;
  /** The module of the processes. */
  readonly module?: URL | undefined;
}

/** Judges options of a kind by a part of the hold-out; undefined where `signal` ended it. */
export type TrialRunner = (
  options: object,
  by: { readonly after: Interactions; readonly signal?: AbortSignal | undefined },
) => Promise<JudgedTrial | undefined>;

/** Makes what runs the trials of a kind; what would take too much memory fails before it begins. */
export function createTrialRunner({
  kind,
  holdOut: { task, before },
  parallel = 1,
  trialSeconds = Number.POSITIVE_INFINITY,
  memoryBytes = totalmem() / 2,
  cutoff = 20,
  maxCases = 5000,
  module,
}: RunnerOptions): TrialRunner {
  const share = memoryBytes / parallel;
  const threads = Math.max(1, Math.floor(availableParallelism() / parallel));
  return async (options, { after, signal }) => {
    const needed = kind.memoryBytes?.(before, options) ?? 0;
    if (needed > share) {
      const [got, limit] = [needed, share].map((bytes) => Math.ceil(bytes / 2 ** 20));
      const message = `needs about ${got} MB, expected ${limit} MB at most`;
      return { state: 'failed', reason: 'too-large', message, seconds: 0 };
    }
    const job = { kind: kind.kind, options, task, before, after, cutoff, maxCases, threads };
    return runTrial(job, { memoryBytes: share, seconds: trialSeconds, signal, module });
  };
}
