import { createRng } from '../../math/rng.ts';
import type { Interactions } from '../../models/model.ts';
import { selectInteractions } from '../dataset/select-interactions.ts';
import type { EvaluationTask } from '../evaluation/model-quality.ts';

/** Interactions in three: what trials learn from, what they are judged by, and what no trial sees. */
export interface HoldOut {
  readonly task: EvaluationTask;
  readonly before: Interactions;
  readonly judging: Interactions;
  /** For the last comparison: the best of many trials looks better on `judging` than it is. */
  readonly unseen: Interactions;
}

/** How interactions are held out. */
export interface HoldOutOptions {
  /** Share of the items of each user, or of the sessions, that is held out. */
  readonly share?: number;
  /** Share of that which no trial sees. */
  readonly unseenShare?: number;
  /** What of a user is held out: the items taken up last, or any. */
  readonly of?: 'last' | 'any';
  readonly seed?: number;
}

/** Where an event belongs. */
const part = { before: 0, judging: 1, unseen: 2 } as const;

/**
 * Holds out a share of what each user took up, where most sessions name a user, and the last share of the sessions
 * where they do not. An item of a user is held out with all its events; a user keeps at least one. O(events · log
 * items of a user).
 *
 * @example holdOut(interactions, { share: 0.1 }).task // 'next-click'
 */
export function holdOut(
  interactions: Interactions,
  { share = 0.1, unseenShare = 0.5, of = 'last', seed = 1 }: HoldOutOptions = {},
): HoldOut {
  const sessions = interactions.offsets.length - 1;
  const named = interactions.userOf?.reduce((count, user) => count + (user >= 0 ? 1 : 0), 0) ?? 0;
  const task = 2 * named >= sessions && named > 0 ? 'ranking' : 'next-click';
  const rng = createRng(seed);
  const chosen = { share, unseenShare, of, rng };
  const parts =
    task === 'ranking' ? partsOfUsers(interactions, chosen) : partsOfSessions(interactions, chosen);
  const take = (wanted: number) =>
    selectInteractions(interactions, { event: (at) => parts[at] === wanted, read: () => true });
  return {
    task,
    before: take(part.before),
    judging: take(part.judging),
    unseen: take(part.unseen),
  };
}

interface Chosen extends Required<Omit<HoldOutOptions, 'seed'>> {
  readonly rng: ReturnType<typeof createRng>;
}

function partsOfSessions(
  { offsets, codes }: Interactions,
  { share, unseenShare, rng }: Chosen,
): Uint8Array {
  const sessions = offsets.length - 1;
  const parts = new Uint8Array(codes.length);
  for (let session = Math.floor(sessions * (1 - share)); session < sessions; session++) {
    const wanted = rng.unit() < unseenShare ? part.unseen : part.judging;
    parts.fill(wanted, offsets[session], offsets[session + 1]);
  }
  return parts;
}

function partsOfUsers(
  interactions: Interactions,
  { share, unseenShare, of, rng }: Chosen,
): Uint8Array {
  const { codes, atMs } = interactions;
  const parts = new Uint8Array(codes.length);
  for (const events of eventsByUser(interactions)) {
    const lastOf = new Map<number, number>();
    for (const event of events)
      lastOf.set(codes[event], Math.max(lastOf.get(codes[event]) ?? 0, atMs[event]));
    const items = Uint32Array.from(lastOf.keys());
    // Shuffled in any case: equal times have no order.
    rng.shuffle(items);
    if (of === 'last') items.sort((a, b) => lastOf.get(b)! - lastOf.get(a)!);
    // Rounded up or down by chance, so that users with few items give their share too.
    const count = Math.min(Math.floor(items.length * share + rng.unit()), items.length - 1);
    const held = new Set(items.subarray(0, Math.max(0, count)));
    const wanted = rng.unit() < unseenShare ? part.unseen : part.judging;
    for (const event of events) if (held.has(codes[event])) parts[event] = wanted;
  }
  return parts;
}

/** Events of each named user. */
function eventsByUser({ offsets, users = [], userOf }: Interactions): number[][] {
  const events: number[][] = users.map(() => []);
  for (let session = 0; session + 1 < offsets.length; session++) {
    const own = events[userOf?.[session] ?? -1];
    for (let at = offsets[session]; own !== undefined && at < offsets[session + 1]; at++)
      own.push(at);
  }
  return events;
}
