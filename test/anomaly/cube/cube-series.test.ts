import { expect, test } from 'vitest';
import { type CubeSeriesOptions, createCubeSeries } from '../../../src/anomaly/cube/cube-series.ts';
import type { LeafTick } from '../../../src/anomaly/cube/leaf-tick.ts';
import {
  degradedMark,
  fallbackMark,
  latencyBounds,
  plainMark,
  timeMark,
} from '../../../src/anomaly/cube/marks.ts';
import type { WatchedSeries } from '../../../src/anomaly/watched-series.ts';
import { nameOf, tickOf } from './ticks.ts';

const { requests, exposures, clicks, empty, errors, featuresAsked, featuresMissing } = plainMark;

/** Series by name and labels, as `requests segment=n2`. */
function watch(options: Partial<CubeSeriesOptions> = {}) {
  const series = createCubeSeries({ labels: [], nameOf, ...options });
  const known: WatchedSeries[] = [];
  const read = (tick: LeafTick) => {
    const { added, values, trials } = series.read(tick);
    known.push(...added);
    expect([values.length, trials.length]).toEqual([known.length, known.length]);
    return Object.fromEntries(
      known.map((one, at) => [keyOf(one), [values[at], trials[at]] as const]),
    );
  };
  return { read, known, size: () => series.size };
}

const keyOf = ({ name, labels }: WatchedSeries) =>
  [name, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)].join(' ');

test('each measure is read off all traffic and off each value of each label', () => {
  const { read, known } = watch({ labels: ['country'] });
  const found = read(
    tickOf(
      30_000,
      [
        {
          codes: [1, 2, 3, 4, 0, 7],
          counts: { [requests]: 8, [exposures]: 80, [clicks]: 4, [empty]: 1, [errors]: 2 },
        },
        {
          codes: [1, 5, 3, 4, 6, 0],
          counts: { [requests]: 2, [exposures]: 20, [featuresAsked]: 4, [featuresMissing]: 1 },
        },
      ],
      { declared: 1 },
    ),
  );
  expect(found.requests).toEqual([10, Number.NaN]);
  expect(found['requests strategy=n2']).toEqual([8, Number.NaN]);
  expect(found['requests variant=none']).toEqual([8, Number.NaN]);
  expect(found['requests country=n7']).toEqual([8, Number.NaN]);
  expect(found['requests country=__other__']).toEqual([2, Number.NaN]);
  expect(found.clicks).toEqual([4, 100]);
  expect(found['clicks strategy=n5']).toEqual([0, 20]);
  expect(found['empty segment=n3']).toEqual([1, 10]);
  expect(found['errors variant=n6']).toEqual([0, 2]);
  expect(found.missing).toEqual([1, 4]);
  expect(found['missing strategy=n5']).toEqual([1, 4]);
  expect(found).not.toHaveProperty('missing strategy=n2');
  expect(known.find(({ name }) => name === 'requests')).toEqual({
    name: 'requests',
    labels: {},
    kind: 'count',
    direction: 'both',
    measure: 'requests',
  });
});

test('fallbacks and degradations are read by stage, and by reason once it has occurred', () => {
  const { read } = watch();
  const leaf = (counts: Record<number, number>) => [
    { codes: [], counts: { [requests]: 50, ...counts } },
  ];
  const first = read(tickOf(30_000, leaf({ [fallbackMark(3, 7)]: 2, [degradedMark(4, 1)]: 5 })));
  expect(first.fallbacks).toEqual([2, 50]);
  expect(first.degraded).toEqual([5, 50]);
  expect(first['fallbacks work=n1']).toEqual([2, 50]);
  expect(first['fallbacks stage=features']).toEqual([2, 50]);
  expect(first['fallbacks stage=score']).toEqual([0, 50]);
  expect(first['fallbacks reason=breaker.open']).toEqual([2, 50]);
  expect(first['degraded stage=score']).toEqual([5, 50]);
  expect(first['degraded reason=timeout.stage']).toEqual([5, 50]);
  expect(first).not.toHaveProperty('fallbacks reason=timeout.stage');
  const second = read(tickOf(60_000, leaf({ [fallbackMark(2, 1)]: 1 })));
  expect(second['fallbacks reason=breaker.open']).toEqual([0, 50]);
  expect(second['fallbacks reason=timeout.stage']).toEqual([1, 50]);
});

test('latency quantiles are read off all traffic and four labels, from 20 requests on', () => {
  const { read, known } = watch();
  const found = read(
    tickOf(30_000, [
      { codes: [1, 2], counts: { [requests]: 30, [timeMark(4, 5)]: 15, [timeMark(3, 9)]: 15 } },
      { codes: [1, 3], counts: { [requests]: 19, [timeMark(4, 5)]: 19 } },
    ]),
  );
  expect(found['slow p50 strategy=n2'][0]).toBeCloseTo(latencyBounds[5], 12);
  expect(found['slow p95 strategy=n2'][0]).toBeGreaterThan(latencyBounds[8]);
  expect(found['slow p95 strategy=n2'][0]).toBeLessThan(latencyBounds[9]);
  expect(found['slow p50 strategy=n3']).toEqual([Number.NaN, Number.NaN]);
  expect(found['slow p50'][0]).toBeLessThan(latencyBounds[5]);
  expect(found).not.toHaveProperty('slow p50 variant=n1');
  expect(known.find(({ name }) => name === 'slow p95')).toMatchObject({
    kind: 'level',
    direction: 'up',
    measure: 'slow',
  });
});

test('the share of slow requests is read over twice the time that nine of ten take', () => {
  const { read, known } = watch();
  const leaf = (counts: Record<number, number>) => [{ codes: [1, 2], counts }];
  const usual = { [timeMark(4, 5)]: 190, [timeMark(3, 7)]: 5, [timeMark(3, 20)]: 5 };
  const first = read(tickOf(30_000, leaf({ [requests]: 200, ...usual })));
  expect(first.slow).toEqual([5, 200]);
  const second = read(
    tickOf(60_000, leaf({ [requests]: 10, [timeMark(3, 20)]: 8, [timeMark(4, 5)]: 2 })),
  );
  expect(second['slow strategy=n2']).toEqual([8, 10]);
  expect(known.filter(({ name }) => name === 'slow')).toHaveLength(5);
});

test('the bound of slow requests is not moved by an hour of slow ones', () => {
  const { read } = watch();
  const leaf = (counts: Record<number, number>) => [{ codes: [], counts }];
  for (let t = 1; t <= 500; t++)
    read(tickOf(30_000 * t, leaf({ [requests]: 300, [timeMark(4, 5)]: 300 })));
  for (let t = 501; t <= 620; t++) {
    const found = read(tickOf(30_000 * t, leaf({ [requests]: 300, [timeMark(4, 12)]: 300 })));
    expect(found.slow).toEqual([300, 300]);
  }
});

test('a tick without traffic is a count of 0 and a ratio that is not measured', () => {
  const { read } = watch();
  const counts = { [requests]: 30, [exposures]: 9, [timeMark(1, 5)]: 30 };
  expect(read(tickOf(30_000, []))).toEqual({});
  read(tickOf(60_000, [{ codes: [1, 2], counts }]));
  const quiet = read(tickOf(90_000, []));
  expect(quiet['requests strategy=n2']).toEqual([0, Number.NaN]);
  expect(quiet['clicks strategy=n2']).toEqual([Number.NaN, 0]);
  expect(quiet['slow p50 strategy=n2']).toEqual([Number.NaN, Number.NaN]);
});

test('more clicks than exposures in a tick are their own trials', () => {
  const { read } = watch();
  const of = (counts: Record<number, number>) => [{ codes: [], counts }];
  read(tickOf(30_000, of({ [requests]: 1, [exposures]: 10 })));
  expect(read(tickOf(60_000, of({ [clicks]: 3, [exposures]: 1 }))).clicks).toEqual([3, 3]);
});

test('known series keep their places and new ones come after them', () => {
  const { read, known } = watch();
  const of = (...segments: number[]) =>
    segments.map((segment) => ({ codes: [1, 1, segment], counts: { [requests]: segment } }));
  read(tickOf(30_000, of(2)));
  const before = known.map(keyOf);
  const found = read(tickOf(60_000, of(9, 5, 2)));
  expect(known.map(keyOf).slice(0, before.length)).toEqual(before);
  expect(found.requests).toEqual([16, Number.NaN]);
  expect(found['requests segment=n9']).toEqual([9, Number.NaN]);
  expect(found['requests segment=n5']).toEqual([5, Number.NaN]);
});

test('of too many values and series the biggest come first and the others are not watched', () => {
  const explosion = Array.from({ length: 300 }, (_, at) => ({
    codes: [1, 1, at + 1],
    counts: { [requests]: at + 1 },
  }));
  const { read, known } = watch({ maxValues: 3 });
  const found = read(tickOf(30_000, explosion));
  const segments = known.filter(({ name, labels }) => name === 'requests' && 'segment' in labels);
  expect(segments.map(({ labels }) => labels.segment)).toEqual(['n300', 'n299', 'n298']);
  expect(found.requests).toEqual([45_150, Number.NaN]);
  const few = watch({ maxSeries: 25 });
  few.read(tickOf(30_000, explosion));
  few.read(tickOf(60_000, explosion));
  expect(few.size()).toBe(25);
  expect(few.known[0]).toMatchObject({ name: 'requests', labels: {} });
});

test('counts are scaled to the usual length, and a tick of an odd length tells none', () => {
  const { read } = watch({ tickSeconds: 30 });
  const of = (atMs: number, seconds: number) =>
    read(tickOf(atMs, [{ codes: [], counts: { [requests]: 100, [empty]: 10 } }], { seconds }));
  expect(of(1, 30).requests[0]).toBe(100);
  expect(of(2, 31).requests[0]).toBe(97);
  expect(of(3, 31).empty).toEqual([10, 100]);
  expect(of(4, 300).requests[0]).toBeNaN();
  expect(of(5, 1).requests[0]).toBeNaN();
});

test('a tick that cannot be counted with tells nothing', () => {
  const { read } = watch();
  const good = tickOf(30_000, [{ codes: [], counts: { [requests]: 100 } }]);
  read(good);
  const bad = read({ ...good, count: Float64Array.of(Number.NaN) });
  expect(bad.requests).toEqual([Number.NaN, Number.NaN]);
  expect(read(good).requests[0]).toBe(100);
});
