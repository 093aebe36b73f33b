import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Schedule } from '../../src/domain/schedule.ts';
import { createControlApp } from '../../src/http/control/app.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway();
});
afterAll(() => house.close());
beforeEach(() => house.gateway.telemetry.logLevel.set('info'));

const token = 'a-long-control-token';
const headers = { authorization: `Bearer ${token}` };

/** An app whose timers fire by hand. */
function open() {
  const waiting = new Map<() => void, number>();
  const schedule: Schedule = (delayMs, run) => {
    waiting.set(run, delayMs);
    return () => waiting.delete(run);
  };
  const app = createControlApp(house.gateway, { token, clock: testClock, schedule });
  const post = (body: unknown) => call(app, 'POST /control/loglevel', { headers, body });
  const get = async () => (await call(app, 'GET /control/loglevel')).body;
  return { post, get, waiting };
}

const current = () => house.gateway.telemetry.logLevel.get();

test('the level of the log is shown and changed until it is changed again', async () => {
  const { post, get, waiting } = open();
  expect(await get()).toEqual({ level: 'info', configured: 'info', until: null });
  const debug = { level: 'debug', configured: 'info', until: null };
  expect(await post({ level: 'debug' })).toMatchObject({ status: 200, body: debug });
  expect(await get()).toEqual(debug);
  expect(current()).toBe('debug');
  expect(waiting.size).toBe(0);
  expect(house.facts('log.level_changed').at(-1)).toEqual({
    ...{ from: 'info', to: 'debug', reason: 'asked' },
  });
});

test('a change for a time ends by itself with the level of the configuration', async () => {
  const { post, get, waiting } = open();
  const { body } = await post({ level: 'error', for_seconds: 60 });
  expect(body).toMatchObject({ level: 'error', until: '2026-01-31T09:01:00.000Z' });
  const [[end, delayMs]] = waiting;
  expect(delayMs).toBe(60_000);
  end();
  expect(await get()).toEqual({ level: 'info', configured: 'info', until: null });
  expect(house.facts('log.level_changed').at(-1)).toMatchObject({ reason: 'time_over' });
});

test('a new change takes the place of one that is not over', async () => {
  const { post, waiting } = open();
  await post({ level: 'debug', for_seconds: 60 });
  await post({ level: 'warn', for_seconds: 10 });
  expect([...waiting.values()]).toEqual([10_000]);
  await post({ level: 'error' });
  expect(waiting.size).toBe(0);
  expect(current()).toBe('error');
});

const wrong: readonly [body: unknown, status: number, path: string | null][] = [
  [undefined, 415, 'content-type'],
  ['{', 400, null],
  ['x'.repeat(100_001), 413, null],
  [{}, 422, 'level'],
  [{ level: 'silent' }, 422, 'level'],
  [{ level: 'debug', for_seconds: 0 }, 422, 'for_seconds'],
  [{ level: 'debug', for_seconds: 86_401 }, 422, 'for_seconds'],
  [{ level: 'debug', forever: true }, 422, 'forever'],
];

test.each(wrong)('a bad change leaves the level as it is: %j', async (body, status, path) => {
  expect(await open().post(body)).toMatchObject({ status, body: { path } });
  expect(current()).toBe('info');
});

test('the level needs the token to be changed, not to be read', async () => {
  const app = createControlApp(house.gateway, { token });
  const body = { level: 'error' };
  expect((await call(app, 'POST /control/loglevel', { body })).status).toBe(401);
  expect(current()).toBe('info');
});
