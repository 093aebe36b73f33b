import { readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { expose } from '../../src/telemetry/exposition.ts';
import { collectProcessMetrics } from '../../src/telemetry/process-metrics.ts';
import { collectGarbage } from './collect-garbage.ts';

const registry = new Registry();
collectProcessMetrics(registry);

/** The value of a sample, 0 where there is none. */
async function sampleOf(series: string): Promise<number> {
  const { body } = await expose(registry);
  const line = body.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}

test.runIf(process.platform === 'linux')('open files are counted as they are', async () => {
  const before = await sampleOf('process_open_fds');
  // The listing has itself open.
  const listed = readdirSync('/proc/self/fd').length - 1;
  expect(Math.abs(before - listed)).toBeLessThan(10);
  const files = await Promise.all(Array.from({ length: 50 }, () => open('/dev/null')));
  const opened = (await sampleOf('process_open_fds')) - before;
  await Promise.all(files.map((file) => file.close()));
  expect(opened).toBeGreaterThan(40);
  expect(opened).toBeLessThan(60);
});

test('garbage collections that come together are all counted', async () => {
  const series = 'nodejs_gc_duration_seconds_count{kind="major"}';
  const before = await sampleOf(series);
  for (let n = 0; n < 5; n++) collectGarbage();
  let counted = 0;
  for (let turn = 0; turn < 100 && counted < 5; turn++) {
    await new Promise(setImmediate);
    counted = (await sampleOf(series)) - before;
  }
  expect(counted).toBeGreaterThanOrEqual(5);
});
