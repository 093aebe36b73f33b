import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock, testNowMs } from './open-test-gateway.ts';

let house: TestGateway;
let app: App;

beforeAll(async () => {
  house = await openTestGateway();
  app = createQueryApp(house.gateway, { clock: testClock });
});
afterAll(() => house.close());
beforeEach(() => {
  house.told.length = 0;
});

const send = (body: unknown, to = app) => call(to, 'POST /v1/feedback', { body });
const click = (id: string, changes: object = {}) => ({ id, type: 'click', item: 'A1', ...changes });
const kept = async () =>
  (await house.gateway.store.scanFeedback({ limit: 1000 })).rows.map(({ key }) => key);

test('a batch is kept before it is acknowledged, in both forms', async () => {
  expect(await send({ events: [click('f1'), click('f2')] })).toMatchObject({
    status: 202,
    body: { accepted: 2, duplicates: 0, rejected: [] },
  });
  expect(await send([click('f3')])).toMatchObject({ status: 202, body: { accepted: 1 } });
  expect(await kept()).toEqual(expect.arrayContaining(['f1', 'f2', 'f3']));
});

test('every field of an event is kept', async () => {
  const fields = {
    type: 'purchase',
    item: 'A2',
    user: 'u1',
    session: 's1',
    value: 9.5,
  };
  await send([{ ...fields, id: 'all', timestamp: '2026-01-30T10:00:00+01:00', request_id: 'r1' }]);
  const { rows } = await house.gateway.store.scanFeedback({ limit: 1000 });
  expect(rows.find(({ key }) => key === 'all')).toEqual({
    ...fields,
    key: 'all',
    atMs: Date.UTC(2026, 0, 30, 9),
    requestId: 'r1',
  });
});

test('an event sent twice is kept once', async () => {
  await send([click('twice')]);
  expect((await send([click('twice'), click('new')])).body).toMatchObject({
    accepted: 1,
    duplicates: 1,
  });
});

test('equal events without an id are the same event', async () => {
  const event = { type: 'view', item: 'A3', session: 's3', timestamp: testNowMs - 1000 };
  expect((await send([event])).body).toMatchObject({ accepted: 1, duplicates: 0 });
  expect((await send([event])).body).toMatchObject({ accepted: 0, duplicates: 1 });
});

test('the session follows what was clicked', async () => {
  await send([click('s-1', { session: 'walk', item: 'A7' })]);
  await send([click('s-2', { session: 'walk', item: 'A9', timestamp: testNowMs + 1 })]);
  const { body } = await call<{ explain: { intent: object } }>(
    app,
    'GET /v1/recommend/session?session=walk&explain=true',
  );
  expect(body.explain.intent).toMatchObject({ session_state: 'mid', recent: ['A7', 'A9'] });
});

test('events too old or in the future are refused one by one, with their places', async () => {
  const { status, body } = await send({
    events: [
      click('good'),
      click('ancient', { timestamp: 0 }),
      click('future', { timestamp: testNowMs + 3_600_000 }),
      click('edge', { timestamp: testNowMs + 300_000 }),
    ],
  });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    accepted: 2,
    rejected: [{ path: 'events.1.timestamp' }, { path: 'events.2.timestamp' }],
  });
});

test('clicks on unknown items are kept and counted', async () => {
  expect((await send([click('stray', { item: 'nowhere' })])).body).toMatchObject({ accepted: 1 });
  expect(house.facts('feedback.unmatched')).toEqual([{ events: 1 }]);
});

test('clicks on unknown items are refused where the configuration says so', async () => {
  const strict = await openTestGateway({ feedback: { unknownItems: 'reject' } });
  const { body } = await send(
    [click('a'), click('b', { item: 'nowhere' })],
    createQueryApp(strict.gateway, { clock: testClock }),
  );
  expect(body).toMatchObject({ accepted: 1, rejected: [{ path: 'events.1.item' }] });
  await strict.close();
});

const badBatches: readonly [what: string, body: unknown, path: string | null][] = [
  ['no batch at all', {}, 'events'],
  ['an empty batch', [], 'events'],
  ['one event without a list', click('x'), 'events'],
  ['too many events', Array.from({ length: 101 }, (_, i) => click(`${i}`)), 'events'],
  ['an event that is none', { events: [click('x'), 7] }, 'events.1'],
  ['an event without an item', { events: [click('x'), { type: 'click' }] }, 'events.1.item'],
  ['an event without a type', [{ item: 'A1' }], 'events.0.type'],
  ['an unknown field', [click('x', { colour: 'red' })], 'events.0.colour'],
  ['an id of 4 KB', [click('x'.repeat(4096))], 'events.0.id'],
  ['a control character', [click('x', { user: 'u\u0000' })], 'events.0.user'],
  ['a time that is none', [click('x', { timestamp: 'yesterday' })], 'events.0.timestamp'],
  ['a time before 1970', [click('x', { timestamp: -5 })], 'events.0.timestamp'],
  ['a time past all calendars', [click('x', { timestamp: 9e15 })], 'events.0.timestamp'],
  ['an infinite value', '[{"type":"click","item":"A1","value":1e999}]', 'events.0.value'],
  ['a text as value', [click('x', { value: '9.5' })], 'events.0.value'],
];

test.each(badBatches)('a batch with %s is refused whole', async (_, body, path) => {
  const before = await kept();
  expect(await send(body)).toMatchObject({
    status: 422,
    body: { code: 'SL_REQUEST_INVALID', path },
  });
  expect(await kept()).toEqual(before);
});

test('every bad event of a batch is named and counted', async () => {
  const { body } = await send([click('x', { item: '' }), click('y'), { type: 5 }]);
  expect(body.mistakes).toMatchObject([
    { path: 'events.0.item' },
    { path: 'events.2.type' },
    { path: 'events.2.item' },
  ]);
  expect(house.facts('feedback.rejected')).toEqual([{ reason: 'invalid', events: 2 }]);
});

test('a batch for a store that is gone is not acknowledged', async () => {
  const gone = await openTestGateway();
  await gone.close();
  const { status, headers, body } = await send(
    [click('lost')],
    createQueryApp(gone.gateway, { clock: testClock }),
  );
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toMatchObject({ code: 'SL_STORE_UNAVAILABLE', path: null });
  expect(body.message).toBe('retry; nothing of this call was accepted');
});
