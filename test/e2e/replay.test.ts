import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { accessSchema } from '../../src/access/access-schema.ts';
import { main } from '../../src/cli/main.ts';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from '../cli/recording-terminal.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

let shop: TinyShop;
let server: Server;

beforeAll(async () => {
  shop = createTinyShop({ store: 'memory' });
  server = await openServer({
    config: readConfig(shop.config, {
      SIGHTLINE_REQUEST_LOG: 'none',
      SIGHTLINE_LOG_LEVEL: 'error',
    }),
    environment: {},
    onProgress: () => {},
  });
});

afterAll(async () => {
  await server.close();
  shop.remove();
});

async function replay(...words: string[]) {
  const terminal = createRecordingTerminal();
  const where = ['--url', server.query.url, '--dataset', shop.dataset];
  const code = await main(['replay', ...where, ...words], terminal);
  return { code, ...terminal.written };
}

test('a day is played: every click but the first of a session is asked for, and all are kept', async () => {
  const before = await server.gateway.store.counts();
  const { code, out, err } = await replay(
    ...['--from', shop.day.from, '--to', shop.day.to, '--n', '5', '--json'],
  );
  const report = JSON.parse(out);
  expect(code).toBe(0);
  expect(report).toMatchObject({
    work: 'session',
    n: 5,
    sessions: 40,
    clicks: 240,
    requests: 200,
    statuses: { 200: 200 },
    strategies: { walk: 200 },
    fallback_reasons: { none: 200 },
    rejected: 0,
    server_errors: 0,
    unanswered: 0,
  });
  // Everybody walks from an item to the one after it: the first place is right.
  expect(report.hit_rate).toBe(1);
  expect(report.mrr).toBeGreaterThan(0.95);
  expect(report.latency_ms.p50).toBeGreaterThan(0);
  expect(report.latency_ms.p99).toBeGreaterThanOrEqual(report.latency_ms.p50);
  expect((await server.gateway.store.counts()).feedback).toBe(before.feedback + 240);
  expect(err).toContain('replay 100 %');
});

test('a second run is not disturbed by the first', async () => {
  const range = ['--from', shop.day.from, '--to', shop.day.to, '--n', '5', '--json'];
  const { out } = await replay(...range);
  expect(JSON.parse(out)).toMatchObject({ requests: 200, hit_rate: 1, rejected: 0 });
});

test('a limit ends it early, and people read a table', async () => {
  const { code, out } = await replay('--limit', '12', '--concurrency', '2');
  expect(code).toBe(0);
  expect(out).toMatch(/sessions, clicks {4} 2, 12/);
  expect(out).toMatch(/hit rate@20/);
});

test('an unknown work is answered, counted, and no server error', async () => {
  const { code, out } = await replay('--work', 'nothing', '--limit', '6', '--json');
  expect(JSON.parse(out)).toMatchObject({ statuses: { 404: 5 }, hit_rate: 0, server_errors: 0 });
  expect(code).toBe(0);
});

test('a range without sessions and a data set that is not there are refused', async () => {
  const empty = await replay('--from', '1999-01-01', '--to', '1999-01-02');
  expect(empty.code).toBe(1);
  expect(empty.err).toContain('error SL_DATA_INVALID');
  const gone = await replay('--dataset', join(shop.folder, 'nothing'));
  expect(gone.code).toBe(1);
  expect(gone.err).toContain('does not exist, expected an e-shop file or a folder');
});

test('a gateway that is not there is told before anything is played', async () => {
  const terminal = createRecordingTerminal();
  const code = await main(['replay', '--url', 'http://127.0.0.1:1'], terminal);
  expect(code).toBe(1);
  expect(terminal.written.err).toContain('error SL_GATEWAY_UNREACHABLE');
  expect(terminal.written.err).toContain('sightline serve');
});

test('a gateway with keys is played with the key of SIGHTLINE_KEY, and not without', async () => {
  const environment = { PLAY_KEY: 'playing-secret-0123456789' };
  const config = readConfig(shop.config, { SIGHTLINE_REQUEST_LOG: 'none' });
  const keys = { player: { secret: 'PLAY_KEY', scopes: ['read', 'write'] } };
  const closed = await openServer({
    config: { ...config, access: accessSchema.parse({ keys }) },
    environment,
    onProgress: () => {},
    logDestination: join(shop.folder, 'log'),
  });
  onTestFinished(() => closed.close());
  const play = async (key: Record<string, string>) => {
    const terminal = createRecordingTerminal({ environment: key });
    const where = ['--url', closed.query.url, '--dataset', shop.dataset];
    const day = ['--from', shop.day.from, '--to', shop.day.to, '--limit', '20', '--users'];
    const code = await main(['replay', ...where, ...day, '--json'], terminal);
    return { code, ...terminal.written };
  };
  expect(await play({})).toMatchObject({ code: 1, err: expect.stringContaining('401') });
  const played = await play({ SIGHTLINE_KEY: environment.PLAY_KEY });
  expect(played.code).toBe(0);
  expect(Object.keys(JSON.parse(played.out).statuses)).toEqual(['200']);
});
