import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Listener, openListener } from '../../src/http/listen.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { createEarlyRefusal } from '../../src/http/query/early-refusal.ts';
import { ordinary } from '../../src/pipeline/admission/shed.ts';
import { keySecrets, openKeyedGateway, showing, testKeys } from './keyed-gateway.ts';
import {
  type ConfigChanges,
  openTestGateway,
  type TestGateway,
  testClock,
} from './open-test-gateway.ts';
import { openRawSocket, rawPost } from './raw-socket.ts';

/** A listener before a gateway that serves four requests at once. */
async function openHouse(
  holdRefusalsMs: number,
  open: typeof openTestGateway = openTestGateway,
  changes: ConfigChanges = {},
): Promise<TestGateway & { listener: Listener }> {
  const concurrency = { min: 4, initial: 4, max: 4 };
  const protection = { concurrency, eventLoopMs: 10_000, holdRefusalsMs };
  const house = await open({ protection, ...changes });
  const { gateway } = house;
  const app = createQueryApp(gateway);
  const answerEarly = createEarlyRefusal(gateway, { clock: testClock });
  const { emit } = gateway.telemetry;
  const listener = await openListener(
    { fetch: (request, env) => app.fetch(request, env), answerEarly },
    { host: '127.0.0.1', port: 0, name: 'query', emit },
  );
  const close = async () => {
    await listener.close({ drainMs: 0 });
    await house.close();
  };
  return { ...house, listener, close };
}

let house: Awaited<ReturnType<typeof openHouse>>;
beforeAll(async () => {
  house = await openHouse(0);
});
afterAll(() => house.close());
beforeEach(() => {
  house.told.length = 0;
  house.finished.length = 0;
});

/** Requests that are in flight until the test is over; what they told is forgotten. */
function hold({ gateway, told }: TestGateway, requests: number): void {
  const releases: (() => void)[] = [];
  for (let k = 0; k < requests; k++)
    void gateway.admission!.run(
      ordinary,
      () => new Promise<void>((resolve) => releases.push(resolve)),
    );
  told.length = 0;
  onTestFinished(() => {
    for (const release of releases) release();
  });
}

const ask = ({ listener }: typeof house, path: string, init: RequestInit = {}) =>
  fetch(listener.url + path, init);

test('twice over the limit a request is refused before the router, with everything that a refusal says', async () => {
  hold(house, 8);
  const answer = await ask(house, '/v1/recommend/home?n=3', { headers: { 'x-request-id': 'r-7' } });
  expect(answer.status).toBe(503);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'retry-after': '1',
    'x-request-id': 'r-7',
    'x-sightline-fallback-reason': 'shed.concurrency',
  });
  expect(await answer.json()).toMatchObject({
    code: 'SL_OVERLOADED',
    path: null,
    request_id: 'r-7',
  });
  expect(house.finished).toMatchObject([
    {
      method: 'GET',
      route: '/v1/recommend/{work}',
      path: '/v1/recommend/home',
      status: 503,
      outcome: 'error',
      errorType: 'SL_OVERLOADED',
    },
  ]);
  expect(house.facts('request.shed')).toEqual([
    { priority: 'interactive', reason: 'shed.concurrency', answer: 'refused' },
  ]);
  expect(house.facts('server.failed')).toEqual([]);
});

test('many refusals are all counted for their work, but few have a trace', async () => {
  const fresh = await openHouse(0);
  onTestFinished(() => fresh.close());
  hold(fresh, 8);
  const requests = 40;
  for (let k = 0; k < requests; k++) await ask(fresh, '/v1/recommend/similar');
  await fresh.gateway.telemetry.flush();
  expect(fresh.facts('request.shed')).toHaveLength(requests);
  const traced = fresh.finished.filter(({ traceId }) => traceId !== '').length;
  expect(traced).toBeGreaterThan(0);
  expect(traced).toBeLessThan(requests / 2);
  const { body: page } = await fresh.gateway.telemetry.expose(undefined);
  expect(page).toMatch(
    /sightline_request_duration_seconds_count\{work="similar",[^}]*outcome="error"[^}]*\} 40\n/,
  );
});

test('who only wants full answers is refused early once the limit is reached, others get popular items', async () => {
  hold(house, 4);
  const refused = { headers: { 'x-sightline-when-shed': 'refused' } };
  expect((await ask(house, '/v1/recommend/home', refused)).status).toBe(503);
  const popular = await ask(house, '/v1/recommend/home');
  expect(popular.status).toBe(200);
  expect(popular.headers.get('x-sightline-fallback-reason')).toBe('shed.concurrency');
});

test('a refused request may have a body, and its connection serves the next one', async () => {
  const client = openRawSocket(house.listener.port);
  onTestFinished(() => void client.socket.destroy());
  hold(house, 8);
  const body = JSON.stringify({ n: 3, exclude: Array.from({ length: 500 }, (_, k) => `A${k}`) });
  for (let k = 0; k < 3; k++) {
    client.send(rawPost('/v1/recommend/home', body));
    expect((await client.answer()).status).toBe(503);
  }
  client.send('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  expect((await client.answer()).status).toBe(200);
});

test('nothing else is refused early: unknown works, other routes and methods', async () => {
  hold(house, 8);
  expect((await ask(house, '/v1/recommend/nowhere')).status).toBe(404);
  expect((await ask(house, '/v1/recommend/home/')).status).toBe(404);
  expect((await ask(house, '/v1/recommend/home', { method: 'DELETE' })).status).toBe(405);
  expect((await ask(house, '/healthz')).status).toBe(200);
  const click = { type: 'click', item: 'A1', session: 's1' };
  const headers = { 'content-type': 'application/json' };
  const feedback = { method: 'POST', headers, body: JSON.stringify([click]) };
  expect((await ask(house, '/v1/feedback', feedback)).status).toBe(202);
  expect(house.facts('request.shed')).toEqual([]);
});

test('a malformed priority is told and taken for interactive', async () => {
  hold(house, 8);
  const headers = { 'x-sightline-priority': 'urgent', 'x-request-id': 'no spaces' };
  expect((await ask(house, '/v1/recommend/home', { headers })).status).toBe(503);
  expect(
    house
      .facts('context.replaced')
      .map(({ part }) => part)
      .sort(),
  ).toEqual(['x-request-id', 'x-sightline-priority']);
});

test('a refusal is held back, unless the caller cannot wait for it', async () => {
  const slow = await openHouse(300);
  onTestFinished(() => slow.close());
  hold(slow, 8);
  const order: string[] = [];
  const send = async (name: string, headers: Readonly<Record<string, string>>) => {
    expect((await ask(slow, '/v1/recommend/home', { headers })).status).toBe(503);
    order.push(name);
  };
  const startedAt = performance.now();
  await Promise.all([send('patient', {}), send('hasty', { 'x-request-timeout-ms': '599' })]);
  expect(order).toEqual(['hasty', 'patient']);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
});

test('a client that leaves while its refusal is held back leaves nothing behind', async () => {
  const slow = await openHouse(100);
  onTestFinished(() => slow.close());
  hold(slow, 8);
  const signal = AbortSignal.timeout(20);
  await expect(ask(slow, '/v1/recommend/home', { signal })).rejects.toThrow();
  expect((await ask(slow, '/v1/recommend/home')).status).toBe(503);
  expect(slow.listener.inFlight()).toBe(0);
  expect(slow.facts('server.failed')).toEqual([]);
});

test('without protection nothing is refused', async () => {
  const open = await openTestGateway({ protection: { enabled: false } });
  onTestFinished(() => open.close());
  expect(createEarlyRefusal(open.gateway)).toBeUndefined();
});

test('where keys are configured nobody learns before the router which works there are', async () => {
  const closed = await openHouse(0, openKeyedGateway);
  onTestFinished(() => closed.close());
  hold(closed, 8);
  const { READ_KEY, WRITE_KEY } = keySecrets;
  for (const [init, status] of [
    [{}, 401],
    [showing('no-key-at-all-of-ours'), 401],
    [showing(WRITE_KEY), 403],
  ] as const) {
    const answers = await Promise.all(
      ['home', 'nowhere'].map(async (work) => {
        const answer = await ask(closed, `/v1/recommend/${work}`, init);
        const { request_id: _, ...body } = (await answer.json()) as Record<string, unknown>;
        return {
          status: answer.status,
          body,
          reason: answer.headers.get('x-sightline-fallback-reason'),
        };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status, reason: null });
  }
  expect((await ask(closed, '/v1/recommend/home', showing(READ_KEY))).status).toBe(503);
});

test('a refusal before the router spends nothing of what a key may ask', async () => {
  const daily = { ...testKeys.daily, scopes: ['read'] };
  const closed = await openHouse(0, openKeyedGateway, { access: { keys: { daily } } });
  onTestFinished(() => closed.close());
  const init = showing(keySecrets.DAILY_KEY);
  const statusOf = async () => (await ask(closed, '/v1/recommend/home', init)).status;
  const { admission } = closed.gateway;
  const releases: (() => void)[] = [];
  const held = Array.from({ length: 8 }, () =>
    admission!.run(ordinary, () => new Promise<void>((resolve) => releases.push(resolve))),
  );
  for (let k = 0; k < 3; k++) expect(await statusOf()).toBe(503);
  for (const release of releases) release();
  await Promise.all(held);
  expect(await statusOf()).toBe(200);
  expect(await statusOf()).toBe(429);
});

test('a page of elsewhere can read that it was refused', async () => {
  const origin = 'https://shop.example';
  const access = { cors: { origins: [origin] } };
  const paged = await openHouse(0, openTestGateway, { access });
  onTestFinished(() => paged.close());
  hold(paged, 8);
  const answer = await ask(paged, '/v1/recommend/home', { headers: { origin } });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
});
