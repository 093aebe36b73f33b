import { expect, onTestFinished, test } from 'vitest';
import type { EngineReport } from '../../../src/anomaly/engine/engine.ts';
import { openEngine } from '../../../src/anomaly/thread/open-engine.ts';
import type { WatchedSeries } from '../../../src/anomaly/watched-series.ts';
import type { PluginPart } from '../../../src/domain/plugin-part.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';
import { openTestShelf, pluginsOf } from '../../plugins/load-plugins.ts';

const level = (name: string): WatchedSeries => ({
  ...{ name, labels: {}, kind: 'level', direction: 'both', measure: undefined },
});

async function partsOf(path: string, detectors: object): Promise<readonly PluginPart[]> {
  const { parts, release } = await openTestShelf().shelf.load(
    pluginsOf({ own: { path, detectors } }),
  );
  onTestFinished(release);
  return parts;
}

/** A thread that judges levels by some names; `play` gives all of them a value in the next tick. */
function open(parts: readonly PluginPart[], names: readonly string[]) {
  const reports: EngineReport[] = [];
  const thread = openEngine({
    engine: { tickSeconds: 30, falseAlarmsPerDay: 1, maxSeries: 50, labels: [] },
    codes: new EventCodes(),
    onReport: (report) => reports.push(report),
    onFailure: (cause) => {
      throw cause;
    },
  });
  onTestFinished(() => thread.close());
  thread.setDetectors(parts);
  let tick = 0;
  const play = async (...values: readonly number[]): Promise<EngineReport> => {
    tick += 1;
    thread.tick({
      atMs: 30_000 * tick,
      leaves: undefined,
      series: {
        added: tick === 1 ? names.map(level) : [],
        values: Float64Array.from(values),
        trials: new Float64Array(values.length).fill(Number.NaN),
      },
    });
    await thread.settled();
    return reports[reports.length - 1];
  };
  return { thread, play };
}

test('a detector of a plugin judges the series that it is given, from its first value on', async () => {
  const parts = await partsOf('good/limit.js', { limit: { series: ['load level'] } });
  const { play } = open(parts, ['load level', 'other level']);
  expect((await play(5, 5)).changed).toEqual([]);
  const { changed, firing } = await play(50, 50);
  expect(firing).toBe(1);
  expect(changed).toMatchObject([
    {
      ...{ measure: 'load', state: 'firing', direction: 'up', startedAtMs: 60_000 },
      series: [{ name: 'load level', actual: 50, expected: 10 }],
    },
  ]);
  expect((await play(5, 50)).changed).toMatchObject([{ measure: 'load', state: 'resolved' }]);
});

test('a series that is not measured any more is not anomalous', async () => {
  const parts = await partsOf('good/limit.js', { limit: { series: ['load level'] } });
  const { play } = open(parts, ['load level']);
  expect((await play(50)).firing).toBe(1);
  expect((await play(Number.NaN)).firing).toBe(0);
});

test('where a detector of a plugin is taken away the built-in one judges again', async () => {
  const parts = await partsOf('good/limit.js', { limit: { series: ['load level'] } });
  const { thread, play } = open(parts, ['load level']);
  expect((await play(50)).firing).toBe(1);
  thread.setDetectors([]);
  expect((await play(50)).changed).toMatchObject([{ state: 'resolved' }]);
});

test('where detectors fail the built-in one takes over at once and says so', async () => {
  const parts = await partsOf('bad/later-detectors.js', {
    throws: { series: ['a level'] },
    loops: { series: ['b level'] },
    nan: { series: ['c level'] },
  });
  const names = ['a level', 'b level', 'c level'];
  const [own, plain] = [open(parts, names), open([], names)];
  const both = (...values: readonly number[]) =>
    Promise.all([own.play(...values), plain.play(...values)]);
  for (let tick = 0; tick < 150; tick++)
    await both(...[1, 2, 3].map((k) => 100 + ((tick * k) % 7)));
  const [{ failures }] = await both(7777, 7777, 7777);
  const named = (name: string) =>
    `detector ${name} of plugin own failed and the built-in one takes over`;
  expect(failures.map(({ message }) => message)).toEqual([
    `${named('throws')}: out of ink`,
    `${named('loops')}: took more than 1000 ms`,
    `${named('nan')}: answered NaN as expected, expected a finite number`,
  ]);
  const fired: number[] = [];
  for (let tick = 0; tick < 10; tick++) {
    const [mine, other] = await both(7777, 7777, 7777);
    expect([mine.failures, mine.firing]).toEqual([[], other.firing]);
    fired.push(mine.firing);
  }
  expect(Math.max(...fired)).toBe(3);
});

test('a promise that nobody waits for does not end the thread', async () => {
  const parts = await partsOf('bad/later-detectors.js', { forgets: { series: ['a level'] } });
  const { thread, play } = open(parts, ['a level']);
  expect((await play(7777)).firing).toBe(1);
  expect((await play(7777)).failures).toEqual([]);
  expect(thread.isAlive).toBe(true);
});
