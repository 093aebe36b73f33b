import { expect, test } from 'vitest';
import type { Facts } from '../../../src/telemetry/facts.ts';
import { openTestExport, type TestExport } from './open-test-export.ts';
import { openReceiver, type Receiver } from './receiver.ts';

/** An export to a receiver that gets each push in one body. */
async function openPair(
  rest: object = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<TestExport & { readonly receiver: Receiver }> {
  const receiver = await openReceiver();
  const url = `${receiver.url}/api/v1/write`;
  const push = { prom: { kind: 'remote-write', url, everySeconds: 10, ...rest } };
  return { receiver, ...openTestExport({ push, environment }) };
}

const statuses = ({ received }: Receiver) => received.map(({ status }) => status);

const factsOf = <Name extends keyof Facts>({ facts }: TestExport, name: Name): Facts[Name][] =>
  facts.flatMap(([one, fact]) => (one === name ? [fact as never] : []));
const outcomes = (pair: TestExport) =>
  factsOf(pair, 'metrics.pushed').map(({ outcome }) => outcome);

test('a push is remote write 1.0 in protobuf and snappy, with the headers of the destination', async () => {
  const { receiver, pushed } = await openPair(
    { tokenEnv: 'TOKEN', headersEnv: { 'X-Scope-OrgID': 'TENANT' } },
    { TOKEN: 'secret', TENANT: 'shop' },
  );
  await pushed.flush();
  const [{ path, headers }] = receiver.received;
  expect(path).toBe('/api/v1/write');
  expect(headers).toMatchObject({
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'sightline',
    authorization: 'Bearer secret',
    'x-scope-orgid': 'shop',
  });
});

test('pushes go out by themselves, each period, over one connection', async () => {
  const { receiver, advance, told } = await openPair();
  await advance(9);
  expect(receiver.received).toEqual([]);
  for (let k = 0; k < 3; k++) {
    await advance(10);
    expect(await told('metrics.pushed')).toMatchObject({ outcome: 'delivered' });
  }
  expect(statuses(receiver)).toEqual([200, 200, 200]);
  expect(receiver.connections()).toBe(1);
});

test.each([500, 502, 503, 504, 429])('after a %i the same body is sent again', async (status) => {
  const pair = await openPair();
  pair.receiver.answers.push([status], [status]);
  for (let k = 0; k < 2; k++) await pair.pushed.flush();
  expect(outcomes(pair)).toEqual([]);
  await pair.pushed.flush();
  const [first, second, third] = pair.receiver.received;
  expect([first.status, second.status, third.status]).toEqual([status, status, 200]);
  expect(second.body).toEqual(first.body);
  expect(third.body).toEqual(first.body);
  expect(outcomes(pair)).toEqual(['delivered', 'delivered', 'delivered']);
  expect(factsOf(pair, 'destination.failed')).toEqual([
    { destination: 'prom', reason: `status ${status}` },
  ]);
  expect(factsOf(pair, 'destination.recovered')).toHaveLength(1);
});

test('waits between attempts double up to half a minute, part of them at random', async () => {
  const pair = await openPair({ everySeconds: 3600 });
  pair.receiver.answers.push(...Array.from({ length: 7 }, () => [503] as const));
  for (const longest of [1, 2, 4, 8, 16, 30, 30]) {
    await pair.pushed.flush();
    const [waitMs] = pair.delays();
    expect(waitMs).toBeGreaterThanOrEqual(longest * 500);
    expect(waitMs).toBeLessThanOrEqual(longest * 1000);
  }
});

test('Retry-After is waited for', async () => {
  const pair = await openPair({ everySeconds: 600 });
  pair.receiver.answers.push([429, { 'retry-after': '120' }]);
  await pair.pushed.flush();
  await pair.advance(119);
  expect(statuses(pair.receiver)).toEqual([429]);
  await pair.advance(1);
  await pair.told('metrics.pushed');
  expect(statuses(pair.receiver)).toEqual([429, 200]);
  expect(factsOf(pair, 'metrics.pushed')[0].seconds).toBe(120);
});

test.each([400, 401, 404, 413])(
  'a %i is final: the push has failed and the next one goes',
  async (status) => {
    const pair = await openPair();
    pair.receiver.answers.push([status]);
    await pair.pushed.flush();
    await pair.pushed.flush();
    expect(statuses(pair.receiver)).toEqual([status, 200]);
    expect(outcomes(pair)).toEqual(['failed', 'delivered']);
  },
);

test('a redirect is not followed', async () => {
  const pair = await openPair();
  pair.receiver.answers.push([307, { location: `${pair.receiver.url}/elsewhere` }]);
  await pair.pushed.flush();
  expect(pair.receiver.received.map(({ path }) => path)).toEqual(['/api/v1/write']);
  expect(outcomes(pair)).toEqual(['failed']);
});

test('a receiver that does not answer is given up after the time limit, and asked again', async () => {
  const pair = await openPair({ timeoutSeconds: 3, everySeconds: 600 });
  const asked = new Promise<void>((resolve) => pair.receiver.answers.push(() => resolve()));
  const flushed = pair.pushed.flush();
  await asked;
  await pair.advance(3);
  await flushed;
  expect(factsOf(pair, 'destination.failed')[0].reason).toBe('no answer in 3 s');
  await pair.advance(1);
  await pair.told('metrics.pushed');
  expect(statuses(pair.receiver)).toEqual([0, 200]);
});

test('a connection that breaks in the middle is a failed attempt', async () => {
  const pair = await openPair();
  pair.receiver.answers.push(
    (response) => response.destroy(),
    (response) =>
      response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy()),
  );
  for (let k = 0; k < 2; k++) await pair.pushed.flush();
  expect(factsOf(pair, 'destination.failed')).toEqual([
    { destination: 'prom', reason: 'connection lost' },
  ]);
  expect(outcomes(pair)).toEqual([]);
  await pair.pushed.flush();
  expect(outcomes(pair)).toEqual(['delivered', 'delivered', 'delivered']);
});

test('pushes that wait keep their order and are never under way together', async () => {
  const pair = await openPair({ maxQueued: 10 });
  const { receiver, set, pushed } = pair;
  receiver.answers.push([503], [503], [503]);
  for (let k = 0; k < 4; k++) {
    set.counter('cube_overflow_total').add(1);
    await pushed.flush();
  }
  expect(receiver.atOnce()).toBe(1);
  expect(statuses(receiver)).toEqual([503, 503, 503, 200, 200, 200, 200]);
  const delivered = receiver.received.slice(3).map(({ body }) => body.toString('base64'));
  expect(new Set(delivered).size).toBe(4);
  expect(delivered[0]).toBe(receiver.received[0].body.toString('base64'));
});

test('the queue is bounded, drops its oldest and is told', async () => {
  const pair = await openPair({ maxQueued: 3 });
  const { receiver, pushed } = pair;
  receiver.answers.push(...Array.from({ length: 5 }, () => [503] as const));
  for (let k = 0; k < 5; k++) await pushed.flush();
  expect(outcomes(pair)).toEqual(['dropped', 'dropped']);
  expect(Math.max(...factsOf(pair, 'metrics.queued').map(({ pushes }) => pushes))).toBe(3);
  await pushed.flush();
  expect(outcomes(pair)).toEqual([
    'dropped',
    'dropped',
    'dropped',
    'delivered',
    'delivered',
    'delivered',
  ]);
  expect(factsOf(pair, 'metrics.queued').at(-1)).toEqual({ destination: 'prom', pushes: 0 });
});

test('a refused body costs the others of its push nothing', async () => {
  const pair = await openPair();
  const { receiver, set, pushed } = pair;
  for (let s = 0; s < 30; s++)
    set.histogram('store_fetch_duration_seconds', { store: `s${s}`, outcome: 'ok' }).observe(1);
  receiver.answers.push([400]);
  await pushed.flush();
  expect(statuses(receiver)).toEqual([400, 200]);
  expect(outcomes(pair)).toEqual(['failed']);
});

test('close pushes a last time, ends all series, and does not wait for a receiver that is away', async () => {
  const pair = await openPair();
  await pair.pushed.close();
  expect(statuses(pair.receiver)).toEqual([200, 200]);
  expect(outcomes(pair)).toEqual(['delivered', 'delivered']);

  const away = await openPair({ url: 'http://127.0.0.1:1/api/v1/write' });
  await away.pushed.close();
  expect(new Set(outcomes(away))).toEqual(new Set(['dropped']));
  expect(factsOf(away, 'destination.failed')).toEqual([
    { destination: 'prom', reason: 'ECONNREFUSED' },
  ]);
  const told = away.facts.length;
  await away.advance(600);
  expect(away.facts).toHaveLength(told);
});

test('what is told of a failure holds no secret', async () => {
  const pair = await openPair({ tokenEnv: 'TOKEN' }, { TOKEN: 'secret-token' });
  pair.receiver.answers.push((response) =>
    response.writeHead(401, 'secret-token').end('your token secret-token is wrong'),
  );
  await pair.pushed.flush();
  expect(outcomes(pair)).toEqual(['failed']);
  expect(JSON.stringify(pair.facts)).not.toContain('secret-token');
});

test('two destinations know nothing of each other', async () => {
  const [slow, quick] = [await openReceiver(), await openReceiver()];
  slow.answers.push([503], [503]);
  const { pushed, facts } = openTestExport({
    push: {
      slow: { kind: 'remote-write', url: slow.url },
      quick: { kind: 'remote-write', url: quick.url, labels: { cluster: 'b' } },
    },
  });
  for (let k = 0; k < 2; k++) await pushed.flush();
  expect(statuses(slow)).toEqual([503, 503]);
  expect(statuses(quick)).toEqual([200, 200]);
  const delivered = facts.flatMap(([name, fact]) =>
    name === 'metrics.pushed' ? [fact.destination] : [],
  );
  expect(delivered).toEqual(['quick', 'quick']);
});
