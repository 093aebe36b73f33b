import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { processSeries } from '../../../src/provisioning/source/process-series.ts';
import { collectProcessMetrics } from '../../../src/telemetry/process-metrics.ts';

type Exposed = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

const registry = new Registry();
let exposed: Exposed;

beforeAll(async () => {
  collectProcessMetrics(registry);
  exposed = await registry.getMetricsAsJSON();
});
afterAll(() => registry.clear());

/** Those that prom-client takes from the files of Linux. */
const onLinux = /^process_(?:virtual_memory|heap|open_fds|max_fds)/;

test('the table has every series that the process exposes, with its type', () => {
  const types = Object.fromEntries(exposed.map(({ name, type }) => [name, String(type)]));
  const wanted = Object.entries<{ readonly type: string }>(processSeries)
    .filter(([name]) => process.platform === 'linux' || !onLinux.test(name))
    .map(([name, { type }]) => [name, type]);
  expect(types).toEqual(Object.fromEntries(wanted));
});

test('the table has the labels that the process gives them', () => {
  const table: Readonly<Record<string, { readonly labels: readonly string[] }>> = processSeries;
  for (const { name, values } of exposed) {
    for (const { labels } of values) {
      const given = Object.keys(labels).filter((label) => label !== 'le');
      expect(table[name].labels).toEqual(given.length === 0 ? table[name].labels : given);
    }
  }
});
