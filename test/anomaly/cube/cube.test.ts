import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CubeOptions, createCube } from '../../../src/anomaly/cube/cube.ts';
import type { LeafTick } from '../../../src/anomaly/cube/leaf-tick.ts';
import {
  degradedMark,
  fallbackMark,
  plainMark,
  timeMark,
} from '../../../src/anomaly/cube/marks.ts';
import { isMeasure } from '../../../src/anomaly/cube/measures.ts';
import { nameOf, rowsOf, type TestLeaf, tickOf } from './ticks.ts';

const { requests, exposures, clicks, empty, errors, featuresAsked, featuresMissing } = plainMark;
const create = (options: Partial<CubeOptions> = {}) =>
  createCube({ labels: [], nameOf, ...options });
/** Segment 2 or 3, all else alike. */
const leaf = (segment: number, counts: TestLeaf['counts']) => ({ codes: [1, 1, segment], counts });
/** Four ticks of the past, one that is left out, and one of the present, 30 seconds each. */
function world(past: readonly TestLeaf[], present: readonly TestLeaf[]) {
  const cube = create();
  for (let tick = 1; tick <= 4; tick++) cube.add(tickOf(tick * 30_000, past));
  cube.add(tickOf(150_000, []));
  cube.add(tickOf(180_000, present));
  return cube;
}
const when = { onsetMs: 150_000, nowMs: 180_000, baselineMs: 3_600_000 };

test('requests are expected as often as before, for the time that has passed', () => {
  const cube = world(
    [leaf(2, { [requests]: 10 }), leaf(3, { [requests]: 6 })],
    [leaf(2, { [requests]: 3 }), leaf(4, { [requests]: 1 })],
  );
  const found = cube.table({ measure: 'requests', ...when });
  expect(found?.measurement.kind).toBe('count');
  expect(found && rowsOf(found)).toEqual([
    { segment: 'n2', actual: 3, expected: 10, baseline: 40 },
    { segment: 'n3', actual: 0, expected: 6, baseline: 24 },
    { segment: 'n4', actual: 1, expected: 0, baseline: 0 },
  ]);
});

test('requests are expected by the time of day where three days have shown it', () => {
  const cube = create();
  const at = (day: number, hour: number, count: number) =>
    tickOf((24 * day + hour) * 3_600_000, [leaf(2, { [requests]: count })]);
  for (const day of [1, 2, 3]) {
    for (const [hour, count] of [8, 9, 10].entries()) cube.add(at(day, count, 10 * 2 ** hour));
  }
  for (const [hour, count] of [
    [8, 30],
    [9, 60],
    [10, 50],
  ])
    cube.add(at(4, hour, count));
  const question = { onsetMs: 105.5 * 3_600_000, nowMs: 1e12, baselineMs: 7_200_000 };
  const found = cube.table({ measure: 'requests', ...question });
  // From 8 to 10 o'clock requests grow to four times as many.
  expect(found && rowsOf(found)).toEqual([{ actual: 50, expected: 120, baseline: 30 }]);
});

test('stretches of before that are as long as the present are told one by one', () => {
  const quiet = (clicked: number) => [
    leaf(2, { [exposures]: 100, [clicks]: clicked }),
    leaf(3, { [exposures]: 1 }),
  ];
  const found = world(quiet(9), quiet(1)).table({ measure: 'clicks', ...when });
  const measurement = found?.measurement;
  expect(
    measurement?.kind === 'ratio' &&
      measurement.quiet?.map(({ hits, trials }) => [hits[0], trials[0]]),
  ).toEqual(Array.from({ length: 4 }, () => [9, 100]));
});

test('ratios are told as hits among trials, now and before', () => {
  const counts = {
    [requests]: 10,
    [empty]: 1,
    [errors]: 2,
    [exposures]: 100,
    [clicks]: 4,
    [featuresAsked]: 30,
    [featuresMissing]: 5,
  };
  const cube = world([leaf(2, counts), leaf(3, counts)], [leaf(2, counts)]);
  const of = (measure: 'empty' | 'errors' | 'clicks' | 'missing') => {
    const found = cube.table({ measure, ...when });
    return found && rowsOf(found);
  };
  const rows = (hits: number, trials: number) => [
    { segment: 'n2', hits, trials, pastHits: 4 * hits, pastTrials: 4 * trials },
    { segment: 'n3', hits: 0, trials: 0, pastHits: 4 * hits, pastTrials: 4 * trials },
  ];
  expect(of('empty')).toEqual(rows(1, 10));
  expect(of('errors')).toEqual(rows(2, 10));
  expect(of('clicks')).toEqual(rows(4, 100));
  expect(of('missing')).toEqual(rows(5, 30));
});

test('a click that came without an exposure in the window is its own trial', () => {
  const cube = world([leaf(2, { [exposures]: 9 })], [leaf(2, { [clicks]: 2, [exposures]: 1 })]);
  const found = cube.table({ measure: 'clicks', ...when });
  expect(found && rowsOf(found)).toEqual([{ hits: 2, trials: 2, pastHits: 0, pastTrials: 36 }]);
});

test('fallbacks have a row for each leaf, stage and reason, and degradations that changed nothing are none', () => {
  const quiet = { [requests]: 1000 };
  const cube = world(
    [leaf(2, { ...quiet, [fallbackMark(3, 7)]: 10 }), leaf(3, quiet)],
    [
      leaf(2, { ...quiet, [degradedMark(2, 1)]: 5, [degradedMark(4, 7)]: 1 }),
      leaf(3, { ...quiet, [fallbackMark(4, 7)]: 3 }),
    ],
  );
  const found = cube.table({ measure: 'fallbacks', ...when });
  expect(found?.measurement.kind).toBe('ratio');
  const rows = found ? rowsOf(found) : [];
  // The reason is the same everywhere, so it explains nothing, and is told beside the table.
  expect(found?.constants).toEqual({ reason: 'breaker.open' });
  const trials = { trials: 1000, pastTrials: 4000 };
  expect(rows).toEqual([
    { segment: 'n2', stage: 'features', hits: 0, pastHits: 40, ...trials },
    { segment: 'n2', stage: 'score', hits: 0, pastHits: 0, ...trials },
    { segment: 'n3', stage: 'features', hits: 0, pastHits: 0, ...trials },
    { segment: 'n3', stage: 'score', hits: 3, pastHits: 0, ...trials },
  ]);
  const degraded = cube.table({ measure: 'degraded', ...when });
  expect(degraded?.table.labels).toEqual(['segment', 'stage', 'reason']);
  const counted = degraded ? rowsOf(degraded).filter(({ hits }) => Number(hits) > 0) : [];
  expect(counted.map(({ segment, stage, reason, hits }) => [segment, stage, reason, hits])).toEqual(
    [
      ['n2', 'retrieve', 'timeout.stage', 5],
      ['n2', 'score', 'breaker.open', 1],
    ],
  );
});

test('slow requests are those above the bound where most is new, by the stage that took longest', () => {
  const usual = { [timeMark(4, 5)]: 96, [timeMark(4, 7)]: 4 };
  const cube = world(
    [leaf(2, usual), leaf(3, usual)],
    [leaf(2, { [timeMark(4, 5)]: 60, [timeMark(3, 12)]: 40 }), leaf(3, usual)],
  );
  const found = cube.table({ measure: 'slow', ...when });
  const rows = found ? rowsOf(found) : [];
  expect(rows).toEqual([
    { segment: 'n2', hits: 40, trials: 100, pastHits: 0, pastTrials: 400 },
    { segment: 'n3', hits: 0, trials: 100, pastHits: 0, pastTrials: 400 },
  ]);
});

test('labels of one value are left out, and a request outside of experiments has variant none', () => {
  const cube = createCube({ labels: ['country'], nameOf });
  const of = (variant: number, country: number) => ({
    codes: [1, 1, 1, 1, variant, country],
    counts: { [requests]: 1 },
  });
  for (const atMs of [1, 2]) cube.add(tickOf(atMs * 30_000, [of(0, 0), of(7, 9)], { declared: 1 }));
  const found = cube.table({
    measure: 'requests',
    onsetMs: 30_000,
    nowMs: 60_000,
    baselineMs: 60_000,
  });
  expect(found?.table.labels).toEqual(['variant', 'country']);
  expect(found?.table.values).toEqual([
    ['none', 'n7'],
    ['__other__', 'n9'],
  ]);
});

test('the past ends one tick before the change and goes back no further than asked', () => {
  const cube = create();
  for (let tick = 1; tick <= 8; tick++) {
    cube.add(tickOf(tick * 30_000, [leaf(2, { [requests]: 2 ** tick })]));
  }
  const sums = (question: Partial<typeof when>) => {
    const found = cube.table({ measure: 'requests', ...when, nowMs: 240_000, ...question });
    return found && rowsOf(found).map(({ actual, baseline }) => [actual, baseline]);
  };
  // The change began with tick 6; tick 5 stands between.
  expect(sums({ onsetMs: 150_000 })).toEqual([[64 + 128 + 256, 2 + 4 + 8 + 16]]);
  expect(sums({ onsetMs: 150_000, nowMs: 180_000 })).toEqual([[64, 2 + 4 + 8 + 16]]);
  expect(sums({ onsetMs: 150_000, baselineMs: 60_000 })).toEqual([[64 + 128 + 256, 8 + 16]]);
  // A tick belongs to the change when more than half of it does.
  expect(sums({ onsetMs: 136_000 })).toEqual([[64 + 128 + 256, 2 + 4 + 8 + 16]]);
  expect(sums({ onsetMs: 134_000 })).toEqual([[32 + 64 + 128 + 256, 2 + 4 + 8]]);
  // A change that begins now is that of the last tick.
  expect(sums({ onsetMs: 240_000 })).toEqual([[256, 2 + 4 + 8 + 16 + 32 + 64]]);
  // One tick before the change is better than none.
  expect(sums({ onsetMs: 30_000, nowMs: 60_000 })).toEqual([[4, 2]]);
});

test('there is no table without a tick before the change', () => {
  const cube = create();
  expect(cube.table({ measure: 'requests', ...when })).toBeUndefined();
  cube.add(tickOf(30_000, [leaf(2, { [requests]: 1 })]));
  expect(cube.table({ measure: 'requests', ...when })).toBeUndefined();
});

test('ticks that are late, backwards or cannot be counted with are refused and counted', () => {
  const good = tickOf(60_000, [leaf(2, { [requests]: 1 })]);
  const bad: LeafTick[] = [
    good,
    { ...good, atMs: 30_000 },
    { ...good, atMs: Number.NaN },
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((seconds) => ({
      ...good,
      atMs: 90_000,
      seconds,
    })),
    ...[-1, Number.NaN, Number.POSITIVE_INFINITY].map((count) => ({
      ...good,
      atMs: 90_000,
      count: Float64Array.of(count),
    })),
    { ...good, atMs: 90_000, leaf: Uint32Array.of(1) },
    { ...good, atMs: 90_000, mark: Uint16Array.of(65_535) },
    { ...good, atMs: 90_000, mark: new Uint16Array(0) },
    { ...good, atMs: 90_000, count: new Float64Array(2) },
    { ...good, atMs: 90_000, labels: good.labels.slice(1) },
    { ...good, atMs: 90_000, labels: [new Uint16Array(2), ...good.labels.slice(1)] },
  ];
  const cube = create();
  expect(cube.add(good)).toBe(true);
  expect(bad.map((tick) => cube.add(tick))).toEqual(bad.map(() => false));
  expect(cube.refused).toBe(bad.length);
  expect(cube.ticks).toBe(1);
  expect(cube.add({ ...good, atMs: 90_000 })).toBe(true);
});

test('the oldest ticks leave where there are too many ticks or cells', () => {
  const tick = (at: number) => tickOf(at, [leaf(2, { 0: 1, 1: 1 }), leaf(3, { 0: 1 })]);
  const few = create({ maxTicks: 3 });
  const small = create({ maxCells: 7 });
  for (let at = 1; at <= 10; at++) {
    few.add(tick(at));
    small.add(tick(at));
  }
  expect([few.ticks, few.cells]).toEqual([3, 9]);
  expect([small.ticks, small.cells]).toEqual([2, 6]);
  const large = tickOf(11, [
    leaf(2, { 0: 1, 1: 1, 2: 1, 3: 1 }),
    leaf(3, { 0: 1, 1: 1, 2: 1, 3: 1 }),
  ]);
  expect(small.add(large)).toBe(false);
  expect([small.ticks, small.refused]).toEqual([2, 1]);
});

test('leaves that no tick holds any more are forgotten, and what is held stays what it was', () => {
  const cube = create({ maxTicks: 3 });
  for (let at = 1; at <= 40; at++) {
    const explosion = Array.from({ length: 2000 }, (_, own) => ({
      codes: [1, at, own + 1],
      counts: { [requests]: 1 },
    }));
    cube.add(tickOf(at * 30_000, [leaf(9, { [requests]: at }), ...explosion]));
  }
  expect(cube.leaves).toBeLessThan(40_000);
  const question = { onsetMs: 39 * 30_000, nowMs: 40 * 30_000, baselineMs: 3_600_000 };
  const found = cube.table({ measure: 'requests', ...question });
  const rows = found ? rowsOf(found) : [];
  expect(rows.length).toBe(4001);
  expect(rows.find(({ segment, strategy }) => segment === 'n9' && strategy === 'n1')).toMatchObject(
    {
      actual: 40,
      baseline: 38,
    },
  );
});

test('where there are too many leaves for a table the smallest are summed up as others', () => {
  const cube = create({ maxRows: 3 });
  const leaves = [50, 3, 40, 2].map((count, at) => leaf(at + 2, { [requests]: count }));
  for (const atMs of [30_000, 60_000]) cube.add(tickOf(atMs, leaves));
  const found = cube.table({
    measure: 'requests',
    onsetMs: 30_000,
    nowMs: 60_000,
    baselineMs: 60_000,
  });
  expect(found && rowsOf(found)).toMatchObject([
    { segment: 'n2', actual: 50 },
    { segment: 'n4', actual: 40 },
    { segment: '__other__', actual: 5 },
  ]);
});

test('where there are too many kinds of hits the rarest are summed up as others', () => {
  const cube = create({ maxRows: 4 });
  const counts = {
    [requests]: 100,
    [fallbackMark(1, 1)]: 2,
    [fallbackMark(2, 2)]: 30,
    [fallbackMark(3, 3)]: 5,
  };
  for (const atMs of [30_000, 60_000]) cube.add(tickOf(atMs, [leaf(2, counts), leaf(3, counts)]));
  const found = cube.table({
    measure: 'fallbacks',
    onsetMs: 30_000,
    nowMs: 60_000,
    baselineMs: 60_000,
  });
  const rows = found ? rowsOf(found) : [];
  expect(rows.map(({ segment, stage, reason, hits }) => [segment, stage, reason, hits])).toEqual([
    ['n2', 'retrieve', 'timeout.request', 30],
    ['n2', '__other__', '__other__', 7],
    ['n3', 'retrieve', 'timeout.request', 30],
    ['n3', '__other__', '__other__', 7],
  ]);
});

test('whatever is counted when, the rows of a table are the sums of the ticks', () => {
  const testLeaf = fc.record({
    codes: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3)),
    counts: fc.dictionary(
      fc.constantFrom(...[requests, exposures, clicks, fallbackMark(3, 7)].map(String)),
      fc.nat(50),
    ),
  });
  const ticks = fc.array(
    fc.uniqueArray(testLeaf, { selector: ({ codes }) => codes.join(), maxLength: 8 }),
    {
      minLength: 3,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(ticks, fc.nat(7), (all, onset) => {
      const cube = create();
      for (const [at, leaves] of all.entries()) cube.add(tickOf((at + 1) * 30_000, leaves));
      const first = Math.min(Math.max(onset, 2), all.length - 1);
      const question = { onsetMs: first * 30_000, nowMs: 1e9, baselineMs: 1e9 };
      const sum = (from: number, to: number, mark: number, codes: string) =>
        all
          .slice(from, to)
          .flat()
          .filter((one) => [...one.codes].map(nameOf).join() === codes)
          .reduce((total, { counts }) => total + (counts[mark] ?? 0), 0);
      const codesOf = (row: Record<string, string | number>) =>
        ['work', 'strategy', 'segment']
          .map(
            (label) => row[label] ?? only(all.slice(0, first - 1).concat(all.slice(first)), label),
          )
          .join();
      const served = cube.table({ measure: 'requests', ...question });
      const rows = served ? rowsOf(served) : [];
      for (const row of rows) {
        const codes = codesOf(row);
        expect(row.actual).toBe(sum(first, all.length, requests, codes));
        expect(row.baseline).toBe(sum(0, first - 1, requests, codes));
      }
      const total = all
        .slice(first)
        .flat()
        .reduce((n, { counts }) => n + (counts[requests] ?? 0), 0);
      expect(rows.reduce((n, { actual }) => n + Number(actual), 0)).toBe(total);
    }),
    { numRuns: 100 },
  );
});

/** The one value that a label has in the leaves that have any request; a table leaves it out. */
function only(ticks: readonly (readonly TestLeaf[])[], label: string): string {
  const at = ['work', 'strategy', 'segment'].indexOf(label);
  const found = ticks.flat().filter(({ counts }) => (counts[requests] ?? 0) > 0);
  return nameOf(found[0].codes[at]);
}

test('measures are known by their names alone', () => {
  expect(['requests', 'slow', 'toString', 'ring_lag_seconds'].map(isMeasure)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
