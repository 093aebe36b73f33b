import { request } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { openListener } from '../../src/http/listen.ts';
import { readPprof } from '../telemetry/profiles/read-pprof.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway();
});
afterAll(() => house.close());

const token = 'a-long-control-token';
const headers = { authorization: `Bearer ${token}` };
const open = () => createControlApp(house.gateway, { token, clock: testClock });

test('a profile is a gzip pprof to save, and only one is taken at a time', async () => {
  const app = open();
  const post = (query: string) =>
    app.request(`/control/profile${query}`, { method: 'POST', headers });
  const first = post('?type=heap&seconds=1');
  const second = await post('?type=cpu');
  expect(second.status).toBe(429);
  expect(second.headers.get('retry-after')).toBe('1');
  expect(await second.json()).toMatchObject({ code: 'SL_PROFILE_RUNNING' });

  const answer = await first;
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('content-disposition')).toBe(
    'attachment; filename="sightline-heap-20260131T090000Z.pb.gz"',
  );
  const { profile } = readPprof(new Uint8Array(await answer.arrayBuffer()));
  expect(Number(profile.timeNanos) / 1e6).toBe(testClock.now());
  expect(Number(profile.durationNanos) / 1e9).toBeGreaterThanOrEqual(1);
  expect(house.facts('profile.taken').at(-1)).toMatchObject({ type: 'heap', outcome: 'done' });
  const { body } = await call<string>(app, 'GET /metrics');
  expect(body).toContain('sightline_profiles_total{type="heap",outcome="done"} 1');
});

const wrong: readonly [query: string, status: number, path: string][] = [
  ['type=goroutine', 422, 'type'],
  ['seconds=0', 422, 'seconds'],
  ['seconds=61', 422, 'seconds'],
  ['seconds=1.5', 422, 'seconds'],
  ['seconds=ten', 422, 'seconds'],
  ['interval_ms=0', 422, 'interval_ms'],
  ['interval_ms=101', 422, 'interval_ms'],
  ['hz=100', 422, 'hz'],
  ['type=cpu&type=heap', 422, 'type'],
  ['type=%ff', 400, 'type'],
];

test.each(wrong)('%s is refused at once with what is wrong', async (query, status, path) => {
  const answer = await call(open(), `POST /control/profile?${query}`, { headers });
  expect(answer).toMatchObject({ status, body: { path } });
});

test('a profile needs the token and is no matter of reading', async () => {
  expect((await call(open(), 'POST /control/profile')).status).toBe(401);
  expect((await call(open(), 'GET /control/profile', { headers })).status).toBe(405);
});

test('a gateway that drains takes no profile', async () => {
  const draining = { ready: false, reasons: ['draining'] };
  const gateway = { ...house.gateway, readiness: () => draining };
  const app = createControlApp(gateway, { token });
  expect(await call(app, 'POST /control/profile', { headers })).toMatchObject({
    status: 503,
    body: { code: 'SL_SHUTTING_DOWN' },
  });
});

test('a profile ends when its client goes away', async () => {
  const { emit } = house.gateway.telemetry;
  const listener = await openListener(open(), {
    host: '127.0.0.1',
    port: 0,
    name: 'control',
    emit,
  });
  const url = `${listener.url}/control/profile?type=heap&seconds=60`;
  const leaving = request(url, { method: 'POST', headers }).on('error', () => {});
  leaving.end();
  await vi.waitFor(() => expect(listener.inFlight()).toBe(1));
  leaving.destroy();
  await vi.waitFor(() =>
    expect(house.facts('profile.taken').at(-1)).toMatchObject({ outcome: 'cancelled' }),
  );
  expect(house.facts('http.finished').at(-1)).toMatchObject({
    status: 499,
    errorType: 'SL_CLIENT_GONE',
  });
  await listener.close({ drainMs: 0 });
});
