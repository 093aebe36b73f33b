import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Clock } from '../../src/domain/clock.ts';
import { createControlApp } from '../../src/http/control/app.ts';
import type { App } from '../../src/http/routes.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testNowMs } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway({ http: { control: { changesPerSecond: 2 } } });
});
afterAll(() => house.close());

const token = 'a-long-control-token';
const from = (remoteAddress: string, headers: object = {}) => ({
  incoming: { headers, socket: { remoteAddress } },
});

/** An app with a clock that moves by hand. */
function open() {
  const now = { ms: 0 };
  const clock: Clock = { now: () => testNowMs, monotonic: () => now.ms };
  const app = createControlApp(house.gateway, { token, clock });
  const kill = (authorization?: string, address = '10.0.0.7') =>
    call(app, 'POST /control/experiments/none/kill', {
      headers: { 'x-request-id': 'r-7' },
      env: from(address, { 'x-request-id': 'r-7', ...(authorization && { authorization }) }),
    });
  return { app, now, kill };
}

const withToken = `Bearer ${token}`;

async function changes(app: App): Promise<readonly string[]> {
  const { body } = await call<string>(app, 'GET /metrics');
  return body.split('\n').filter((line) => line.startsWith('sightline_control_changes_total{'));
}

test('each change is one fact with who asked for what and how it ended', async () => {
  const { app, kill } = open();
  const before = house.facts('control.changed').length;
  await kill(withToken);
  await call(app, 'POST /control/drain', { headers: { authorization: withToken } });
  expect(house.facts('control.changed').slice(before)).toEqual([
    {
      action: 'killExperiment',
      path: '/control/experiments/none/kill',
      requestId: 'r-7',
      address: '10.0.0.7',
      token: 'control',
      outcome: 'refused',
      code: 'SL_NOT_FOUND',
    },
    expect.objectContaining({ action: 'drain', outcome: 'done', code: '' }),
  ]);
  expect(await changes(app)).toEqual(
    expect.arrayContaining([
      'sightline_control_changes_total{action="killExperiment",outcome="refused"} 1',
      'sightline_control_changes_total{action="drain",outcome="done"} 1',
    ]),
  );
});

test('a call without the right token is told too, and no token stands in any fact', async () => {
  const { kill } = open();
  const before = house.facts('control.denied').length;
  await kill();
  await kill('Bearer almost-the-token');
  expect(house.facts('control.denied').slice(before)).toMatchObject([
    { action: 'killExperiment', address: '10.0.0.7', token: 'missing' },
    { action: 'killExperiment', address: '10.0.0.7', token: 'wrong' },
  ]);
  expect(JSON.stringify(house.told)).not.toMatch(/almost-the-token|a-long-control-token/);
});

test('reads are not audited', async () => {
  const { app } = open();
  const before = house.facts('control.changed').length;
  for (const path of ['stores', 'components', 'loglevel', 'limits'])
    expect((await call(app, `GET /control/${path}`)).status).toBe(200);
  expect(house.facts('control.changed')).toHaveLength(before);
});

test('whoever guesses tokens is not looked at any more for a while, even with the right one', async () => {
  const { now, kill } = open();
  for (let i = 0; i < 10; i++) expect((await kill('Bearer guess')).status).toBe(401);
  const limited = await kill(withToken);
  expect(limited).toMatchObject({ status: 429, body: { code: 'SL_RATE_LIMITED' } });
  expect(limited.headers.get('retry-after')).toBe('5');
  expect(house.facts('control.limited').at(-1)).toEqual({ action: 'killExperiment' });
  now.ms += 4999;
  expect((await kill(withToken)).status).toBe(429);
  now.ms += 1;
  expect((await kill(withToken)).status).toBe(404);
});

test('who guesses from elsewhere does not lock out this machine, nor the other way round', async () => {
  const { kill } = open();
  for (let i = 0; i < 11; i++) await kill('Bearer guess', '10.0.0.7');
  expect((await kill(withToken, '10.0.0.8')).status).toBe(429);
  expect((await kill(withToken, '127.0.0.1')).status).toBe(404);
  const other = open();
  for (let i = 0; i < 11; i++) await other.kill('Bearer guess', '::1');
  expect((await other.kill(withToken, '127.0.0.1')).status).toBe(429);
  expect((await other.kill(withToken, '10.0.0.7')).status).toBe(404);
});

test('changes come in bursts of ten seconds of the configured rate', async () => {
  const { now, kill } = open();
  for (let i = 0; i < 20; i++) expect((await kill(withToken)).status).toBe(404);
  const limited = await kill(withToken);
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toBe('1');
  now.ms += 500;
  expect((await kill(withToken)).status).toBe(404);
  expect((await kill(withToken)).status).toBe(429);
});

test('wrong tokens use up no changes, and reads are never limited', async () => {
  const { app, kill } = open();
  for (let i = 0; i < 20; i++) await kill('Bearer guess', '10.0.0.7');
  for (let i = 0; i < 20; i++) expect((await kill(withToken, '127.0.0.1')).status).toBe(404);
  expect((await kill(withToken, '127.0.0.1')).status).toBe(429);
  for (let i = 0; i < 50; i++) expect((await call(app, 'GET /control/limits')).status).toBe(200);
});
