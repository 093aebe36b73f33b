import { expect, onTestFinished, test } from 'vitest';
import type { EngineReport } from '../../../src/anomaly/engine/engine.ts';
import { openEngine } from '../../../src/anomaly/thread/open-engine.ts';
import type { WatchedSeries } from '../../../src/anomaly/watched-series.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';

const level = (name: string): WatchedSeries => ({
  name,
  labels: {},
  kind: 'level',
  direction: 'both',
  measure: undefined,
});
const input = (tick: number, added: readonly WatchedSeries[], values: readonly number[]) => ({
  atMs: 30_000 * tick,
  leaves: undefined,
  series: {
    added,
    values: Float64Array.from(values),
    trials: new Float64Array(values.length).fill(Number.NaN),
  },
});

function open() {
  const reports: EngineReport[] = [];
  const failures: string[] = [];
  const thread = openEngine({
    engine: { tickSeconds: 30, falseAlarmsPerDay: 1, maxSeries: 50, labels: [] },
    codes: new EventCodes(),
    onReport: (report) => reports.push(report),
    onFailure: (cause) => failures.push(cause.message),
  });
  onTestFinished(() => thread.close());
  return { thread, reports, failures };
}

test('each tick is answered, and series stay known', async () => {
  const { thread, reports } = open();
  thread.tick(input(1, [level('a'), level('b')], [1, 2]));
  thread.tick(input(2, [level('c')], [1, 2, 3]));
  await thread.settled();
  expect(reports.map(({ series }) => series)).toEqual([2, 3]);
});

test('ticks that come too fast are left out, and what they brought is told with the next', async () => {
  const { thread, reports } = open();
  const values: number[] = [];
  for (let tick = 1; tick <= 20; tick++) {
    values.push(tick);
    thread.tick(input(tick, [level(`s${tick}`)], values));
  }
  await thread.settled();
  expect(reports.length).toBeLessThan(20);
  thread.tick(input(21, [], values));
  await thread.settled();
  expect(reports.at(-1)?.series).toBe(20);
});

test('a tick that cannot be judged is told as a failure, and the next one is judged', async () => {
  const { thread, reports, failures } = open();
  thread.tick({ ...input(1, [], []), leaves: null as never });
  thread.tick(input(2, [level('a')], [1]));
  await thread.settled();
  expect(failures).toEqual(['anomaly engine failed in a tick and goes on with the next']);
  expect(reports.map(({ series }) => series)).toEqual([1]);
});

test('a thread that was closed takes no more ticks', async () => {
  const { thread, reports } = open();
  await thread.close();
  expect(thread.isAlive).toBe(false);
  thread.tick(input(1, [level('a')], [1]));
  await thread.settled();
  expect(reports).toEqual([]);
});
