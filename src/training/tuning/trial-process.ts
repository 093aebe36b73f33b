import { flushCompileCache } from 'node:module';
import { constants, setPriority } from 'node:os';
import { judgeTrial, type TrialJob } from './judge-trial.ts';

/** What a process says at its end. */
export type TrialSaid =
  | {
      readonly say: 'judged';
      readonly score: number;
      /** NDCG of each case, in an order that is the same for every trial. */
      readonly ndcgs: Float64Array;
      readonly seconds: number;
    }
  | { readonly say: 'failed'; readonly message: string; readonly seconds: number };

/** The module that a process of a trial runs. */
export const trialModule = new URL(import.meta.url);

/** Waits for one job of the process that started this one, does it and says what came of it. */
export function listenForTrial(): void {
  // Ctrl-C reaches all processes of a terminal; the one that started this one decides.
  process.on('SIGINT', () => {});
  // Whatever serves on this machine goes first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.once('message', (job: TrialJob) => {
    const said = workOn(job);
    // Who is ended with its last word keeps nothing for the next one.
    flushCompileCache();
    process.send?.(said, () => process.disconnect());
  });
}

function workOn(job: TrialJob): TrialSaid {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  try {
    const judged = judgeTrial(job);
    return { say: 'judged', ...judged, seconds: seconds() };
  } catch (cause) {
    return { say: 'failed', message: messageOf(cause), seconds: seconds() };
  }
}

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

if (import.meta.main) listenForTrial();
