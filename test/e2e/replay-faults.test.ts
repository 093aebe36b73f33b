import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from '../cli/recording-terminal.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

const token = 'a-long-control-token';
let shop: TinyShop;
let server: Server;

beforeAll(async () => {
  shop = createTinyShop({ store: 'memory' });
  appendFileSync(shop.config, 'faults: { enabled: true }\nanomaly: { tickSeconds: 1 }\n');
  server = await openServer({
    config: readConfig(shop.config, {
      SIGHTLINE_REQUEST_LOG: 'none',
      SIGHTLINE_LOG_LEVEL: 'error',
    }),
    environment: { SIGHTLINE_CONTROL_TOKEN: token },
    onProgress: () => {},
    logDestination: join(shop.folder, 'log'),
  });
});

afterAll(async () => {
  await server.close();
  shop.remove();
});

/** Plays a script for a second, with a token in the environment unless it is another. */
async function rehearse(script: string, environment: Record<string, string>) {
  const file = join(shop.folder, 'faults.yaml');
  writeFileSync(file, script);
  const terminal = { ...createRecordingTerminal(), environment };
  const where = ['--url', server.query.url, '--control', server.control.url];
  const load = ['--dataset', shop.dataset, '--fault', file, '--rate', '60', '--for', '1'];
  const code = await main(['replay', ...where, ...load, '--n', '5', '--json'], terminal);
  return { code, ...terminal.written };
}

const authorised = { SIGHTLINE_CONTROL_TOKEN: token };

test('a scripted fault is in place while its time lasts, and gone when the replay ends', async () => {
  const { code, out } = await rehearse(
    'faults: [{ name: bad, kind: failing-stage, stage: score, at: 0.4, for: 60 }]',
    authorised,
  );
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    clicks: 60,
    requests: 60,
    statuses: { 200: 60 },
    server_errors: 0,
    unanswered: 0,
    tick_seconds: 1,
    faults: [{ fault: 'bad', kind: 'failing-stage', at_seconds: 0.4, right_cause: null }],
  });
  const { none, 'plugin.error': broken } = report.fallback_reasons;
  expect(none).toBeGreaterThan(0);
  expect(broken).toBeGreaterThan(0);
  expect(none + broken).toBe(60);
  expect(server.gateway.faults!.status()).toEqual([]);
  expect(code).toBe(0);
});

test('the users of the replay are known to the gateway, so their features are read', async () => {
  await rehearse('faults: [{ kind: missing-features, for: 60 }]', authorised);
  expect((await server.gateway.store.counts()).users).toBe(100);
});

test('clicks that people leave out are not played', async () => {
  const { out } = await rehearse('faults: [{ kind: traffic-drop, for: 60, keep: 0 }]', {});
  expect(JSON.parse(out)).toMatchObject({ clicks: 0, requests: 0 });
});

test('a fault that should have been found and was not is a failure', async () => {
  const { code, out } = await rehearse(
    'faults: [{ kind: ctr-drop, for: 1, keep: 1, expect: { measure: clicks, labels: {} } }]',
    {},
  );
  expect(JSON.parse(out).faults).toMatchObject([{ found: false, right_cause: false }]);
  expect(code).toBe(1);
});

test('without a token nothing is broken, and a wrong one is told', async () => {
  const script = 'faults: [{ kind: failing-store, for: 60 }]';
  const without = await rehearse(script, {});
  expect(without.code).toBe(2);
  expect(without.err).toContain('SIGHTLINE_CONTROL_TOKEN');
  const wrong = await rehearse(script, { SIGHTLINE_CONTROL_TOKEN: 'another' });
  expect(wrong.code).toBe(1);
  expect(wrong.err).toContain('PUT /control/faults answered 401: token is missing or wrong');
});

test('a script with mistakes is refused before anything is played', async () => {
  const { code, err } = await rehearse('faults: [{ kind: slow-store, for: 60 }]', authorised);
  expect(code).toBe(1);
  expect(err).toContain('error SL_DATA_INVALID');
  expect(err).toContain('faults.0.delayMs');
});
