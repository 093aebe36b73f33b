import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Clock } from '../../../src/domain/clock.ts';
import { SightlineError } from '../../../src/domain/errors.ts';
import { admitOnce } from '../../../src/http/gorse/admit-once.ts';
import type { Admit } from '../../../src/http/gorse/gorse-route.ts';
import { createKeptDoor } from '../../../src/http/gorse/kept-door.ts';
import { namespaceOf } from '../../../src/http/gorse/namespace.ts';
import { firstAnswer, type Listener, openListener } from '../../../src/http/listen.ts';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { testClock } from '../open-test-gateway.ts';
import { item, movableClock, openListShop } from './list-shop.ts';
import type { GorseShop } from './open-gorse-gateway.ts';

/** An answer as it came over the wire. */
interface Wire {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

interface Doors {
  readonly shop: GorseShop;
  /** With the early door, and without. */
  readonly fast: Listener;
  readonly slow: Listener;
  /** Requests that the early door answered. */
  early: number;
  close(): Promise<void>;
}

/** Lets everybody in, to all ids. */
const admitAll: Admit = () => ({ namespace: namespaceOf(undefined), mayWrite: true });

async function openDoors(chosen: Admit = admitAll, clock: Clock = testClock): Promise<Doors> {
  const shop = await openListShop({}, {}, clock);
  const { gateway } = shop;
  const admit = admitOnce(chosen);
  const app = createQueryApp(gateway, { clock, admit });
  const door = createKeptDoor(gateway, { admit, clock })!;
  const options = { host: '127.0.0.1', port: 0, name: 'query' as const, emit: () => {} };
  const fetch = (one: Request, env: object) => app.fetch(one, env);
  const answerEarly = firstAnswer(undefined, (incoming, outgoing) => {
    const isAnswered = door(incoming, outgoing);
    if (isAnswered) doors.early += 1;
    return isAnswered;
  });
  const fast = await openListener({ fetch, answerEarly }, options);
  const slow = await openListener({ fetch }, options);
  const doors: Doors = {
    ...{ shop, fast, slow, early: 0 },
    async close() {
      await Promise.all([fast.close({ drainMs: 0 }), slow.close({ drainMs: 0 })]);
      await shop[Symbol.asyncDispose]();
    },
  };
  return doors;
}

function ask(listener: Listener, path: string, more: object = {}): Promise<Wire> {
  const headers = { 'x-request-id': 'r-1', ...more };
  return new Promise((resolve, reject) => {
    const call = request(`${listener.url}${path}`, { headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.rawHeaders, body }),
      );
    });
    call.on('error', reject);
    call.end();
  });
}

/** The same answer whatever the order and the case of its headers; the date is of the moment. */
const sorted = ({ headers, ...wire }: Wire) => {
  const pairs = headers.flatMap((name, at) =>
    at % 2 === 0 ? [`${name.toLowerCase()}: ${headers[at + 1]}`] : [],
  );
  return { ...wire, headers: pairs.filter((pair) => !pair.startsWith('date: ')).toSorted() };
};

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
  const { gateway } = doors.shop;
  await gateway.putItems([item('ünïcode "quoted"', { categories: ['parkas'] })]);
});
afterAll(() => doors.close());
beforeEach(() => {
  doors.early = 0;
  doors.shop.house.finished.length = 0;
});

test.each([
  ['/api/recommend/bob', {}],
  ['/api/recommend/bob/', {}],
  ['/api/recommend/bob?n=3', {}],
  ['/api/recommend/bob?n=3&offset=2', {}],
  ['/api/recommend/bob/?offset=5', {}],
  ['/api/recommend/bob?n=0', {}],
  ['/api/recommend/bob?n=4', { 'x-api-version': '2' }],
  ['/api/recommend/bob?n=4', { 'x-api-version': '1' }],
  ['/api/recommend/bob?', {}],
])('%s is answered early, as the route does', async (path, headers) => {
  await ask(doors.slow, '/api/recommend/bob');
  const fast = await ask(doors.fast, path, headers);
  expect(doors.early).toBe(1);
  const slow = await ask(doors.slow, path, headers);
  expect(sorted(fast)).toEqual(sorted(slow));
  expect(fast.status).toBe(200);
  const [, early, late] = doors.shop.house.finished.map(({ traceId: _, ...record }) => record);
  expect(early).toEqual(late);
  // From the page that is kept.
  expect(sorted(await ask(doors.fast, path, headers))).toEqual(sorted(slow));
  const again = doors.shop.house.finished.map(({ traceId: _, ...record }) => record).at(-1);
  expect(again).toEqual(late);
});

test.each([
  ['/api/recommend/bob/parkas', {}],
  ['/api/recommend/bob?category=parkas', {}],
  ['/api/recommend/b%6Fb', {}],
  ['/api/recommend/bob?n=x', {}],
  ['/api/recommend/bob?n=101', {}],
  ['/api/recommend/bob?n=1000', {}],
  ['/api/recommend/bob?n=-1', {}],
  ['/api/recommend/bob?n=2&n=3', {}],
  ['/api/recommend/bob?n=2&exclude=A1', {}],
  ['/api/recommend/bob?write-back-type=read', {}],
  ['/api/recommend/bob?n=2', { origin: 'https://shop.example' }],
  ['/api/recommend/bob?n=2', { 'x-sightline-priority': 'batch' }],
  ['/api/recommend/', {}],
  ['/api/recommend/..', {}],
  ['/api/recommend/%00', {}],
  ['/api/recommend/bob//', {}],
  ['/api/recommend/nobody-yet', {}],
])('%s with %o is left to the route', async (path, headers) => {
  await ask(doors.slow, '/api/recommend/bob');
  const fast = await ask(doors.fast, path, headers);
  expect(doors.early).toBe(0);
  const slow = await ask(doors.slow, path, headers);
  expect(sorted(fast)).toEqual(sorted(slow));
});

test('a request with an id and a trace keeps both, and one without gets an id', async () => {
  await ask(doors.slow, '/api/recommend/bob');
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await ask(doors.fast, '/api/recommend/bob', { traceparent });
  expect(doors.early).toBe(1);
  expect(doors.shop.house.finished.at(-1)).toMatchObject({
    ...{ requestId: 'r-1', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
  });
});

test('a page that is kept with its list is told as memory', async () => {
  const { house } = doors.shop;
  await ask(doors.slow, '/api/recommend/carl');
  const bytes = () => house.facts('lists.kept').at(-1)!.bytes;
  const before = bytes();
  const { body } = await ask(doors.fast, '/api/recommend/carl?n=3');
  expect(doors.early).toBe(1);
  expect(bytes()).toBe(before + 100 + 2 * body.length);
});

test('who may not is told so by the route, and is judged once', async () => {
  let judged = 0;
  const admit: Admit = (c) => {
    judged += 1;
    const key = c.env?.incoming?.headers['x-api-key'];
    if (key === 'good') return { namespace: namespaceOf(undefined), mayWrite: true };
    throw new SightlineError('SL_UNAUTHORISED', 'unauthorized');
  };
  const guarded = await openDoors(admit);
  await ask(guarded.fast, '/api/recommend/bob', { 'x-api-key': 'good' });
  expect([judged, guarded.early]).toEqual([1, 0]);
  await ask(guarded.fast, '/api/recommend/bob', { 'x-api-key': 'good' });
  expect([judged, guarded.early]).toEqual([2, 1]);
  expect(await ask(guarded.fast, '/api/recommend/bob')).toMatchObject({ status: 401 });
  expect([judged, guarded.early]).toEqual([3, 1]);
  await guarded.close();
});

test('tenants get lists of their own, from their own catalogue', async () => {
  const admit: Admit = (c) => ({
    namespace: namespaceOf(c.env?.incoming?.headers['x-api-key'] as string),
    mayWrite: true,
  });
  const clock = movableClock();
  const tenants = await openDoors(admit, clock);
  await tenants.shop.gateway.putItems([
    item('acme:A0', { catalog: 'acme' }),
    item('acme:ü', { catalog: 'acme', publishedAtMs: 5 }),
    item('zeta:A0', { catalog: 'zeta' }),
  ]);
  clock.passMs(60_000);
  for (const early of [0, 2]) {
    const acme = await ask(tenants.fast, '/api/recommend/bob?n=2', { 'x-api-key': 'acme' });
    expect(JSON.parse(acme.body)).toEqual(['A0', 'ü']);
    const zeta = await ask(tenants.fast, '/api/recommend/bob?n=1', { 'x-api-key': 'zeta' });
    expect(JSON.parse(zeta.body)).toEqual(['A0']);
    expect(tenants.early).toBe(early);
  }
  await tenants.close();
});

test('nothing is answered early where no lists are kept', async () => {
  const shop = await openListShop({ cache: { seconds: 0 } });
  expect(createKeptDoor(shop.gateway, { admit: admitAll })).toBeUndefined();
  await shop[Symbol.asyncDispose]();
});
