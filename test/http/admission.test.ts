import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import type { Gateway } from '../../src/gateway.ts';
import { createControlApp } from '../../src/http/control/app.ts';
import { limitsSchema } from '../../src/http/control/limits.ts';
import { openListener } from '../../src/http/listen.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { recommendAnswerSchema } from '../../src/http/query/recommend-schema.ts';
import type { App } from '../../src/http/routes.ts';
import { ordinary } from '../../src/pipeline/admission/shed.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway } from './open-test-gateway.ts';

type Answer = z.output<typeof recommendAnswerSchema>;
type Limits = z.output<typeof limitsSchema>;

/** A gateway that serves four requests at once, two of them batch and one shadow. */
const protection = {
  concurrency: { min: 4, initial: 4, max: 4 },
  shares: { batch: 0.5, shadow: 0.25 },
  eventLoopMs: 10_000,
};

const open = (protect: object) => openTestGateway({ events: false, ...{ protection: protect } });

let house: TestGateway;
let gateway: Gateway;
let app: App;

beforeAll(async () => {
  house = await open(protection);
  gateway = house.gateway;
  app = createQueryApp(gateway);
});
afterAll(() => house.close());
beforeEach(() => {
  house.told.length = 0;
});

const ask = (body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  call<Answer>(app, 'POST /v1/recommend/home', { body, headers });
const readLimits = async (of: Gateway) =>
  (await call<Limits>(createControlApp(of, {}), 'GET /control/limits')).body;

/** Requests that are in flight until they are let go, at the latest when the test is over. */
function hold(requests: number): () => Promise<void> {
  const releases: (() => void)[] = [];
  const all = Array.from({ length: requests }, () =>
    gateway.admission!.run(ordinary, () => new Promise<void>((resolve) => releases.push(resolve))),
  );
  const release = async () => {
    for (const each of releases) each();
    await Promise.all(all);
  };
  onTestFinished(release);
  return release;
}

test('over the limit an answer comes from the popularity list and says why', async () => {
  hold(4);
  const { status, headers, body } = await ask({ n: 3, exclude: ['A1'], categories: ['sandals'] });
  expect(status).toBe(200);
  expect(headers.get('x-sightline-fallback-reason')).toBe('shed.concurrency');
  expect(body).toMatchObject({
    strategy: 'popularity',
    generation: gateway.generation().id,
    fallback_reason: 'shed.concurrency',
    degradations: [
      {
        stage: 'retrieve',
        component: 'admission',
        reason: 'shed.concurrency',
        action: 'fallback_pipeline',
      },
    ],
  });
  expect(body.items.map(({ source }) => source)).toEqual(new Array(3).fill('popularity'));
  for (const { id } of body.items) expect(Number(id.slice(1)) % 3).toBe(1);
  expect(body.items.map(({ id }) => id)).not.toContain('A1');
  expect(house.facts('request.shed').at(-1)).toEqual({
    priority: 'interactive',
    reason: 'shed.concurrency',
    answer: 'popular',
  });
});

test('a shed answer keeps to the documented form, explained or not', async () => {
  hold(4);
  for (const explain of [false, true]) {
    const { body } = await ask({ explain });
    expect(recommendAnswerSchema.safeParse(body).error).toBeUndefined();
    expect(body.fallback_reason).toBe('shed.concurrency');
  }
});

test('classes with small shares are shed first, and an unknown class is interactive', async () => {
  hold(2);
  const reasonOf = async (priority: string) =>
    (await ask({}, { 'x-sightline-priority': priority })).body.fallback_reason;
  expect(await reasonOf('interactive')).toBeNull();
  expect(await reasonOf('batch')).toBe('shed.concurrency');
  expect(await reasonOf('shadow')).toBe('shed.concurrency');
  expect(house.facts('context.replaced')).toEqual([]);
  expect(await reasonOf('urgent, very')).toBeNull();
  expect(house.facts('context.replaced')).toEqual([{ part: 'x-sightline-priority' }]);
});

test('who has something better than popular items is refused, and told when to come again', async () => {
  hold(4);
  const { status, headers, body } = await ask({}, { 'x-sightline-when-shed': 'refused' });
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('1');
  expect(headers.get('x-sightline-fallback-reason')).toBe('shed.concurrency');
  expect(body).toMatchObject({ code: 'SL_OVERLOADED', request_id: headers.get('x-request-id') });
  const asked = await call(app, 'GET /v1/recommend/home', {
    headers: { 'x-sightline-when-shed': 'refused' },
  });
  expect(asked.status).toBe(503);
  expect(house.finished.at(-1)).toMatchObject({ errorType: 'SL_OVERLOADED', outcome: 'error' });
  // A line of the log for each would be load as well.
  expect(house.facts('server.failed')).toEqual([]);
});

test('twice over the limit everybody is refused', async () => {
  hold(8);
  expect((await ask()).status).toBe(503);
});

test('what is wrong with a request is told before it is shed', async () => {
  hold(8);
  expect((await ask({ n: 0 })).status).toBe(422);
});

test('feedback and the control port are served however much is in flight', async () => {
  hold(8);
  const click = { type: 'click', item: 'A1', session: 's1' };
  expect((await call(app, 'POST /v1/feedback', { body: [click] })).status).toBe(202);
  expect((await call(createControlApp(gateway, {}), 'GET /readyz')).status).toBe(200);
  expect((await readLimits(gateway)).concurrency).toMatchObject({ in_flight: 8 });
});

test('the limits can be read, with what was shed', async () => {
  const before = await readLimits(gateway);
  hold(4);
  await ask({}, { 'x-sightline-priority': 'batch' });
  await ask({}, { 'x-sightline-priority': 'batch', 'x-sightline-when-shed': 'refused' });
  const shown = await readLimits(gateway);
  expect(limitsSchema.safeParse(shown).error).toBeUndefined();
  expect(shown).toMatchObject({
    enabled: true,
    concurrency: { limit: 4, min: 4, max: 4, in_flight: 4 },
    event_loop: { bound_ms: 10_000, behind: false },
  });
  const [interactive, batch, shadow] = before.classes;
  const { popular, refused } = batch.shed.concurrency;
  const shed = { ...batch.shed, concurrency: { popular: popular + 1, refused: refused + 1 } };
  expect(shown.classes).toEqual([interactive, { ...batch, shed }, shadow]);
  expect(shown.classes.map(({ share }) => share)).toEqual([1, 0.5, 0.25]);
});

test('requests are served in full again once there is room', async () => {
  const release = hold(4);
  expect((await ask()).body.fallback_reason).toBe('shed.concurrency');
  await release();
  expect((await ask()).body.fallback_reason).toBeNull();
});

test('while the event loop is behind, a turn sheds what it cannot serve in time, and recovers', async () => {
  const busy = await open({ eventLoopMs: 20 });
  onTestFinished(() => busy.close());
  const { recommend, telemetry, admission } = busy.gateway;
  const serve = () => {
    const record = telemetry.begin(undefined);
    recommend('home', { n: 1, explain: false }, record, () => {}, {
      priority: 'interactive',
      whenShed: 'refused',
    });
    return record.fallbackReason;
  };
  for (let turn = 0; turn < 100 && !admission!.loop.isBehind; turn++) {
    block(50);
    await new Promise(setImmediate);
  }
  expect(serve()).toBeNull();
  block(21);
  expect(serve).toThrow(expect.objectContaining({ reason: 'shed.eventloop' }));
  await vi.waitFor(() => expect(admission!.loop.isBehind).toBe(false), { timeout: 4000 });
  expect(serve()).toBeNull();
  block(21);
  expect(serve()).toBeNull();
});

/** Holds the event loop. */
function block(forMs: number): void {
  const until = performance.now() + forMs;
  while (performance.now() < until);
}

test('without protection whatever comes is served', async () => {
  const unprotected = await open({ enabled: false });
  onTestFinished(() => unprotected.close());
  expect(unprotected.gateway.admission).toBeUndefined();
  const { body } = await call(createQueryApp(unprotected.gateway), 'GET /v1/recommend/home', {
    headers: { 'x-sightline-priority': 'shadow' },
  });
  expect(body).toMatchObject({ fallback_reason: null });
  expect(await readLimits(unprotected.gateway)).toEqual({
    enabled: false,
    concurrency: null,
    event_loop: null,
    classes: [],
  });
});

test('nothing stays in flight when an answer cannot be made', () => {
  const record = gateway.telemetry.begin(undefined);
  const render = () => {
    throw new Error('no');
  };
  expect(() => gateway.recommend('home', { n: 1, explain: false }, record, render)).toThrow('no');
  expect(gateway.admission?.inFlight).toBe(0);
});

test('nothing stays in flight when clients leave', async () => {
  const { emit } = gateway.telemetry;
  const listener = await openListener(app, { host: '127.0.0.1', port: 0, name: 'query', emit });
  onTestFinished(() => listener.close({ drainMs: 0 }));
  const leave = async () => {
    const body = JSON.stringify({ n: 100 });
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(1);
    const asked = { method: 'POST', body, headers, signal };
    await fetch(`${listener.url}/v1/recommend/home`, asked).catch(() => {});
  };
  await Promise.all(Array.from({ length: 50 }, leave));
  const url = `${listener.url}/v1/recommend/home`;
  await vi.waitFor(async () => {
    const answer = (await (await fetch(url)).json()) as Answer;
    expect(answer.fallback_reason).toBeNull();
    expect(gateway.admission?.inFlight).toBe(0);
    expect(listener.inFlight()).toBe(0);
  });
  expect(house.finished.length).toBeGreaterThan(0);
});
