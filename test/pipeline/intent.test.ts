import { expect, test } from 'vitest';
import { type SessionFreshness, sessionFreshness } from '../../src/math/session-gaps.ts';
import { QueryIndex } from '../../src/pipeline/algorithms/query-index.ts';
import { assembleWork } from '../../src/pipeline/assemble.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Run } from '../../src/pipeline/run.ts';
import { workSchema } from '../../src/pipeline/work-schema.ts';
import { unitePlugins } from '../../src/plugins/unite-plugins.ts';
import { SessionTable } from '../../src/stores/session-table.ts';
import type { Store } from '../../src/stores/store.ts';
import { RequestRecord } from '../../src/telemetry/request-record.ts';
import { createShop, createTestClock, openTestWork, served } from './test-work.ts';

const intentOf = (request: Parameters<ReturnType<typeof openTestWork>['recommend']>[0]) => {
  const world = openTestWork({});
  world.sessions.record('s1', 7, world.clock.now() - 500);
  world.sessions.record('old', 7, world.clock.now() - 5000);
  return world.recommend(request, (run) => run.intent) as Awaited<
    ReturnType<typeof world.recommend>
  > &
    import('../../src/domain/intent.ts').Intent;
};

test.each([
  [{}, 'cold'],
  [{ user: 'u' }, 'returning'],
  [{ session: 's1' }, 'mid'],
  [{ session: 'old' }, 'stale'],
  [{ recent: ['I1'] }, 'mid'],
])('the request %j has the session state %s', (request, state) => {
  expect(intentOf(request).sessionState).toBe(state);
});

test('the session so far is the anchor where the request shows no item', () => {
  expect(intentOf({ session: 's1' })).toMatchObject({ anchor: 7, catalog: 'coats' });
  expect(intentOf({ session: 's1', item: 'I2' })).toMatchObject({ anchor: 2, catalog: 'shoes' });
  expect(intentOf({ item: 'nobody' })).toMatchObject({ anchor: -1, catalog: 'all' });
});

test('models are told who asks, and of the next request only who asks that', () => {
  const { recommend } = openTestWork({});
  const userOf = (request: Parameters<typeof recommend>[0]) =>
    recommend(request, (run) => ({ user: run.query.user }));
  expect(userOf({ user: 'u' })).toEqual({ user: 'u' });
  expect(userOf({})).toEqual({ user: undefined });
});

test('a segment that is not declared reads default', () => {
  expect(intentOf({ segment: 'gold' }).segment).toBe('gold');
  expect(intentOf({ segment: 'made-up' }).segment).toBe('default');
});

test('words of a query become categories and attribute values; others are kept as unmatched', () => {
  const table = createShop(6);
  const intent = intentOf({ query: 'Black BOOTS, please' });
  expect([...intent.categories].map((code) => table.categories.names[code])).toEqual(['red boots']);
  expect([...intent.attributes].map((code) => table.attributes.names[code])).toEqual([
    'colour=black',
  ]);
  expect(intent.unmatched).toEqual(['please']);
});

test('a query for a category serves items of that category only', () => {
  const { recommend, table } = openTestWork({});
  const ids = recommend({ query: 'sandals' }, served) as string[];
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) {
    expect([...table.categoriesOf[table.indexOf(id)]]).toEqual([table.categories.find('sandals')]);
  }
});

test('a category that does not exist matches nothing', () => {
  const { recommend } = openTestWork({});
  expect(recommend({ categories: ['spaceships'] }, served)).toEqual([]);
});

/** A work as it is described in a configuration, and a session with clicks so many milliseconds ago. */
function openSession(intent: object, agesMs: readonly number[]) {
  const [table, sessions, clock] = [createShop(6), new SessionTable(), createTestClock()];
  for (const ageMs of agesMs) sessions.record('s1', 1, clock.now() - ageMs);
  const scorers = ['query', 'a', 'b'].map((algorithm) => ({ algorithm, weight: 1 }));
  const options = workSchema.parse({
    surface: 'session',
    strategy: 'by-query',
    stages: [
      { stage: 'intent', ...intent },
      { stage: 'retrieve', use: [{ algorithm: 'query' }] },
      { stage: 'score', use: scorers },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden'] },
    ],
  });
  const work = assembleWork('test', options, {
    store: {} as Store,
    catalogue: unitePlugins([]),
    tables: new Map(),
    models: new Map(['a', 'b'].map((name) => [name, { unavailable: new Error('none') }])),
    segments: new Set(),
    index: new QueryIndex(table),
    popularity: () => new Int32Array(0),
  });
  const pipeline = createPipeline({ table, sessions, clock });
  const seen = ({ intent, query }: Run) => ({ ...intent, weights: [...intent.weights], query });
  return (request: object) => {
    const record = new RequestRecord();
    record.reset(work.layout);
    const asked = { n: 1, explain: false, ...request };
    return pipeline.run({ work, request: asked, record }, seen) as ReturnType<typeof seen>;
  };
}

function measured(agesMs: readonly number[], windowMs = 300_000): SessionFreshness {
  const out = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
  const times = Float64Array.from(agesMs, (ageMs) => -ageMs);
  return sessionFreshness(times, times.length, { nowMs: 0, windowMs }, out);
}

const ages = [200_000, 65_000, 61_000, 60_000];

test('the freshness of a session and the entropy of its gaps follow from its events', () => {
  const { normalisedEntropy, freshness } = measured(ages);
  expect(normalisedEntropy).toBeGreaterThan(0.3);
  const { query, ...intent } = openSession({}, ages)({ session: 's1' });
  expect(intent).toMatchObject({ sessionEntropy: normalisedEntropy, freshness });
  expect(query.sessionEntropy).toBe(normalisedEntropy);
});

test('the window of freshness can be set', () => {
  const narrow = openSession({ freshnessWindowSeconds: 100 }, ages)({ session: 's1' });
  const { normalisedEntropy, freshness } = measured(ages, 100_000);
  expect(freshness).not.toBe(measured(ages).freshness);
  expect(narrow).toMatchObject({ sessionEntropy: normalisedEntropy, freshness });
});

test.each([
  ['without a session', ages, { session: 'other' }, undefined],
  ['whose session is told without times', ages, { session: 's1', recent: ['I1', 'I2'] }, undefined],
  ['after a single event', [60_000], { session: 's1' }, 0],
  ['long after the session', [900_000, 800_000], { session: 's1' }, 0],
])('a request %s has no entropy', (_, agesMs, request, freshness) => {
  const { query, ...intent } = openSession({ fresh: { a: 2 } }, agesMs)(request);
  expect(intent).toMatchObject({ sessionEntropy: undefined, freshness, weights: [1, 1, 1] });
  expect(query.sessionEntropy).toBeUndefined();
});

test('the fresher the session, the more the weights lean, on top of those of its state', () => {
  const fresh = { a: 3, b: 0.5 };
  const weights = { mid: { a: 0.5 } };
  for (const steady of [2, 4, 20, 50]) {
    const agesMs = Array.from({ length: steady }, (_, i) => 5000 * (steady - i));
    const freshness = Math.round(measured(agesMs).freshness * 100) / 100;
    const intent = openSession({ fresh, weights }, agesMs)({ session: 's1' });
    const leant = [1, 0.5 * (1 + 2 * freshness), 1 - 0.5 * freshness].map(Math.fround);
    expect(freshness).toBeGreaterThan(0.3);
    expect(intent.weights).toEqual(leant);
    expect(openSession({ weights }, agesMs)({ session: 's1' }).weights).toEqual([1, 0.5, 1]);
  }
});
