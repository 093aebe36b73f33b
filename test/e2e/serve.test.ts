import { once } from 'node:events';
import { appendFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type ServingProcess, startServing } from '../cli/serving-process.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

let shop: TinyShop | undefined;
const started: ServingProcess[] = [];

function openShop(store: 'sqlite' | 'memory'): void {
  shop = createTinyShop({ store });
}

function serve(environment: Record<string, string> = {}): ServingProcess {
  const process = startServing(shop!.config, environment);
  started.push(process);
  return process;
}

afterEach(async () => {
  for (const process of started.splice(0)) {
    process.stop('SIGKILL');
    await process.exit;
  }
  shop?.remove();
});

const ask = async (url: string) => (await fetch(url)).json() as Promise<Record<string, unknown>>;

test('a first start imports and trains, a second one loads, and both answer', async () => {
  openShop('sqlite');
  const first = serve();
  const { query } = await first.ready;
  expect(first.written.err).toMatch(/importing data 100 %.*24 items, 0 users, 720 events/);
  expect(first.written.err).toContain('training markov-1 100 %');
  const answer = await ask(`${query}/v1/recommend/session?session=walk-0&n=3`);
  expect(answer).toMatchObject({ work: 'session', strategy: 'walk', fallback_reason: null });
  first.stop('SIGTERM');
  expect(await first.exit).toEqual({ code: 0, signal: null });

  const second = serve();
  const again = await ask(`${(await second.ready).query}/v1/recommend/session?session=walk-0&n=3`);
  expect(again.items).toEqual(answer.items);
  expect(second.written.err).not.toMatch(/importing|training/);
});

test('a key whose variable is not set ends a start, and leaves nothing open that would keep it', async () => {
  openShop('sqlite');
  const keys = '\naccess: { keys: { web: { secret: WEB_KEY, scopes: [read] } } }\n';
  appendFileSync(shop!.config, keys);
  const process = serve();
  expect(await process.exit).toEqual({ code: 1, signal: null });
  expect(process.written.err).toContain('variable WEB_KEY is not set');
});

test('a stop answers what is in flight, says it is not ready meanwhile, and ends with 0', async () => {
  openShop('memory');
  const process = serve();
  const { query, control } = await process.ready;
  const body = JSON.stringify({ session: 'walk-0', n: 2 });
  const socket = connect(Number(new URL(query).port), '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  socket.write(
    'POST /v1/recommend/session HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n' +
      `expect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  await once(socket, 'data');
  expect(answer).toContain('100 Continue');

  process.stop('SIGTERM');
  await process.says('answering 1 in flight first');
  const readiness = await fetch(`${control}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({ ready: false, reasons: ['draining'] });
  await expect(fetch(`${query}/healthz`)).rejects.toThrow();

  socket.write(body);
  await once(socket, 'close');
  expect(answer).toContain('HTTP/1.1 200 OK');
  expect(answer).toContain('"strategy":"walk"');
  expect(await process.exit).toEqual({ code: 0, signal: null });
});

test('a second signal stops at once', async () => {
  openShop('memory');
  const process = serve();
  const { query } = await process.ready;
  const socket = connect(Number(new URL(query).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write('POST /v1/recommend/session HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n');
  socket.write('content-type: application/json\r\ncontent-length: 2\r\n\r\n');
  await once(socket, 'data');
  process.stop('SIGTERM');
  await process.says('stopping');
  const again = setInterval(() => process.stop('SIGINT'), 50);
  expect(await process.exit).toEqual({ code: 130, signal: null });
  clearInterval(again);
  socket.destroy();
});

test('ports that are taken are both named, without a stack', async () => {
  openShop('memory');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const process = serve({
    SIGHTLINE_QUERY_PORT: String(port),
    SIGHTLINE_CONTROL_PORT: String(port),
  });
  expect(await process.exit).toEqual({ code: 1, signal: null });
  other.close();
  expect(process.written.err.match(/error SL_PORT_TAKEN/g)).toHaveLength(2);
  expect(process.written.err).toContain('choose another port');
  expect(process.written.err).not.toContain('    at ');
});

test('a data set that is not there is named', async () => {
  openShop('memory');
  rmSync(shop!.dataset, { recursive: true });
  const process = serve();
  expect(await process.exit).toEqual({ code: 1, signal: null });
  expect(process.written.err).toContain('error SL_DATA_INVALID');
  expect(process.written.err).toContain(shop!.dataset);
});

describe('while it serves', () => {
  let busy: TinyShop;
  let process: ServingProcess;

  beforeAll(async () => {
    busy = createTinyShop();
    process = startServing(busy.config);
    await process.ready;
  });

  afterAll(async () => {
    process.stop('SIGKILL');
    await process.exit;
    busy.remove();
  });

  test('the calls of the banner work as they stand', async () => {
    const urls = [...process.written.err.matchAll(/curl -s '([^']+)'/g)].map(([, url]) => url);
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      const { items } = (await answer.json()) as { items: unknown[] };
      expect(items.length).toBeGreaterThan(0);
    }
  });

  test('people read standard error, and each request is one JSON line on standard output', async () => {
    const { query } = await process.ready;
    const { request_id: requestId } = await ask(`${query}/v1/recommend/session?session=walk-3`);
    await process.says(`"request_id":"${requestId}"`, 'out');
    const lines = process.written.out.trimEnd().split('\n');
    const requests = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
    expect(requests.filter(({ request_id }) => request_id === requestId)).toHaveLength(1);
    expect(process.written.err).not.toContain(requestId);
  });

  test('a second process that wants the same data folder is refused', async () => {
    const second = startServing(busy.config);
    expect(await second.exit).toEqual({ code: 1, signal: null });
    expect(second.written.err).toContain('error SL_STORE_LOCKED');
    expect((await fetch(`${(await process.ready).query}/healthz`)).status).toBe(200);
  });
});
