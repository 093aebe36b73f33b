import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Listener, openListener, type WireLimits } from '../../src/http/listen.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { openTestGateway, type TestGateway, testClock } from './open-test-gateway.ts';
import { openRawSocket, rawPost } from './raw-socket.ts';

let house: TestGateway;
let listener: Listener;

const host = '127.0.0.1';

async function listen(limits: Partial<WireLimits> = {}, gateway = house.gateway) {
  const app = createQueryApp(gateway, { clock: testClock });
  const { emit } = house.gateway.telemetry;
  return openListener(app, { host, port: 0, name: 'query', emit, limits });
}

beforeAll(async () => {
  house = await openTestGateway();
});
afterAll(() => house.close());
beforeEach(async () => {
  house.told.length = 0;
  listener = await listen();
});
afterEach(() => listener.close({ drainMs: 0 }));

const recommend = rawPost('/v1/recommend/home', '{"n":2}');
const problemOf = ({ status, body }: { status: number; body: string }) => ({
  status,
  code: JSON.parse(body).code,
});

test('an app answers over a real port', async () => {
  const response = await fetch(`${listener.url}/v1/recommend/home?n=2`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({ items: [{ id: 'A0' }, { id: 'A1' }] });
});

test('a taken port is named', async () => {
  const options = { host, port: listener.port, name: 'control' as const, emit: () => {} };
  await expect(openListener(createQueryApp(house.gateway), options)).rejects.toMatchObject({
    code: 'SL_PORT_TAKEN',
    message: `control listener found 127.0.0.1:${listener.port} taken, expected a free port`,
  });
});

test('a host that is not of this machine is a mistake in the configuration', async () => {
  const options = { host: '203.0.113.1', port: 0, name: 'query' as const, emit: () => {} };
  await expect(openListener(createQueryApp(house.gateway), options)).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    path: 'http.query',
  });
});

test('pipelined requests are answered in order, on one connection', async () => {
  const raw = openRawSocket(listener.port);
  raw.send(recommend + rawPost('/v1/recommend/nowhere', '{}') + recommend);
  const answers = [await raw.answer(), await raw.answer(), await raw.answer()];
  expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
});

test('a body in many small pieces is read whole', async () => {
  const raw = openRawSocket(listener.port);
  for (const character of recommend) raw.send(character);
  expect((await raw.answer()).status).toBe(200);
});

test('a body in chunks without a length is read whole', async () => {
  const raw = openRawSocket(listener.port);
  raw.send(
    'POST /v1/recommend/home HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n' +
      'transfer-encoding: chunked\r\n\r\n3\r\n{"n\r\n4\r\n":2}\r\n0\r\n\r\n',
  );
  expect((await raw.answer()).status).toBe(200);
});

test('10 MB are refused with 413 however they come, and the connection stays usable', async () => {
  const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
  const head = 'POST /v1/feedback HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n';
  for (const big of [
    `${head}content-length: 10485760\r\n\r\n${'x'.repeat(10_485_760)}`,
    `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(160)}0\r\n\r\n`,
  ]) {
    const raw = openRawSocket(listener.port);
    raw.send(big);
    expect(problemOf(await raw.answer())).toEqual({ status: 413, code: 'SL_REQUEST_TOO_LARGE' });
    raw.send(recommend);
    expect((await raw.answer()).status).toBe(200);
    raw.socket.destroy();
  }
});

test('a sender who never stops after 413 is cut off', async () => {
  const raw = openRawSocket(listener.port);
  raw.send(
    'POST /v1/feedback HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n',
  );
  expect((await raw.answer()).status).toBe(413);
  await raw.ended;
});

test('bytes after the stated length are no part of the body', async () => {
  const raw = openRawSocket(listener.port);
  const head = 'POST /v1/recommend/home HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n';
  raw.send(`${head}content-length: 7\r\n\r\n{"n":2}, "user": "u1"}`);
  const answer = await raw.answer();
  expect(answer.status).toBe(200);
  expect(answer.head).toMatch(/connection: close/i);
  await raw.ended;
});

test('a chunk that is none is refused, though its request had begun', async () => {
  const raw = openRawSocket(listener.port);
  const head = 'POST /v1/recommend/home HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n';
  raw.send(`${head}transfer-encoding: chunked\r\n\r\n3\r\n{"n\r\nzz\r\n`);
  expect(problemOf(await raw.answer())).toEqual({ status: 400, code: 'SL_REQUEST_MALFORMED' });
  await raw.ended;
});

test('two lengths that disagree, or a length beside chunks, are refused', async () => {
  for (const headers of [
    'content-length: 7\r\ncontent-length: 8',
    'content-length: 7\r\ntransfer-encoding: chunked',
    'content-length: 0x7',
    'content-length: -7',
  ]) {
    const raw = openRawSocket(listener.port);
    raw.send(
      `POST /v1/recommend/home HTTP/1.1\r\nhost: h\r\ncontent-type: application/json\r\n${headers}\r\n\r\n{"n":2}`,
    );
    expect(problemOf(await raw.answer())).toEqual({ status: 400, code: 'SL_REQUEST_MALFORMED' });
    await raw.ended;
  }
});

test('control characters in headers are refused before any app sees them', async () => {
  for (const header of [
    'x-request-id: a\u0000b',
    'x-request-id: a\u0007b',
    'x bad: 1',
    'x: a\nb',
  ]) {
    const raw = openRawSocket(listener.port);
    raw.send(`GET /healthz HTTP/1.1\r\nhost: h\r\n${header}\r\n\r\n`);
    const answer = await raw.answer();
    expect(problemOf(answer)).toEqual({ status: 400, code: 'SL_REQUEST_MALFORMED' });
    expect(answer.head).toMatch(/content-type: application\/json\r\n/);
    expect(answer.head).toMatch(/x-request-id: [\da-f]{32}\r\n/);
    await raw.ended;
  }
  expect(house.facts('http.finished')).toMatchObject([
    { method: '_OTHER', route: '', status: 400, errorType: 'SL_REQUEST_MALFORMED' },
    { status: 400 },
    { status: 400 },
    { status: 400 },
  ]);
});

test('bytes outside ASCII in a context header are replaced and the request is served', async () => {
  const raw = openRawSocket(listener.port);
  raw.send(
    Buffer.from('GET /healthz HTTP/1.1\r\nhost: h\r\nx-request-id: \u00ff\u00fe\r\n\r\n', 'latin1'),
  );
  const answer = await raw.answer();
  expect(answer.status).toBe(200);
  expect(answer.head).toMatch(/x-request-id: [\da-f]{32}\r\n/);
});

test('headers and URLs over the limit are refused', async () => {
  for (const request of [
    `GET /healthz HTTP/1.1\r\nhost: h\r\nbaggage: ${'x'.repeat(20_000)}\r\n\r\n`,
    `GET /v1/items/${'x'.repeat(20_000)} HTTP/1.1\r\nhost: h\r\n\r\n`,
  ]) {
    const raw = openRawSocket(listener.port);
    raw.send(request);
    expect(problemOf(await raw.answer())).toEqual({ status: 431, code: 'SL_HEADER_TOO_LARGE' });
    await raw.ended;
  }
});

test('what is not HTTP, or has no host, or a broken target, gets a JSON answer too', async () => {
  for (const request of [
    'hello\r\n\r\n',
    'GET /healthz HTTP/1.1\r\n\r\n',
    'GET /healthz HTTP/1.1\r\nhost: a b\r\n\r\n',
    'GET \\healthz HTTP/1.1\r\nhost: h\r\n\r\n',
  ]) {
    const raw = openRawSocket(listener.port);
    raw.send(request);
    expect(problemOf(await raw.answer())).toEqual({ status: 400, code: 'SL_REQUEST_MALFORMED' });
    raw.socket.destroy();
  }
});

test('a request that does not come in time is refused with 408, a silent connection just closed', async () => {
  const slow = await listen({ headersMs: 60, requestMs: 120 });
  const head = openRawSocket(slow.port);
  head.send('POST /v1/recommend/home HTTP/1.1\r\nhost:');
  const body = openRawSocket(slow.port);
  body.send(recommend.slice(0, -3));
  expect(problemOf(await head.answer())).toEqual({ status: 408, code: 'SL_REQUEST_TIMEOUT' });
  expect(problemOf(await body.answer())).toEqual({ status: 408, code: 'SL_REQUEST_TIMEOUT' });
  await Promise.all([head.ended, body.ended]);
  house.told.length = 0;
  await openRawSocket(slow.port).ended;
  expect(house.facts('http.finished')).toEqual([]);
  await slow.close({ drainMs: 0 });
});

test('a caller who hangs up in the middle of a body disturbs nobody', async () => {
  const raw = openRawSocket(listener.port);
  raw.send(recommend.slice(0, -3));
  await new Promise((resolve) => raw.socket.once('connect', resolve));
  raw.socket.resetAndDestroy();
  await raw.ended;
  expect((await fetch(`${listener.url}/healthz`)).status).toBe(200);
  expect(house.facts('http.finished')).toMatchObject([{ route: '/healthz' }]);
});

/** A gateway whose recommendations wait until they are let go. */
function holdGateway() {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { gateway } = house;
  const held: typeof gateway = {
    ...gateway,
    async recommend(work, request, record, render) {
      begun.resolve();
      await gate.promise;
      return gateway.recommend(work, request, record, render);
    },
  };
  return { gateway: held, begun: begun.promise, letGo: gate.resolve };
}

test('closing lets a request in flight finish, says goodbye with it, and takes no new ones', async () => {
  const { gateway, begun, letGo } = holdGateway();
  const held = await listen({}, gateway);
  const idle = openRawSocket(held.port);
  idle.send('GET /healthz HTTP/1.1\r\nhost: h\r\n\r\n');
  expect((await idle.answer()).head).toMatch(/connection: keep-alive/i);
  const silent = openRawSocket(held.port);
  await new Promise((resolve) => silent.socket.once('connect', resolve));
  const busy = openRawSocket(held.port);
  busy.send(recommend);
  await begun;
  expect(held.inFlight()).toBe(1);
  const closed = held.close({ drainMs: 10_000 });
  await Promise.all([idle.ended, silent.ended]);
  const late = openRawSocket(held.port);
  await expect(late.answer()).rejects.toThrow('connection ended');
  letGo();
  const answer = await busy.answer();
  expect(answer.status).toBe(200);
  expect(answer.head).toMatch(/connection: close/i);
  await Promise.all([busy.ended, closed]);
  expect(held.inFlight()).toBe(0);
});

test('closing cuts off what does not finish in time', async () => {
  const { gateway, begun } = holdGateway();
  const held = await listen({}, gateway);
  const busy = openRawSocket(held.port);
  busy.send(recommend);
  await begun;
  await held.close({ drainMs: 20 });
  await expect(busy.answer()).rejects.toThrow('connection ended');
});

test('a port is free again after closing', async () => {
  const { port } = listener;
  await listener.close({ drainMs: 0 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  await new Promise((resolve) => server.close(resolve));
});
