import { type PairedDifference, pairedBootstrap } from '../../math/paired-bootstrap.ts';
import { createTrialRunner, type RunnerOptions } from './trial-runner.ts';

/** How much better some options are than others, on cases that no trial was judged by. */
export interface UnseenComparison {
  /** NDCG of both. */
  readonly scores: readonly [number, number];
  readonly cases: number;
  /** Of the first options over the second ones. */
  readonly difference: PairedDifference;
}

/**
 * Fits two sets of options once more and compares them, case by case, on the part of the hold-out that no trial has
 * seen: of many trials the best is partly the luckiest, and its own score does not show that. Undefined where a fit
 * failed, was ended by `signal`, or there is no case.
 *
 * @example (await compareUnseen({ kind, holdOut }, [best, current]))?.difference.low // 0.0021
 */
export async function compareUnseen(
  options: RunnerOptions & { readonly signal?: AbortSignal | undefined },
  both: readonly [object, object],
): Promise<UnseenComparison | undefined> {
  const run = createTrialRunner({ ...options, parallel: 1 });
  const by = { after: options.holdOut.unseen, signal: options.signal };
  const [one, other] = [await run(both[0], by), await run(both[1], by)];
  if (one?.state !== 'complete' || other?.state !== 'complete') return undefined;
  const [a, b] = [one.ndcgs, other.ndcgs];
  if (a === undefined || b === undefined || a.length === 0) return undefined;
  return {
    scores: [one.score, other.score],
    cases: a.length,
    difference: pairedBootstrap(a, b),
  };
}
