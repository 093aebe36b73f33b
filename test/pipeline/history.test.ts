import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Feedback } from '../../src/domain/feedback.ts';
import { History, historyBits } from '../../src/pipeline/history.ts';
import type { RequestRecord } from '../../src/telemetry/request-record.ts';
import { openTestGateway, testNowMs, testWork } from '../http/open-test-gateway.ts';

test('a history knows what was added since it was cleared, whatever it held before', () => {
  const added = fc.array(fc.tuple(fc.nat(40), fc.constantFrom(...Object.values(historyBits))));
  const history = new History();
  const holds = fc.property(added, fc.integer({ min: 1, max: 30 }), (entries, size) => {
    history.clear({ size });
    const expected = new Map<number, number>();
    for (const [item, bit] of entries) {
      history.add(item, bit);
      expected.set(item, (expected.get(item) ?? 0) | bit);
    }
    for (let item = 0; item < size; item++) expect(history.of(item)).toBe(expected.get(item) ?? 0);
    expect(history.of(-1)).toBe(0);
  });
  fc.assert(holds);
});

/** A work that brings the newest items, with more around it. */
function newestWith({ retrieve = [], custom = [], filter = [] }: Parts) {
  const work = testWork('user') as { stages: { stage: string; use?: unknown }[] };
  return {
    ...work,
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'latest' }, ...retrieve] },
      { stage: 'features', use: ['user', 'history'] },
      { stage: 'score', use: [{ algorithm: 'latest', weight: 1 }] },
      ...custom,
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden', ...filter] },
    ],
  };
}

interface Parts {
  readonly retrieve?: readonly object[];
  readonly custom?: readonly object[];
  readonly filter?: readonly string[];
}

const read = (item: string, more: Partial<Feedback> = {}): Feedback => ({
  ...{
    key: `${item}${more.type ?? ''}`,
    type: 'read',
    item,
    user: 'u1',
    atMs: testNowMs - 86_400_000,
  },
  ...more,
});

async function openShop(parts: Parts) {
  const training = { data: { positive: ['like'], read: ['read'] } };
  const house = await openTestGateway({ works: { home: newestWith(parts) }, training });
  const slate = (user: string, n = 3) =>
    house.gateway.recommend(
      'home',
      { user, n, explain: false },
      house.gateway.telemetry.begin(undefined),
      ({ slate: { items, count } }) =>
        Array.from(items.subarray(0, count), (item) => house.gateway.table.ids[item]),
    );
  return { house, slate };
}

test('with the history read, nothing is served that the user ever did anything with', async () => {
  const { house, slate } = await openShop({ filter: ['seen'] });
  // More than the session remembers, so that only the store still knows the first ones.
  const many = Array.from({ length: 60 }, (_, i) => read('A39', { key: `k${i}` }));
  await house.gateway.recordFeedback([
    read('A0'),
    read('A2', { type: 'like' }),
    ...many.slice(0, 50),
  ]);
  expect(await slate('u1')).toEqual(['A1', 'A3', 'A4']);
  expect(await slate('somebody else')).toEqual(['A0', 'A1', 'A2']);
  await house.close();
});

test('feedback of the future does not count until it is due', async () => {
  const { house, slate } = await openShop({ filter: ['seen'] });
  const later = [read('A0', { atMs: testNowMs + 600_000 })];
  await house.gateway.recordFeedback(later, { anyTime: true });
  expect(await slate('u1')).toEqual(['A0', 'A1', 'A2']);
  await house.close();
});

test('replacement lets what was wanted and seen come again behind what is new', async () => {
  const { house, slate } = await openShop({
    retrieve: [{ algorithm: 'recent' }],
    custom: [
      { stage: 'custom', use: 'replacement', options: { positiveDecay: 0.5, readDecay: 0.001 } },
    ],
  });
  await house.gateway.recordFeedback([read('A0', { type: 'like' }), read('A1'), read('A39')]);
  const all = (await slate('u1', 40)) as string[];
  expect(all[0]).toBe('A2');
  expect(all).toHaveLength(40);
  expect(all.indexOf('A0')).toBeGreaterThan(0);
  expect(all.indexOf('A0')).toBeLessThan(all.indexOf('A1'));
  expect(all.slice(-2)).toEqual(['A1', 'A39']);
  await house.close();
});

test('a store that cannot be read costs the history, and says so', async () => {
  const { house, slate } = await openShop({ filter: ['seen'] });
  await house.gateway.recordFeedback([read('A0')]);
  await house.gateway.store.close();
  const record: RequestRecord = house.gateway.telemetry.begin(undefined);
  const asked = { user: 'u1', n: 2, explain: false };
  const reasons = await house.gateway.recommend('home', asked, record, (answer) =>
    answer.record.degradations.map(({ component, reason }) => [component, reason]),
  );
  expect(reasons).toContainEqual(['history', 'dependency.unavailable']);
  expect(await slate('u1')).toEqual(['A1', 'A2', 'A3']);
  await house.close();
});
