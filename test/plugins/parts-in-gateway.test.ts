import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import { createRng } from '../../src/math/rng.ts';
import { LeafTraffic } from '../anomaly/engine/leaf-traffic.ts';
import { call } from '../http/call.ts';
import { openTestGateway } from '../http/open-test-gateway.ts';
import { pluginFolder } from './load-plugins.ts';

interface Signals {
  readonly signals: readonly {
    readonly name: string;
    readonly readings: readonly { readonly measure: string }[];
  }[];
}

test('signals of a plugin are on the control port and in one series, and follow a reload', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-signals-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'seen.mjs');
  const source = readFileSync(join(pluginFolder, 'good/seen.js'), 'utf8');
  writeFileSync(file, source);
  const house = await openTestGateway({
    events: true,
    plugins: { seen: { path: file, signals: { seen: {} } } },
  });
  onTestFinished(() => house.close());
  const { gateway } = house;
  const query = createQueryApp(gateway);
  const control = createControlApp(gateway, { token: undefined });
  const exposed = async () => (await call<string>(control, 'GET /metrics')).body;
  const read = async () => {
    await call(query, 'POST /v1/recommend/home', { body: { user: 'u1', n: 3 } });
    await gateway.telemetry.flush();
    await gateway.watch?.refresh();
    const { body } = await call<Signals>(control, 'GET /control/signals');
    return body.signals.find(({ name }) => name === 'seen')?.readings;
  };
  expect(await read()).toEqual([
    { measure: 'answers', labels: { work: 'home' }, value: 1, samples: 1, window_seconds: null },
  ]);
  expect(gateway.watch?.past('seen')?.series).toHaveLength(1);
  expect(await exposed()).toMatch(
    /sightline_plugin_signal\{signal="seen",measure="answers",work="home".*\} 1/,
  );

  writeFileSync(file, source.replace("'answers'", "'answers_seen'"));
  const report = await gateway.steering.reload({ trigger: 'control', force: true });
  expect(report).toMatchObject({ outcome: 'published', needsRestart: [] });
  await gateway.watch?.refresh();
  expect((await read())?.map(({ measure }) => measure)).toEqual(['answers_seen']);
  expect(await exposed()).not.toContain('measure="answers"');
});

test('detectors of a plugin find anomalies, and follow a reload', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-detectors-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'limit.mjs');
  const source = readFileSync(join(pluginFolder, 'good/limit.js'), 'utf8');
  writeFileSync(file, source);
  const detectors = { limit: { series: ['requests'], options: { atMost: 1 } } };
  const house = await openTestGateway({
    events: true,
    plugins: { limit: { path: file, detectors } },
  });
  onTestFinished(() => house.close());
  const { alarming, steering, telemetry } = house.gateway;
  const traffic = new LeafTraffic(createRng(1), telemetry.events!.codes);
  const read = async () => {
    alarming.tick(traffic.tick());
    await alarming.settled();
    return alarming.book.anomalies().map(({ measure, state }) => ({ measure, state }));
  };
  expect(await read()).toEqual([{ measure: 'requests', state: 'firing' }]);

  writeFileSync(file, source.replace('value > atMost', 'false'));
  const report = await steering.reload({ trigger: 'control', force: true });
  expect(report).toMatchObject({ outcome: 'published', needsRestart: [] });
  expect(await read()).toEqual([{ measure: 'requests', state: 'resolved' }]);
});
