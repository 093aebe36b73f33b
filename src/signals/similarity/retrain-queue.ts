/** Why an item is to be learnt anew: it drifts away from its neighbours, or it has no vector yet. */
export type RetrainReason = 'decaying' | 'cold';

/** An item whose turn has come. */
export interface RetrainTurn {
  readonly item: number;
  readonly reason: RetrainReason;
  /** Since it was queued. */
  readonly waitedSeconds: number;
}

/** Bounds of the queue. */
export interface RetrainQueueOptions {
  /** Items that wait at once; others must ask again. */
  readonly maxQueued?: number;
  /** After this time an item that was taken may be queued again. */
  readonly retrySeconds?: number;
}

/**
 * Items that wait to be learnt anew, first come first served. An item waits once, however often it is asked for.
 *
 * @example
 * const queue = new RetrainQueue();
 * queue.add(7, 'cold', 0); // true
 * queue.add(7, 'decaying', 0); // false
 * queue.take(10, 2000); // [{ item: 7, reason: 'cold', waitedSeconds: 2 }]
 */
export class RetrainQueue {
  readonly #maxQueued: number;
  readonly #retryMs: number;
  readonly #waiting = new Map<
    number,
    { readonly reason: RetrainReason; readonly sinceMs: number }
  >();
  /** When items were taken; forgotten when they may be queued again. */
  readonly #takenAtMs = new Map<number, number>();

  constructor({ maxQueued = 10_000, retrySeconds = 300 }: RetrainQueueOptions = {}) {
    this.#maxQueued = maxQueued;
    this.#retryMs = retrySeconds * 1000;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Puts an item at the end; answers false where it waits, was taken lately or finds no room. */
  add(item: number, reason: RetrainReason, nowMs: number): boolean {
    if (this.#waiting.has(item) || this.#waiting.size >= this.#maxQueued) return false;
    const takenAtMs = this.#takenAtMs.get(item) ?? Number.NEGATIVE_INFINITY;
    if (nowMs - takenAtMs < this.#retryMs) return false;
    this.#waiting.set(item, { reason, sinceMs: nowMs });
    return true;
  }

  /** Takes at most `limit` items from the front. */
  take(limit: number, nowMs: number): RetrainTurn[] {
    for (const [item, takenAtMs] of this.#takenAtMs)
      if (nowMs - takenAtMs >= this.#retryMs) this.#takenAtMs.delete(item);
    return [...this.#waiting].slice(0, limit).map(([item, { reason, sinceMs }]) => {
      this.#waiting.delete(item);
      this.#takenAtMs.set(item, nowMs);
      return { item, reason, waitedSeconds: (nowMs - sinceMs) / 1000 };
    });
  }

  /** Lets those go that need not wait any longer. */
  keep(isNeeded: (item: number, reason: RetrainReason) => boolean): void {
    for (const [item, { reason }] of this.#waiting)
      if (!isNeeded(item, reason)) this.#waiting.delete(item);
  }
}
