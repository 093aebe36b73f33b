import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway({
    events: true,
    // A request is judged as soon as the next one comes.
    signals: { requests: { maxRequests: 1 } },
    training: { data: { positive: ['star', 'rating>=4'], read: ['read', 'rating'] } },
  });
});
afterAll(() => house.close());

interface SignalsBody {
  readonly signals: readonly {
    readonly name: string;
    readonly readings: readonly { measure: string; value: number | null; samples: number }[];
  }[];
}

/** What a signal reads now, each measure with its samples, of whatever labels. */
async function read(signal: string) {
  await house.gateway.telemetry.flush();
  await house.gateway.watch!.refresh();
  const app = createControlApp(house.gateway, { token: undefined });
  const { body } = await call<SignalsBody>(app, 'GET /control/signals');
  const { readings } = body.signals.find(({ name }) => name === signal)!;
  return Object.fromEntries(
    readings.map(({ measure, value, samples }) => [measure, [value, samples]]),
  );
}

async function recommend(user: string): Promise<string[]> {
  const query = createQueryApp(house.gateway, { clock: testClock });
  const { body } = await call<{ items: readonly { id: string }[] }>(
    query,
    'POST /v1/recommend/home',
    { body: { user, n: 5 } },
  );
  await house.gateway.telemetry.flush();
  return body.items.map(({ id }) => id);
}

test('feedback of a user that names no request is counted for what the user was shown', async () => {
  const shown = await recommend('anna');
  expect(shown).toHaveLength(5);
  const told = [
    { type: 'read', item: shown[0] },
    { type: 'star', item: shown[0] },
    { type: 'read', item: shown[1] },
    { type: 'rating', item: shown[2], value: 5 },
    { type: 'rating', item: shown[3], value: 3 },
    { type: 'star', item: 'A39' },
  ];
  const query = createQueryApp(house.gateway, { clock: testClock });
  const { status } = await call(query, 'POST /v1/feedback', {
    body: [...told, { type: 'star', item: shown[4] }].map((event, e) =>
      // The last is of somebody else.
      ({ ...event, user: e < told.length ? 'anna' : 'bert' }),
    ),
  });
  expect(status).toBe(202);
  const joined = await read('calibration');
  expect([joined.feedback_attributed, joined.feedback_unattributed]).toEqual([
    [5, 7],
    [2, 7],
  ]);
  await recommend('bert');
  expect(await read('served')).toMatchObject({
    click_ratio: [0, 1],
    exposure_click_ratio: [0, 5],
    positive_ratio: [0.5, 4],
    owner_positive_ratio: [0.5, 1],
  });
  expect(house.facts('served.measured').at(-1)).toMatchObject({
    strategy: 'newest',
    positiveRatio: 0.5,
  });
});
