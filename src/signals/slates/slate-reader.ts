import type { EventBatch } from '../../telemetry/event-ring.ts';
import { kindCode } from '../../telemetry/ring-event.ts';

/** A slate that was shown; valid only during the visit. */
export interface ShownSlate {
  /** Code of the strategy. */
  readonly strategy: number;
  /** `hashId` of the session, 0 where there is none. */
  readonly session: number;
  /** Dense indices of the items; the first `count` places are in use. */
  readonly items: Int32Array;
  readonly count: number;
}

/**
 * Makes the function that puts exposures together to slates, event by event, over the ends of batches too. A slate is
 * visited at its request event, or at the next slate where that event was lost. Places beyond `maxPlaces` are left out.
 * O(1) per event, no allocation.
 *
 * @example
 * const take = createSlateReader(100, ({ items, count }) => measure(items, count));
 * for (let i = 0; i < batch.count; i++) take(batch, i);
 */
export function createSlateReader(
  maxPlaces: number,
  visit: (slate: ShownSlate) => void,
): (batch: EventBatch, i: number) => void {
  const slate = { strategy: 0, session: 0, items: new Int32Array(maxPlaces), count: 0 };
  let request = Number.NaN;
  const close = () => {
    if (slate.count > 0) visit(slate);
    slate.count = 0;
    request = Number.NaN;
  };
  const open = (batch: EventBatch, i: number) => {
    close();
    request = batch.request(i);
    slate.strategy = batch.strategy(i);
    slate.session = batch.session(i);
  };
  return (batch, i) => {
    const kind = batch.kind(i);
    if (kind === kindCode.request) close();
    if (kind !== kindCode.exposure) return;
    if (batch.request(i) !== request) open(batch, i);
    const item = batch.item(i);
    if (item >= 0 && slate.count < maxPlaces) slate.items[slate.count++] = item;
  };
}
