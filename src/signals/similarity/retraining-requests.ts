import { lengthened } from '../gathering/lengthened.ts';
import { type ClickSessions, noSessions, RecentClicks } from './recent-clicks.ts';
import {
  RetrainQueue,
  type RetrainQueueOptions,
  type RetrainReason,
  type RetrainTurn,
} from './retrain-queue.ts';

/** When items are asked to be learnt anew, and what is given along. */
export interface RetrainingOptions extends RetrainQueueOptions {
  /** Events of an item without a vector before it is asked for. */
  readonly coldEvents?: number;
  /** Different sessions that are remembered of an item without a vector before it is asked for. */
  readonly coldSessions?: number;
  /** Clicks of all sessions that are remembered; 20 bytes each. */
  readonly recentClicks?: number;
  /** Time between two requests. */
  readonly everySeconds?: number;
  /** Items of one request. */
  readonly maxPerReport?: number;
}

/** Items to learn anew, with the sessions to learn them from. */
export interface RetrainingRequest {
  /** Empty in most reports. */
  readonly retrain: readonly RetrainItem[];
  /** All sessions that are remembered: from those with the items alone nobody could tell how often they are clicked. */
  readonly sessions: ClickSessions;
}

/** An item to learn anew. */
export interface RetrainItem extends RetrainTurn {
  /** Events of the item that are known of. */
  readonly events: number;
}

/** Decides when which items are to be learnt anew. */
export interface RetrainingRequests {
  /** Items that wait for their turn. */
  readonly waiting: number;
  /** Makes room for the items 0 to `items - 1`. */
  grow(items: number): void;
  /** Takes a click in; `session` is a hash, 0 for none. */
  see(session: number, item: number, atMs: number): void;
  /** Queues an item that drifts away from its neighbours. */
  addDecaying(item: number, nowMs: number): void;
  /** Lets items go that need not wait any longer. */
  keep(isNeeded: (item: number, reason: RetrainReason) => boolean): void;
  /** What is asked for now; `isCold` tells of an item whether it has no vector. */
  take(isCold: (item: number) => boolean, nowMs: number): RetrainingRequest;
}

const nothing: RetrainingRequest = { retrain: [], sessions: noSessions };

/** Makes an empty queue of requests. */
export function createRetrainingRequests({
  coldEvents = 10,
  coldSessions = 5,
  recentClicks = 200_000,
  everySeconds = 30,
  maxPerReport = 20,
  ...options
}: RetrainingOptions = {}): RetrainingRequests {
  const queue = new RetrainQueue(options);
  const recent = new RecentClicks(recentClicks);
  let events = new Uint32Array(0);
  /** Events of each item when it was last handed over: without a new one it is not asked for again. */
  let handedAt = new Uint32Array(0);
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const addCold = (isCold: (item: number) => boolean, nowMs: number) => {
    const ready: number[] = [];
    for (let item = 0; item < events.length; item++)
      if (events[item] >= coldEvents && events[item] > handedAt[item] && isCold(item))
        ready.push(item);
    if (ready.length === 0) return;
    const counts = recent.sessionCounts(ready, coldSessions);
    for (const [k, item] of ready.entries())
      if (counts[k] >= coldSessions) queue.add(item, 'cold', nowMs);
  };
  return {
    get waiting() {
      return queue.size;
    },
    grow(items) {
      events = lengthened(events, items);
      handedAt = lengthened(handedAt, items);
    },
    see(session, item, atMs) {
      events[item] += 1;
      if (session !== 0) recent.add(session, item, atMs);
    },
    addDecaying: (item, nowMs) => queue.add(item, 'decaying', nowMs),
    keep: (isNeeded) => queue.keep(isNeeded),
    take(isCold, nowMs) {
      if (nowMs - askedAtMs < everySeconds * 1000) return nothing;
      askedAtMs = nowMs;
      addCold(isCold, nowMs);
      const turns = queue.take(maxPerReport, nowMs);
      if (turns.length === 0) return nothing;
      for (const { item } of turns) handedAt[item] = events[item];
      return {
        retrain: turns.map((turn) => ({ ...turn, events: events[turn.item] })),
        sessions: recent.sessions(),
      };
    },
  };
}
