import type { Interactions } from '../../models/model.ts';
import { type Split, splitSessions } from '../dataset/dataset.ts';
import type { ModelGateOptions } from '../training-schema.ts';
import type { GateBasis } from './gate.ts';

/** What is known of the version that a candidate would replace. */
export interface Incumbent {
  /** Whether its kind and options are those of the candidate. */
  readonly hasSameRecipe: boolean;
  /** Epoch milliseconds of the newest event it learnt from. */
  readonly learntUntilMs: number;
}

/** The sessions that a candidate is judged by, and what it is compared with there. */
export interface HoldOut {
  readonly split: Split;
  readonly basis: GateBasis;
  /** Each so many-th case is judged. */
  readonly every: number;
}

/**
 * Chooses a hold-out that is fair to both sides. The current version may have learnt from the newest sessions, and would
 * then only have to remember them: where enough sessions are newer than all it saw, those are the hold-out, and it is judged
 * as it is. Else its recipe would have to be learnt again from the same past; where the recipe is the same, that gives the
 * candidate itself, so nothing is compared. Undefined where there is nothing to learn from or to be judged by.
 */
export function planHoldOut(
  interactions: Interactions,
  incumbent: Incumbent | undefined,
  { holdOut, minCases, maxCases }: ModelGateOptions,
): HoldOut | undefined {
  const { offsets, atMs } = interactions;
  const sessions = offsets.length - 1;
  const cut = Math.floor(sessions * (1 - holdOut));
  const plan = (first: number, basis: GateBasis): HoldOut | undefined => {
    const split = splitSessions(interactions, first);
    const cases = countCases(interactions, first);
    if (split.before.codes.length === 0 || cases === 0) return undefined;
    return { split, basis, every: Math.max(1, Math.ceil(cases / maxCases)) };
  };
  if (incumbent === undefined) return plan(cut, 'first');
  let fresh = sessions;
  while (fresh > 0 && atMs[offsets[fresh - 1]] > incumbent.learntUntilMs) fresh -= 1;
  const first = Math.max(cut, fresh);
  if (countCases(interactions, first) >= minCases) return plan(first, 'as-is');
  return plan(cut, incumbent.hasSameRecipe ? 'none' : 'refit');
}

/** Users where sessions name them, else clicks after another one. */
function countCases({ offsets, users, userOf }: Interactions, first: number): number {
  const sessions = offsets.length - 1;
  if (users !== undefined && userOf !== undefined) {
    const later = userOf.subarray(first);
    const nobody = later.reduce((count, user) => count + (user < 0 ? 1 : 0), 0);
    return new Set(later.filter((user) => user >= 0)).size + nobody;
  }
  return offsets[sessions] - offsets[first] - (sessions - first);
}
