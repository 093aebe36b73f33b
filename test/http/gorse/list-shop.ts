import type { Clock } from '../../../src/domain/clock.ts';
import { testClock, testNowMs, testWork } from '../open-test-gateway.ts';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

/** Filters of every work that is behind a list. */
export const allFilters = ['hidden', 'expired', 'seen', 'excluded', 'category'];

/** The newest items for a surface, with all filters. */
export const newest = (surface: string) => ({
  ...testWork(surface),
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'latest' }] },
    { stage: 'score', use: [{ algorithm: 'latest', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: allFilters },
  ],
});

/** The test shop with the newest items behind every list. */
export const openListShop = (
  gorse: object = {},
  changes: object = {},
  clock: Clock = testClock,
): Promise<GorseShop> =>
  openGorseGateway(
    {
      gorse: { collaborative: 'home', ...gorse },
      works: { home: newest('user'), session: newest('session'), similar: newest('item') },
      ...changes,
    },
    { clock },
  );

/** A clock that a test moves. */
export function movableClock(): Clock & { passMs(ms: number): void } {
  let nowMs = testNowMs;
  return {
    now: () => nowMs,
    monotonic: () => performance.now(),
    passMs(ms) {
      nowMs += ms;
    },
  };
}

/** An item of the shop, as it is stored. */
export const item = (id: string, more: object = {}) => ({
  ...{ id, catalog: 'shoes', categories: ['boots'], attributes: {}, hidden: false },
  publishedAtMs: testNowMs,
  ...more,
});

/** A click of now. */
export const click = (user: string, on: string, more: object = {}) => ({
  ...{ key: `${user}-${on}`, type: 'click', user, item: on, atMs: testNowMs },
  ...more,
});

/** `A1`, `A2` and so on. */
export const ids = (...numbers: readonly number[]) => numbers.map((number) => `A${number}`);
