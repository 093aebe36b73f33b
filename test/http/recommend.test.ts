import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { createQueryApp } from '../../src/http/query/app.ts';
import { recommendAnswerSchema } from '../../src/http/query/recommend-schema.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testNowMs } from './open-test-gateway.ts';

type Answer = z.output<typeof recommendAnswerSchema>;

let house: TestGateway;
let app: App;

beforeAll(async () => {
  house = await openTestGateway();
  app = createQueryApp(house.gateway);
});
afterAll(() => house.close());

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  call<Answer>(app, 'POST /v1/recommend/home', { body, headers });
const lastFinished = () => house.finished.at(-1);

test('an answer has the list, best first, and says who served it', async () => {
  const { status, body } = await ask({ user: 'u1', n: 3 });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    work: 'home',
    strategy: 'newest',
    generation: house.gateway.generation().id,
    fallback_reason: null,
    degradations: [],
  });
  expect(body.items.map(({ id }) => id)).toEqual(['A0', 'A1', 'A2']);
  expect(body.items.map(({ source }) => source)).toEqual(['latest', 'latest', 'latest']);
  const scores = body.items.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

test('every answer keeps to its documented form', async () => {
  const unknown = { explain: true, categories: ['nowhere'] };
  for (const asked of [
    {},
    { n: 100 },
    { explain: true },
    { timeout_ms: 0, explain: true },
    unknown,
  ]) {
    const { body } = await ask(asked);
    expect(recommendAnswerSchema.safeParse(body).error).toBeUndefined();
  }
});

test('twenty items are served when nobody says how many', async () => {
  expect((await ask({})).body.items).toHaveLength(20);
});

test('the GET form gives the same list', async () => {
  const body = { session: 's1', n: 4, categories: ['boots', 'parkas'], exclude: ['A0', 'A3'] };
  const byPost = await ask(body);
  const byGet = await call<Answer>(
    app,
    'GET /v1/recommend/home?session=s1&n=4&category=boots&category=parkas&exclude=A0&exclude=A3&user=',
  );
  expect(byGet.status).toBe(200);
  expect(byGet.body.items).toEqual(byPost.body.items);
  expect(byGet.body.items.map(({ id }) => id)).toEqual(['A2', 'A5', 'A6', 'A8']);
});

test('an item has one of the categories, and each of them where every category is asked for', async () => {
  const both = { id: 'B1', categories: ['boots', 'sandals'], published_at: testNowMs };
  await call(app, 'POST /v1/items', { body: { ...both, catalog: 'both' } });
  const idsOf = ({ body }: { body: Answer }) => body.items.map(({ id }) => id);
  const categories = ['boots', 'sandals'];
  expect(idsOf(await ask({ n: 3, categories })).length).toBe(3);
  expect(idsOf(await ask({ n: 3, categories, every_category: true }))).toEqual(['B1']);
  expect(idsOf(await ask({ categories: ['boots', 'nowhere'], every_category: true }))).toEqual([]);
  const query = 'category=boots&category=sandals&every_category';
  const get = (more: string) => call<Answer>(app, `GET /v1/recommend/home?${query}${more}`);
  expect(idsOf(await get('=true'))).toEqual(['B1']);
  expect(idsOf(await get('=false')).length).toBeGreaterThan(1);
  await call(app, 'DELETE /v1/items/B1', {});
});

test('the answer carries ids and generation in headers too', async () => {
  const { headers, body } = await ask({});
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('x-request-id')).toBe(body.request_id);
  expect(headers.get('x-sightline-generation')).toBe(body.generation);
  expect(headers.get('x-sightline-fallback-reason')).toBeNull();
});

test('the trace and request ids of the caller are kept', async () => {
  const { body } = await ask(
    {},
    {
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'x-request-id': 'order-7',
    },
  );
  expect(body).toMatchObject({
    request_id: 'order-7',
    trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  });
  expect(lastFinished()).toMatchObject({ requestId: 'order-7', traceId: body.trace_id });
});

test('malformed context headers are replaced and told, and the request is served', async () => {
  house.told.length = 0;
  const { status, body } = await ask(
    {},
    {
      traceparent: '00-zz-00f067aa0ba902b7-01',
      'x-request-id': 'a"b\\c',
      baggage: `k=${'v'.repeat(9000)}`,
    },
  );
  expect(status).toBe(200);
  expect(body.request_id).toMatch(/^[\da-f]{32}$/);
  expect(body.trace_id).toMatch(/^[\da-f]{32}$/);
  expect(house.facts('context.replaced').map(({ part }) => part)).toEqual([
    'traceparent',
    'x-request-id',
    'baggage',
  ]);
});

test('with no time at all the popularity list answers and says why', async () => {
  const { status, headers, body } = await ask({ n: 5, timeout_ms: 0 });
  expect(status).toBe(200);
  expect(body.items).toHaveLength(5);
  expect(body.fallback_reason).toBe('budget.exhausted');
  expect(body.degradations.length).toBeGreaterThan(0);
  expect(headers.get('x-sightline-fallback-reason')).toBe('budget.exhausted');
  expect(lastFinished()).toMatchObject({ status: 200, outcome: 'fallback' });
});

test('a deadline header counts, the body goes before it, and nonsense in it is ignored', async () => {
  for (const name of ['x-envoy-expected-rq-timeout-ms', 'x-request-timeout-ms']) {
    expect((await ask({}, { [name]: '0' })).body.fallback_reason).toBe('budget.exhausted');
    expect((await ask({ timeout_ms: 900 }, { [name]: '0' })).body.fallback_reason).toBeNull();
    for (const nonsense of ['-1', 'soon', '1e3', '', '99999999999'])
      expect((await ask({}, { [name]: nonsense })).body.fallback_reason).toBeNull();
  }
});

test('explain shows the intent, every stage with its counts, and what each scorer gave', async () => {
  const asked = {
    ...{ n: 2, explain: true, categories: ['boots'], exclude: ['A3'] },
    ...{ locale: 'de-CH', session: 's9' },
  };
  const { explain } = (await ask(asked)).body;
  expect(explain?.intent).toMatchObject({
    surface: 'user',
    session_state: 'cold',
    categories: ['boots'],
    locale: 'de-CH',
    recent: [],
    weights: { latest: 1 },
  });
  expect(explain?.stages.map(({ stage }) => stage)).toEqual([
    'intent',
    'retrieve',
    'score',
    'rerank',
    'filter',
  ]);
  const [, retrieve, score, , filter] = explain!.stages;
  expect(retrieve).toMatchObject({ outcome: 'ok', reason: null, out: 14 });
  expect(retrieve.components).toMatchObject([{ name: 'latest', count: 14, outcome: 'ok' }]);
  expect(score).toMatchObject({ in: 14, out: 14 });
  expect(filter.components.find(({ name }) => name === 'excluded')?.count).toBe(1);
  expect(explain?.items.map(({ id }) => id)).toEqual(['A0', 'A6']);
  for (const { contributions } of explain!.items) expect(contributions.latest).toBeGreaterThan(0);
});

test('explain shows how regular and how fresh the session is, where its times are known', async () => {
  const click = (secondsAgo: number) => ({
    type: 'click',
    item: 'A1',
    session: 'fresh',
    timestamp: testNowMs - secondsAgo * 1000,
  });
  const sent = { body: [65, 61, 60].map(click) };
  expect((await call(app, 'POST /v1/feedback', sent)).status).toBe(202);
  // Gaps of 4 and 1 seconds are one bit; 19 bins; 60 of 300 seconds idle; two gaps.
  const entropy = 1 / Math.log2(19);
  const known = (await ask({ explain: true, session: 'fresh' })).body.explain?.intent;
  expect(known?.session_entropy).toBeCloseTo(entropy, 4);
  expect(known?.freshness).toBeCloseTo((1 - entropy) * 0.8 * 0.5, 4);
  const asked = { explain: true, session: 'fresh', recent: ['A1', 'A2'] };
  const unknown = { session_entropy: null, freshness: null };
  expect((await ask(asked)).body.explain?.intent).toMatchObject(unknown);
  expect((await ask({ explain: true })).body.explain?.intent).toMatchObject(unknown);
});

test('an explanation of an answer out of the ladder has no contributions to show', async () => {
  const { explain } = (await ask({ n: 2, timeout_ms: 0, explain: true })).body;
  expect(explain?.items.map(({ contributions }) => contributions)).toEqual([
    { latest: 0 },
    { latest: 0 },
  ]);
});

test('ids of any script come back as they were put in', async () => {
  const ids = ['商品 "1"', 'a\\b/c', 'é\u2028', '👟'];
  const items = ids.map((id) => ({ id, categories: ['odd'] }));
  expect((await call(app, 'POST /v1/items', { body: items })).status).toBe(200);
  const { body } = await ask({ categories: ['odd'], n: 10 });
  expect(body.items.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  for (const id of ids) await call(app, `DELETE /v1/items/${encodeURIComponent(id)}`);
});

test('a finished request is recorded once, with its route and path', async () => {
  house.finished.length = 0;
  house.told.length = 0;
  await ask({});
  await call(app, 'GET /v1/recommend/similar?item=A1');
  await call(app, 'HEAD /v1/recommend/home');
  await call(app, 'POST /v1/recommend/nowhere', { body: {} });
  const route = '/v1/recommend/{work}';
  expect(house.finished).toMatchObject([
    { method: 'POST', route, path: '/v1/recommend/home', status: 200 },
    { method: 'GET', route, path: '/v1/recommend/similar', status: 200 },
    { method: 'HEAD', route, path: '/v1/recommend/home', status: 200 },
    { route, path: '/v1/recommend/nowhere', status: 404, errorType: 'SL_WORK_UNKNOWN' },
  ]);
  expect(house.facts('http.finished')).toEqual([]);
});

const badBodies: readonly [what: string, body: unknown, path: string | null][] = [
  ['no object', 5, null],
  ['an array', [], null],
  ['null', null, null],
  ['a text as n', { n: '5' }, 'n'],
  ['n of 0', { n: 0 }, 'n'],
  ['n of 101', { n: 101 }, 'n'],
  ['n of 1.5', { n: 1.5 }, 'n'],
  ['an unknown field', { usr: 'u1' }, 'usr'],
  ['a number as user', { user: 7 }, 'user'],
  ['null as user', { user: null }, 'user'],
  ['an empty id', { session: '' }, 'session'],
  ['an id of 4 KB', { item: 'x'.repeat(4096) }, 'item'],
  ['an id with a control character', { user: 'u\u0007' }, 'user'],
  ['an id with a line end', { recent: ['A1', 'A2\n'] }, 'recent.1'],
  ['half a surrogate pair', '{"user":"\\ud800"}', 'user'],
  ['too many exclusions', { exclude: Array.from({ length: 1001 }, (_, i) => `A${i}`) }, 'exclude'],
  ['a text as categories', { categories: 'boots' }, 'categories'],
  ['a negative deadline', { timeout_ms: -1 }, 'timeout_ms'],
  ['an infinite deadline', '{"timeout_ms":1e999}', 'timeout_ms'],
  ['a text as explain', { explain: 'yes' }, 'explain'],
  ['a locale that is none', { locale: '../../etc' }, 'locale'],
  ['a prototype in disguise', '{"__proto__":{"n":1}}', '__proto__'],
  ['a constructor in disguise', { constructor: { prototype: { n: 1 } } }, 'constructor'],
  ['an array nested a thousand deep', '['.repeat(1000) + ']'.repeat(1000), null],
];

test.each(badBodies)('a request with %s is refused with its path', async (_, body, path) => {
  const answer = await call(app, 'POST /v1/recommend/home', {
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(answer).toMatchObject({ status: 422, body: { code: 'SL_REQUEST_INVALID', path } });
  expect(answer.headers.get('x-request-id')).toBe(answer.body.request_id);
  expect(({} as { n?: number }).n).toBeUndefined();
});

const badQueries: readonly [what: string, query: string, status: number, path: string][] = [
  ['n of 0', 'n=0', 422, 'n'],
  ['a word as n', 'n=abc', 422, 'n'],
  ['n twice', 'n=5&n=6', 422, 'n'],
  ['two users', 'user=a&user=b', 422, 'user'],
  ['the name of the POST form', 'categories=boots', 422, 'categories'],
  ['an unknown parameter', 'colour=red', 422, 'colour'],
  ['a prototype in disguise', '__proto__=1', 422, '__proto__'],
  ['a flag that is none', 'explain=perhaps', 422, 'explain'],
  ['a negative deadline', 'timeout_ms=-1', 422, 'timeout_ms'],
  ['an id of 4 KB', `user=${'x'.repeat(4096)}`, 422, 'user'],
  ['a control character', 'user=%00', 422, 'user'],
  ['broken UTF-8', 'user=%ff', 400, 'user'],
  ['broken percent-encoding', 'user=%', 400, 'user'],
];

test.each(badQueries)('a query with %s is refused', async (_, query, status, path) => {
  const answer = await call(app, `GET /v1/recommend/home?${query}`);
  expect(answer).toMatchObject({ status, body: { path } });
});

test('a mistake does not come alone: all of them are listed', async () => {
  const { body } = await call<{ mistakes: { path: string }[] }>(app, 'POST /v1/recommend/home', {
    body: { n: 0, user: '', colour: 'red', shape: 'round' },
  });
  expect(body.mistakes.map(({ path }) => path).toSorted()).toEqual([
    'colour',
    'n',
    'shape',
    'user',
  ]);
});

test('an unknown work is not found, and the works there are are named', async () => {
  for (const request of ['POST /v1/recommend/nowhere', 'GET /v1/recommend/nowhere']) {
    const body = request.startsWith('POST') ? {} : undefined;
    expect(await call(app, request, { body })).toMatchObject({
      status: 404,
      body: {
        code: 'SL_WORK_UNKNOWN',
        message: 'work nowhere is unknown, expected one of home, session, similar',
        path: 'work',
      },
    });
  }
});

test('works are not looked up in a prototype', async () => {
  for (const work of ['__proto__', 'constructor', 'toString'])
    expect((await call(app, `GET /v1/recommend/${work}`)).status).toBe(404);
});

test('a failure behind the gateway is told to the log and not to the client', async () => {
  const broken = createQueryApp({
    ...house.gateway,
    recommend: () => {
      throw new Error('password hunter2 at /etc/secret');
    },
  });
  for (const request of ['POST /v1/recommend/home', 'GET /v1/recommend/home']) {
    house.told.length = 0;
    const body = request.startsWith('POST') ? {} : undefined;
    const answer = await call(broken, request, { body });
    expect(answer).toMatchObject({ status: 500, body: { code: 'SL_INTERNAL', path: null } });
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|secret|at /);
    expect(house.facts('server.failed')).toMatchObject([{ code: 'SL_INTERNAL' }]);
    expect(lastFinished()).toMatchObject({
      status: 500,
      outcome: 'error',
      errorType: 'SL_INTERNAL',
    });
  }
});
