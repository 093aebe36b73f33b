import { noItems } from '../../src/signals/known/item-columns.ts';
import type { RequestWindow } from '../../src/signals/requests/request-window.ts';
import type { SignalContext } from '../../src/signals/signal.ts';

/** Surroundings of a signal: code 3 is named `n3`, the monotonic clock is the epoch, and nothing is known but what is given. */
export function testContext(known: Partial<SignalContext> = {}): SignalContext {
  return {
    nameOf: (code) => `n${code}`,
    epochMs: (nowMs) => nowMs,
    items: noItems,
    vectors: undefined,
    requests: noRequests,
    ...known,
  };
}

/** A window that never saw a request. */
const noRequests: RequestWindow = {
  observe: () => {},
  expire: () => {},
  find: () => -1,
  work: () => 0,
  strategy: () => 0,
  segment: () => 0,
  catalog: () => 0,
  door: () => 0,
  variant: () => 0,
  unit: () => 0,
  labels: () => 0,
  onJoin: () => {},
  session: () => 0,
  firstPlace: () => 0,
  places: () => 0,
  item: () => -1,
  predicted: () => Number.NaN,
  outcome: () => 0,
  outcomeOf: () => 0,
  onLeave: () => {},
  joined: { matched: 0, late: 0, unmatched: 0, attributed: 0, unattributed: 0 },
};
