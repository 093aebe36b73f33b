import { spawnSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { exposedName, type MetricName, metricTable } from '../../src/telemetry/metrics.ts';
import { testWith } from '../installed.ts';
import { openBusyShop } from './busy-shop.ts';

/** Series that stay empty as long as nothing is lost. */
const onlyWhenLost: readonly MetricName[] = [
  'effects_dropped_total',
  'events_dropped_total',
  'metrics_unread_total',
  'observations_rejected_total',
];

test('every series is fed by live traffic', { timeout: 60_000 }, async () => {
  const shop = await openBusyShop();
  await shop.everythingRare();
  let visits = 0;
  await vi.waitFor(
    async () => {
      for (let k = 0; k < 10; k++) await shop.visit(`visit-${visits++}`);
      const unfed = await unfedIn(`${shop.server.control.url}/metrics`);
      expect(unfed.filter((name) => !onlyWhenLost.includes(name))).toEqual([]);
    },
    { timeout: 50_000, interval: 200 },
  );
});

testWith('promtool')('promtool finds nothing to say about the exposition', async () => {
  const shop = await openBusyShop();
  await shop.everythingRare();
  await shop.visit('visit-1');
  const text = await (await fetch(`${shop.server.control.url}/metrics`)).text();
  expect(text.split('\n').length).toBeGreaterThan(500);
  const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  const findings = checked.stderr.split('\n').filter((line) => line !== '' && !isEntropy(line));
  expect([...findings, checked.stdout]).toEqual(['']);
});

/** Entropy is measured in bits; promtool takes them for a size and asks for bytes. */
const isEntropy = (finding: string) =>
  /^sightline_(?:session_freshness_entropy|slate_novelty)_bits use base unit "bytes"/.test(finding);

async function unfedIn(url: string): Promise<MetricName[]> {
  const lines = (await (await fetch(url)).text()).split('\n');
  return (Object.keys(metricTable) as MetricName[]).filter(
    (name) => !lines.some((line) => isSampleOf(exposedName(name), line)),
  );
}

function isSampleOf(name: string, line: string): boolean {
  return ['{', ' ', '_count{', '_count '].some((next) => line.startsWith(name + next));
}
