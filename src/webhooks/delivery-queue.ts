import type { Delivery } from '../domain/delivery.ts';

/** A message that waits for its turn. */
export interface Waiting {
  delivery: Delivery;
  /** Not to be tried before, on the monotonic clock; infinite until it is durable. */
  dueAt: number;
  /** Whether it is to be tried once before that. */
  isWoken: boolean;
}

/** The messages of one endpoint. Each waits for the earlier ones of its group, and for no others. */
export interface DeliveryQueue {
  readonly size: number;
  add(waiting: Waiting): void;
  /** The message to be tried first: of the first ones of their groups the one that is ready earliest. */
  next(): Waiting | undefined;
  has(group: string): boolean;
  /** Wakes the first messages, of one group or of all; what is not yet durable goes on waiting. */
  wake(group?: string): void;
  remove(waiting: Waiting): void;
  /** Takes out what matters least: the oldest firing one of a group, else of any, else the oldest. */
  supersede(group: string, busy: Waiting | undefined): Delivery | undefined;
  takeAll(): readonly Delivery[];
}

/** Makes an empty queue. `next`, `wake` and `supersede` are O(size). */
export function createDeliveryQueue(): DeliveryQueue {
  let queue: readonly Waiting[] = [];

  function heads(): readonly Waiting[] {
    const seen = new Set<string>();
    return queue.filter(({ delivery: { group } }) => !seen.has(group) && seen.add(group));
  }

  return {
    get size() {
      return queue.length;
    },
    add(waiting) {
      queue = [...queue, waiting];
    },
    next: () => heads().toSorted((a, b) => readyAt(a) - readyAt(b))[0],
    has: (group) => queue.some(({ delivery }) => delivery.group === group),
    wake(group) {
      for (const waiting of heads())
        if (group === undefined || waiting.delivery.group === group)
          waiting.isWoken = waiting.dueAt !== Number.POSITIVE_INFINITY;
    },
    remove(waiting) {
      queue = queue.filter((one) => one !== waiting);
    },
    supersede(group, busy) {
      const idle = queue.filter((one) => one !== busy);
      const firing = idle.filter(({ delivery }) => delivery.status === 'firing');
      const gone = firing.find(({ delivery }) => delivery.group === group) ?? firing[0] ?? idle[0];
      queue = queue.filter((one) => one !== gone);
      return gone?.delivery;
    },
    takeAll() {
      const all = queue.map(({ delivery }) => delivery);
      queue = [];
      return all;
    },
  };
}

/** When a message may be tried, on the monotonic clock. */
export function readyAt({ dueAt, isWoken }: Waiting): number {
  return isWoken ? Number.NEGATIVE_INFINITY : dueAt;
}
