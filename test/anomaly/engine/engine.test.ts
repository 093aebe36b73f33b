import { expect, test } from 'vitest';
import { Engine, type EngineReport } from '../../../src/anomaly/engine/engine.ts';
import type { SeriesValues } from '../../../src/anomaly/watched-series.ts';
import type { Anomaly } from '../../../src/domain/anomaly.ts';
import { createRng } from '../../../src/math/rng.ts';
import { type Habits, LeafTraffic, type Place } from './leaf-traffic.ts';

const nothingElse: SeriesValues = {
  added: [],
  values: new Float64Array(0),
  trials: new Float64Array(0),
};

type Change = (habits: Habits, place: Place) => void;

/** An engine that has seen quiet traffic for two hours. */
function quietShop(seed: number, always: Change = () => {}) {
  const traffic = new LeafTraffic(createRng(seed));
  const engine = new Engine(
    { tickSeconds: 30, falseAlarmsPerDay: 1, maxSeries: 2000, labels: [] },
    { nameOf: (code) => traffic.codes.nameOf(code), monotonic: () => performance.now() },
  );
  const play = (ticks: number, change?: Change): EngineReport[] =>
    Array.from({ length: ticks }, () => {
      const leaves = traffic.tick((habits, place) => {
        always(habits, place);
        change?.(habits, place);
      });
      return engine.tick({ atMs: leaves.atMs, leaves, series: nothingElse });
    });
  const quiet = play(240);
  return { play, quiet, engine, traffic };
}

const fired = (reports: readonly EngineReport[]): Anomaly[] =>
  reports.flatMap(({ changed }) => changed).filter(({ firedAtMs }) => firedAtMs !== undefined);

test('quiet traffic gives no alarm', () => {
  const { quiet } = quietShop(1);
  expect(fired(quiet)).toEqual([]);
  expect(quiet.at(-1)).toMatchObject({ firing: 0, leaves: 48 });
});

test.each<[string, string, 'up' | 'down', Record<string, string>, Change]>([
  [
    'slow answers in a segment',
    'slow',
    'up',
    { segment: 'poland' },
    (habits, { segment }) => {
      if (segment === 'poland') habits.slowRate = 0.5;
    },
  ],
  [
    'fallbacks of a strategy',
    'fallbacks',
    'up',
    { strategy: 'session-blend' },
    (habits, { strategy }) => {
      if (strategy === 'session-blend') habits.fallbackRate = 0.4;
    },
  ],
  [
    'clicks that stay away from a catalogue',
    'clicks',
    'down',
    { catalog: 'trousers' },
    (habits, { catalog }) => {
      if (catalog === 'trousers') habits.clickRate = 0.002;
    },
  ],
  [
    'requests that stay away from a segment',
    'requests',
    'down',
    { segment: 'czech-republic' },
    (habits, { segment }) => {
      if (segment === 'czech-republic') habits.requests *= 0.1;
    },
  ],
  [
    'features missing for one place',
    'missing',
    'up',
    { segment: 'poland', catalog: 'skirts' },
    (habits, { segment, catalog }) => {
      if (segment === 'poland' && catalog === 'skirts') habits.missingRate = 0.9;
    },
  ],
])('%s fire within three ticks, with their cause', (_, measure, direction, labels, change) => {
  const { play } = quietShop(2);
  const found = fired(play(3, change)).filter((anomaly) => anomaly.measure === measure);
  expect(found[0]).toMatchObject({ state: 'firing', direction });
  const [cause] = found.at(-1)!.causes;
  expect(cause.labels).toMatchObject(labels);
  expect(found.at(-1)!.explainedShare).toBeGreaterThan(0.6);
});

test('what never happened before fires with its cause, its stage and its reason', () => {
  const { play } = quietShop(7, (habits) => {
    Object.assign(habits, { fallbackRate: 0, missingRate: 0 });
  });
  const found = fired(
    play(3, (habits, { segment }) => {
      if (segment === 'poland') habits.fallbackRate = 0.8;
    }),
  );
  const [cause] = found.filter(({ measure }) => measure === 'fallbacks').at(-1)!.causes;
  expect(cause.labels).toEqual({
    segment: 'poland',
    stage: 'score',
    reason: 'model.unavailable',
  });
});

test('an anomaly ends when the traffic is as before', () => {
  const { play } = quietShop(3);
  play(10, (habits, { segment }) => {
    if (segment === 'poland') habits.slowRate = 0.5;
  });
  const ended = fired(play(60)).filter(({ measure }) => measure === 'slow');
  expect(ended.at(-1)).toMatchObject({ state: 'resolved' });
  expect(ended.at(-1)!.resolvedAtMs).toBeGreaterThan(ended.at(-1)!.firedAtMs!);
});

test('traffic that falls everywhere has everything as its cause', () => {
  const { play } = quietShop(4);
  const found = fired(
    play(4, (habits) => {
      habits.requests *= 0.2;
    }),
  ).filter(({ measure, direction }) => measure === 'requests' && direction === 'down');
  expect(found.at(-1)?.causes.map(({ labels }) => labels)).toEqual([{}]);
});

test('a series from elsewhere fires under the name of its metric', () => {
  const { engine, traffic } = quietShop(5);
  const rng = createRng(6);
  const added = [
    {
      name: 'ring_lag_seconds level',
      labels: {},
      kind: 'level',
      direction: 'up',
      measure: undefined,
    },
  ] as const;
  const tick = (level: number, first = false) => {
    const leaves = traffic.tick();
    const values = Float64Array.of(level + 0.01 * rng.unit());
    const trials = Float64Array.of(Number.NaN);
    const series = { added: first ? added : [], values, trials };
    return engine.tick({ atMs: leaves.atMs, leaves, series });
  };
  tick(0.1, true);
  for (let t = 0; t < 300; t++) tick(0.1);
  const found = fired(Array.from({ length: 6 }, () => tick(5)));
  expect(found[0]).toMatchObject({ measure: 'ring_lag_seconds', direction: 'up', causes: [] });
});

test('what is only suspected is shown with the time since which it is', () => {
  const { quiet } = quietShop(1);
  const suspected = quiet
    .flatMap(({ changed }) => changed)
    .filter(({ state }) => state === 'pending');
  expect(suspected.length).toBeGreaterThan(0);
  const first = Date.UTC(2026, 0, 31);
  for (const { startedAtMs } of suspected) expect(startedAtMs).toBeGreaterThanOrEqual(first);
});
