import { createRng } from '../../math/rng.ts';
import type { Interactions } from '../../models/model.ts';
import type { Split } from './dataset.ts';
import { selectInteractions } from './select-interactions.ts';

/**
 * Cuts at an instant: what happened before it, and the rest. A session under way is cut in two, and nothing of later,
 * neither items nor users nor reads, is in `before`. O(events).
 *
 * @example splitAt(interactions, Date.UTC(2026, 10, 1)).before // what was known on 31 October
 */
export function splitAt(interactions: Interactions, cutMs: number): Split {
  const { atMs, reads } = interactions;
  const beforeCut = reads && ((row: number) => reads.atMs[row] < cutMs);
  return {
    before: selectInteractions(interactions, {
      event: (at) => atMs[at] < cutMs,
      read: beforeCut,
      cutMs,
    }),
    after: selectInteractions(interactions, { event: (at) => atMs[at] >= cutMs }),
  };
}

/** A global temporal split: what to tune on, and what to judge by once. */
export interface TemporalSplit {
  /** Train, and what came up to the second instant. */
  readonly validation: Split;
  /** All up to the second instant, and what came after it. */
  readonly test: Split;
}

/**
 * Cuts at two instants for all users alike (Meng et al. 2020), so that no model is judged on what was already past when
 * it learnt. Events from `validationMs` on, up to before `testMs`, are for validation, later ones for the test.
 *
 * @example splitTemporal(all, instantOfShare(all, 0.2), instantOfShare(all, 0.1)).test.after // the last 10 %
 */
export function splitTemporal(
  interactions: Interactions,
  validationMs: number,
  testMs: number,
): TemporalSplit {
  const test = splitAt(interactions, testMs);
  return { validation: splitAt(test.before, validationMs), test };
}

/**
 * The instant from which on about the last `share` of the events happened; events at the very instant come after it.
 * Not finite where there are no events. O(events · log events).
 */
export function instantOfShare({ atMs }: Pick<Interactions, 'atMs'>, share: number): number {
  if (atMs.length === 0) return Number.POSITIVE_INFINITY;
  const sorted = Float64Array.from(atMs).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * (1 - share)))];
}

/** How the items of a user are drawn. */
export interface PairSplitOptions {
  /** Of the draws. */
  readonly seed?: number;
}

/**
 * Leaves out one item of each user with two items or more, with all events of that user and item: the one taken up
 * last, or a random one. Sessions of nobody known stay in `before`. O(events).
 *
 * @example splitLeaveOneOut(interactions, { pick: 'random', seed: 1 })
 */
export function splitLeaveOneOut(
  interactions: Interactions,
  { pick = 'last', seed = 1 }: PairSplitOptions & { readonly pick?: 'last' | 'random' } = {},
): Split {
  const rng = createRng(seed);
  return splitPairs(interactions, (items) => {
    if (items.length < 2) return [];
    return [pick === 'last' ? items[items.length - 1] : items[rng.below(items.length)]];
  });
}

/**
 * Leaves out a random `share` of the items of each user, rounded, though never all of them, with all events of that user and
 * item. Sessions of nobody known stay in `before`. O(events).
 *
 * @example splitRatio(interactions, 0.2, { seed: 1 }) // 80 % of each user to learn from
 */
export function splitRatio(
  interactions: Interactions,
  share: number,
  { seed = 1 }: PairSplitOptions = {},
): Split {
  const rng = createRng(seed);
  return splitPairs(interactions, (items) => {
    const shuffled = Uint32Array.from(items);
    rng.shuffle(shuffled);
    return shuffled.subarray(0, Math.min(items.length - 1, Math.round(share * items.length)));
  });
}

/** Puts the picked items of each user, of all in the order in which they were taken up, into `after`. */
function splitPairs(
  interactions: Interactions,
  pick: (items: readonly number[]) => Iterable<number>,
): Split {
  const { offsets, codes, users = [], userOf, reads } = interactions;
  const sessionsOf: number[][] = users.map(() => []);
  for (let session = 0; session + 1 < offsets.length; session++)
    if (userOf !== undefined && userOf[session] >= 0) sessionsOf[userOf[session]].push(session);
  const isAfter = new Uint8Array(codes.length);
  for (const sessions of sessionsOf) {
    const firstMs = new Map<number, number>();
    for (const session of sessions)
      for (let at = offsets[session]; at < offsets[session + 1]; at++)
        firstMs.set(
          codes[at],
          Math.min(firstMs.get(codes[at]) ?? interactions.atMs[at], interactions.atMs[at]),
        );
    const taken = [...firstMs].sort((a, b) => a[1] - b[1]).map(([item]) => item);
    const picked = new Set(pick(taken));
    for (const session of sessions)
      for (let at = offsets[session]; at < offsets[session + 1]; at++)
        if (picked.has(codes[at])) isAfter[at] = 1;
  }
  return {
    before: selectInteractions(interactions, {
      event: (at) => isAfter[at] === 0,
      read: reads && (() => true),
    }),
    after: selectInteractions(interactions, { event: (at) => isAfter[at] === 1 }),
  };
}
