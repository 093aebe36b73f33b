import type { Feedback } from '../../domain/feedback.ts';
import { hashId } from '../../telemetry/event-codes.ts';
import type { PastEvents } from '../signal.ts';

/** Gathers the last events of the past in a ring of columns, oldest first when they are taken. */
export interface PastColumns {
  add(event: Feedback, item: number): void;
  take(): PastEvents;
}

/**
 * Makes empty columns for at most `limit` events; earlier ones make room for later ones.
 *
 * @example
 * const past = createPastColumns(100_000);
 * past.add({ key: 'k', type: 'click', item: 'A', session: 's', atMs: 5 }, 7);
 * past.take().item; // Int32Array [7]
 */
export function createPastColumns(limit: number): PastColumns {
  const session = new Float64Array(limit);
  const item = new Int32Array(limit);
  const atMs = new Float64Array(limit);
  let seen = 0;
  return {
    add(event, index) {
      const owner = event.session ?? event.user;
      const at = seen++ % limit;
      session[at] = owner === undefined ? 0 : hashId(owner);
      item[at] = index;
      atMs[at] = event.atMs;
    },
    take() {
      const count = Math.min(seen, limit);
      const order = Uint32Array.from({ length: count }, (_, i) => (seen - count + i) % limit);
      return {
        count,
        session: Float64Array.from(order, (at) => session[at]),
        item: Int32Array.from(order, (at) => item[at]),
        atMs: Float64Array.from(order, (at) => atMs[at]),
      };
    },
  };
}
