import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testWork } from '../open-test-gateway.ts';
import { allFilters, click, item, movableClock } from './list-shop.ts';
import { type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

const users = ['ann', 'bob'];
const categories = ['boots', 'sandals', 'parkas'];

/** The twelve most popular, behind them what the last rung of the ladder adds. */
const home = {
  ...testWork('user'),
  strategy: 'popular',
  stages: [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'popular', limit: 12 }] },
    { stage: 'score', use: [{ algorithm: 'popular', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: allFilters },
  ],
};

const clocks = { lazy: movableClock(), eager: movableClock() };
let shops: Record<'lazy' | 'eager', GorseShop>;
beforeAll(async () => {
  const open = (kind: 'lazy' | 'eager', freshSeconds: number) =>
    openGorseGateway(
      { gorse: { cache: { seconds: 60, freshSeconds } }, works: { home } },
      { clock: clocks[kind] },
    );
  shops = { lazy: await open('lazy', 1e6), eager: await open('eager', 0) };
});
afterAll(async () => {
  for (const shop of Object.values(shops)) await shop[Symbol.asyncDispose]();
});

const user = fc.constantFrom(...users);
/** Those that are clicked last are most popular. */
const number = fc.nat(13).map((back) => 39 - back);
const ask = fc.record({
  ...{ do: fc.constant('ask' as const), user, n: fc.integer({ min: 1, max: 12 }) },
  ...{ offset: fc.nat(3), category: fc.option(fc.constantFrom(...categories), { freq: 2 }) },
  exclude: fc.array(number, { maxLength: 1 }),
});
const step = (mayShow: boolean) =>
  fc.oneof(
    { weight: 8, arbitrary: ask },
    fc.record({ do: fc.constant('click' as const), user, on: number }),
    fc.record({ do: fc.constant('later' as const), user, on: number }),
    fc.record({ do: fc.constant('hide' as const), on: number }),
    fc.record({ do: fc.constant('expire' as const), on: number, inMs: fc.nat(3000) }),
    fc.record({ do: fc.constant('delete' as const), on: number }),
    fc.record({ do: fc.constant('forget' as const), user }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(25_000) }),
    ...(mayShow ? [fc.record({ do: fc.constant('show' as const), on: number })] : []),
  );
type Step = ReturnType<ReturnType<typeof step>['generate']>['value'];

const shopItem = (at: number, more: object = {}) =>
  item(`A${at}`, { categories: [categories[at % 3]], ...more });

async function begin({ gateway }: GorseShop): Promise<void> {
  await gateway.putItems(Array.from({ length: 40 }, (_, at) => shopItem(at)));
  for (const id of users) await gateway.forgetUser(id);
  // What is kept of the catalogue before.
  await gateway.deleteFeedback({ type: 'nothing' });
}

/** Both answers to a question: that of the route, which may be kept, and that of the work. */
async function both(shop: GorseShop, asked: Extract<Step, { do: 'ask' }>) {
  const { n, offset, category, exclude } = asked;
  const query = new URLSearchParams({ n: `${n}`, offset: `${offset}` });
  if (category !== null) query.append('category', category);
  for (const at of exclude) query.append('exclude', `A${at}`);
  const answer = await shop.call('GET', `/api/recommend/${asked.user}?${query}`);
  const { gateway } = shop;
  const record = gateway.telemetry.begin(undefined);
  const request = {
    ...{ user: asked.user, n: offset + n, exclude: exclude.map((at) => `A${at}`), explain: false },
    ...(category !== null && { categories: [category], everyCategory: true }),
  };
  const wanted = await gateway.recommend('home', request, record, ({ slate }) => ({
    ids: Array.from(slate.items.subarray(offset, slate.count), (at) => gateway.table.ids[at]),
    strategy: record.strategy,
    reason: record.fallbackReason,
  }));
  return {
    wanted,
    got: {
      ids: answer.json,
      strategy: answer.headers.get('x-sightline-strategy'),
      reason: answer.headers.get('x-sightline-fallback-reason'),
    },
  };
}

let keys = 0;

/** Gives an item an end; one that has one, or is not shown, keeps what it has. */
async function expire(
  kind: 'lazy' | 'eager',
  { on, inMs }: { readonly on: number; readonly inMs: number },
): Promise<void> {
  const { table, putItems } = shops[kind].gateway;
  const index = table.indexOf(`A${on}`);
  if (table.hidden[index] !== 0 || table.expiresAtMs[index] < Number.POSITIVE_INFINITY) return;
  await putItems([shopItem(on, { expiresAtMs: clocks[kind].now() + inMs })]);
}

async function play(kind: 'lazy' | 'eager', one: Exclude<Step, { do: 'ask' }>): Promise<void> {
  const { gateway } = shops[kind];
  const clock = clocks[kind];
  if (one.do === 'pass') clock.passMs(one.ms);
  else if (one.do === 'forget') await gateway.forgetUser(one.user);
  else if (one.do === 'delete') await gateway.deleteItem(`A${one.on}`);
  else if (one.do === 'hide') await gateway.putItems([shopItem(one.on, { hidden: true })]);
  else if (one.do === 'show') await gateway.putItems([shopItem(one.on)]);
  else if (one.do === 'expire') await expire(kind, one);
  else {
    const atMs = clock.now() + (one.do === 'later' ? 20_000 : 0);
    const event = click(one.user, `A${one.on}`, { key: `k${keys++}`, atMs });
    await gateway.recordFeedback([event], { anyTime: true });
  }
}

test.each(['lazy', 'eager'] as const)(
  'whatever happens, a list that is kept answers as the work would, %s in following the catalogue',
  async (kind) => {
    const before = shops[kind].house.facts('list.asked').length;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step(kind === 'eager'), { minLength: 10, maxLength: 40, size: 'max' }),
        async (steps) => {
          await begin(shops[kind]);
          for (const one of steps) {
            if (one.do !== 'ask') await play(kind, one);
            else {
              const { wanted, got } = await both(shops[kind], one);
              expect(got).toEqual(wanted);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
    const results = shops[kind].house
      .facts('list.asked')
      .slice(before)
      .map(({ result }) => result);
    for (const result of ['hit', 'miss', 'short']) expect(results).toContain(result);
  },
);

test('a list is asked for anew when its time is over', async () => {
  const shop = shops.lazy;
  await begin(shop);
  const before = shop.house.facts('list.asked').length;
  const ask = () => shop.call('GET', '/api/recommend/zoe?n=2');
  await ask();
  clocks.lazy.passMs(59_999);
  await ask();
  clocks.lazy.passMs(1);
  await ask();
  expect(
    shop.house
      .facts('list.asked')
      .slice(before)
      .map(({ result }) => result),
  ).toEqual([...['miss', 'hit', 'miss']]);
});

test('what is told of memory follows what is kept', async () => {
  const shop = shops.lazy;
  await begin(shop);
  await shop.call('GET', '/api/recommend/ann');
  expect(shop.house.facts('lists.kept').at(-1)).toMatchObject({ lists: 1, bytes: 500 + 144 + 6 });
  await shop.gateway.recordFeedback([click('ann', 'A1', { key: 'last' })]);
  expect(shop.house.facts('lists.kept').at(-1)).toEqual({ lists: 0, bytes: 0 });
});
