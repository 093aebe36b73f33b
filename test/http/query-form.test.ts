import { afterAll, beforeAll, expect, test } from 'vitest';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { App } from '../../src/http/routes.ts';
import { OverloadError } from '../../src/pipeline/admission/shed.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

interface FormAnswer {
  readonly return_code: number;
  readonly error_msg?: string;
  readonly result?: {
    readonly request_id: string;
    readonly work: string;
    readonly items: readonly { id: string }[];
    readonly fallback_reason: string | null;
    readonly explain?: object;
  };
}

let house: TestGateway;
let app: App;

beforeAll(async () => {
  const experiments = { trial: { work: 'home', treatment: { work: 'session' }, share: 0.5 } };
  house = await openTestGateway({ experiments });
  app = createQueryApp(house.gateway);
});
afterAll(() => house.close());

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  call<FormAnswer>(app, 'POST /v1/query', { body, headers });

/** An answer without what differs from request to request. */
function repeatable(answer: object | undefined): object {
  const { request_id, trace_id, ...rest } = answer as Record<string, unknown>;
  return rest;
}

test('the result is what the work answers to the same body at its own address', async () => {
  const body = { n: 3, categories: ['boots'], user: 'u1' };
  const { status, body: form } = await ask({ api: 'similar', cmd: 'query', body });
  expect({ status, code: form.return_code, message: form.error_msg }).toEqual({
    status: 200,
    code: 0,
    message: '',
  });
  const direct = await call<object>(app, 'POST /v1/recommend/similar', { body });
  expect(form.result?.items).toHaveLength(3);
  expect(repeatable(form.result)).toEqual(repeatable(direct.body));
});

test('cmd is query when it is left out, in letters of any case, and body may be left out too', async () => {
  for (const form of [{}, { cmd: 'QUERY' }, { body: {} }])
    expect((await ask({ api: 'similar', ...form })).body.result?.items).toHaveLength(20);
});

test('a ping is answered without a work', async () => {
  for (const form of [{ cmd: 'ping' }, { cmd: 'Ping', api: 'home' }])
    expect(await ask(form)).toMatchObject({ status: 200, body: { return_code: 0 } });
});

const refused: readonly [
  what: string,
  form: unknown,
  status: number,
  code: number,
  says: RegExp,
][] = [
  ['broken JSON', '{', 400, 405, /^body is not JSON/],
  ['an array', [], 400, 405, /^form is no JSON object/],
  ['null', 'null', 400, 405, /^form is no JSON object/],
  ['no api', { body: {} }, 400, 405, /^api is missing, expected one of home, session, similar$/],
  ['an unknown api', { api: 'nowhere' }, 404, 406, /^api nowhere is unknown, expected one of/],
  ['a prototype as api', { api: '__proto__' }, 404, 406, /unknown/],
  ['a number as api', { api: 7 }, 422, 403, /^api /],
  ['an unknown cmd', { api: 'home', cmd: 'drop' }, 422, 403, /^cmd drop is unknown, expected/],
  ['a field that is none', { api: 'home', uid: 7 }, 422, 403, /^uid is not a known field/],
  ['a body that is none', { api: 'home', body: 5 }, 422, 403, /^body /],
  ['null as body', { api: 'home', body: null }, 422, 403, /^body /],
  ['a bad field in the body', { api: 'home', body: { n: 0 } }, 422, 403, /^n /],
  ['too many bytes', `"${'x'.repeat(100_001)}"`, 413, 405, /^body is too large/],
];

test.each(refused)('a form with %s is refused', async (_, form, status, code, says) => {
  const answer = await ask(form);
  expect(answer).toMatchObject({ status, body: { return_code: code } });
  expect(Object.keys(answer.body)).toEqual(['return_code', 'error_msg']);
  expect(answer.body.error_msg).toMatch(says);
  expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f]{32}$/);
});

test('a form that is not sent as JSON is refused', async () => {
  const answer = await ask('{"cmd":"ping"}', { 'content-type': 'text/plain' });
  expect(answer).toMatchObject({ status: 415, body: { return_code: 405 } });
});

test('a failure behind the gateway keeps its status, and tells the client nothing', async () => {
  const failing = (error: Error) =>
    createQueryApp({
      ...house.gateway,
      recommend: () => {
        throw error;
      },
    });
  const ofForm = { body: { api: 'home' } };
  const broken = await call<FormAnswer>(failing(new Error('secret')), 'POST /v1/query', ofForm);
  expect(broken).toMatchObject({ status: 500, body: { return_code: 500 } });
  expect(broken.body.error_msg).not.toContain('secret');
  const busy = failing(new OverloadError('shed.concurrency'));
  const shed = await call<FormAnswer>(busy, 'POST /v1/query', ofForm);
  expect(shed).toMatchObject({ status: 503, body: { return_code: 503 } });
  expect(shed.headers.get('retry-after')).toBe('1');
  expect(shed.headers.get('x-sightline-fallback-reason')).toBe('shed.concurrency');
  expect(house.facts('server.failed').map(({ code }) => code)).toEqual(['SL_INTERNAL']);
});

test('ids, deadlines and reasons travel in headers as they do with recommend', async () => {
  const answer = await ask(
    { api: 'home' },
    { 'x-request-id': 'order-7', 'x-request-timeout-ms': '0' },
  );
  expect(answer.body.result).toMatchObject({
    request_id: 'order-7',
    work: 'home',
    fallback_reason: 'budget.exhausted',
  });
  expect(answer.headers.get('x-request-id')).toBe('order-7');
  expect(answer.headers.get('x-sightline-fallback-reason')).toBe('budget.exhausted');
});

test('each form is recorded once, with its own route, and an experiment is assigned', async () => {
  house.finished.length = 0;
  await ask({ api: 'home', body: { user: 'u1' } });
  await ask({ api: 'nowhere' });
  await ask({ cmd: 'ping' });
  const common = { method: 'POST', route: '/v1/query' };
  expect(house.finished).toMatchObject([
    { ...common, status: 200, outcome: 'ok', variant: expect.stringMatching(/^trial\//) },
    { ...common, status: 404, errorType: 'SL_WORK_UNKNOWN' },
    { ...common, status: 200, errorType: '' },
  ]);
});
