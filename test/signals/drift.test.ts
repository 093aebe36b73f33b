import { expect, test } from 'vitest';
import { createRng } from '../../src/math/rng.ts';
import type { DriftOptions } from '../../src/signals/drift/drift-options.ts';
import { type DriftReport, drift } from '../../src/signals/drift.ts';
import type { ItemVectors } from '../../src/signals/known/item-columns.ts';
import type { PastEvents, Signal } from '../../src/signals/signal.ts';
import type { RingEvent } from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';
import { observe } from './observed.ts';

const catalogs = 3;
const itemsEach = 20;
const count = catalogs * itemsEach;
const dimensions = 6;
const codeOf = (item: number) => 1 + Math.floor(item / itemsEach);

/** Unit vectors of items around an axis for each catalogue. */
function vectorsOf(version: string, seed = 1): ItemVectors {
  const rng = createRng(seed);
  const values = new Float32Array(count * dimensions);
  for (let item = 0; item < count; item++) {
    const row = values.subarray(item * dimensions, (item + 1) * dimensions);
    for (let d = 0; d < dimensions; d++) row[d] = rng.unit() - 0.5;
    row[codeOf(item) - 1] += 1;
    const norm = Math.hypot(...row);
    for (let d = 0; d < dimensions; d++) row[d] /= norm;
  }
  return { version, dimensions, count, values, norms: new Float32Array(count).fill(1) };
}

/** Sessions of three clicks on any items of one catalogue. */
function clicksOf(number: number, seed: number): { item: number; session: number }[] {
  const rng = createRng(seed);
  return Array.from({ length: number / 3 }, (_, s) => {
    const catalog = rng.below(catalogs);
    return Array.from({ length: 3 }, () => ({
      item: catalog * itemsEach + rng.below(itemsEach),
      session: s + 1,
    }));
  }).flat();
}

function pastOf(number: number): PastEvents {
  const clicks = clicksOf(number, 7);
  return {
    count: clicks.length,
    session: Float64Array.from(clicks, ({ session }) => session),
    item: Int32Array.from(clicks, ({ item }) => item),
    atMs: new Float64Array(clicks.length),
  };
}

const bounds: DriftOptions = {
  windowSizes: [8, 32],
  components: 4,
  directions: 16,
  permutations: 60,
  minReferenceEvents: 300,
  minCatalogEvents: 50,
  profileEvents: 400,
  stepsPerReport: 1e9,
};

/** A signal over three catalogues `n1` to `n3`. A request's hash is the code of its catalogue. */
function open(options: DriftOptions = {}, past = 1200) {
  const context = {
    items: {
      count,
      catalog: Uint16Array.from({ length: count }, (_, item) => codeOf(item)),
      live: new Uint8Array(count).fill(1),
    },
    vectors: vectorsOf('a') as ItemVectors | undefined,
    requests: {
      ...testContext().requests,
      find: (request: number) => request,
      door: (slot: number) => slot,
    },
  };
  const known = testContext(context);
  // What main tells may be newer at the next call.
  const live = Object.defineProperty({ ...known }, 'vectors', { get: () => context.vectors });
  const signal = drift.create(live, { ...bounds, ...options });
  if (past > 0) signal.recall?.(pastOf(past));
  return { signal, context };
}

const feedback = (item: number, request = 0, more: Partial<RingEvent> = {}) => ({
  kind: 1,
  item,
  request,
  session: 5,
  ...more,
});

const coefficientOf = (report: DriftReport, source: string, target: string) =>
  report.readings.find(
    ({ measure, labels }) =>
      measure === 'drift_coefficient' && labels.source === source && labels.target === target,
  )?.value;

const reading = (report: DriftReport, measure: string) =>
  report.readings.find((found) => found.measure === measure)?.value;

function greatest(signal: Signal<DriftReport>): number {
  return Math.max(...signal.report(0).pairs.map(({ coefficient }) => coefficient));
}

test('traffic like that of the reference stays below the scale of every pair', () => {
  const { signal } = open();
  const first = signal.report(0);
  expect(first.pairs).toHaveLength(9);
  for (const { item, session } of clicksOf(300, 8)) {
    observe(signal, [feedback(item, codeOf(item), { session })]);
    expect(greatest(signal)).toBeLessThan(1);
  }
});

test('two clicks on items of another catalogue reach the scale, one does not', () => {
  const { signal } = open();
  signal.report(0);
  observe(signal, [feedback(25, 1)]);
  expect(coefficientOf(signal.report(0), 'n1', 'n1')).toBeLessThan(1);
  observe(signal, [feedback(26, 1)]);
  const report = signal.report(0);
  expect(coefficientOf(report, 'n1', 'n1')).toBe(1);
  expect(coefficientOf(report, 'n2', 'n2')).toBeLessThan(1);
  expect(
    report.pairs.find(({ source, target }) => source === 'n1' && target === 'n1'),
  ).toMatchObject({
    measure: 'membership',
    clicks: 8,
  });
});

test('with no stray click allowed the first one reaches the scale', () => {
  const { signal } = open({ strays: 0, margin: 1 });
  signal.report(0);
  observe(signal, [feedback(25, 1)]);
  expect(coefficientOf(signal.report(0), 'n1', 'n1')).toBe(1);
});

test('a click that answers no request belongs to the catalogue of its item', () => {
  const { signal } = open();
  signal.report(0);
  observe(signal, [feedback(25), feedback(26), feedback(38), feedback(31)]);
  const report = signal.report(0);
  expect(coefficientOf(report, 'n1', 'n1')).toBeLessThan(1);
  expect(report.pairs.map(({ target }) => target)).toEqual(['n2', 'n2', 'n2']);
});

test('a change inside a catalogue shows in the distance between vectors', () => {
  const { signal } = open();
  signal.report(0);
  observe(signal, new Array(32).fill(feedback(3, 1)));
  expect(signal.report(0).pairs.find(({ source, target }) => source === target)).toMatchObject({
    source: 'n1',
    measure: 'sliced',
    coefficient: 1,
  });
});

test('without vectors there is nothing to say', () => {
  const { signal, context } = open();
  context.vectors = undefined;
  observe(signal, [feedback(3, 1), feedback(-1), feedback(count + 5)]);
  expect(signal.report(0).pairs).toEqual([]);
});

test('scales are found step by step and no pair has a value before', () => {
  const { signal } = open({ stepsPerReport: 2e5 });
  const before = signal.report(0);
  expect(before.pairs).toEqual([]);
  expect(coefficientOf(before, 'n1', 'n1')).toBeNull();
  expect(reading(before, 'known_scales_ratio')).toBe(0);
  const known = [0];
  while (known.at(-1)! < 1 && known.length < 1000)
    known.push(reading(signal.report(0), 'known_scales_ratio')!);
  expect(known.at(-1)).toBe(1);
  expect(known).toEqual(known.toSorted((a, b) => a - b));
  expect(known.some((share) => share > 0 && share < 1)).toBe(true);
  expect(coefficientOf(signal.report(0), 'n1', 'n1')).toBeGreaterThan(0);
});

test('where there is too little past the first clicks become the reference', () => {
  const { signal } = open({}, 0);
  const clicks = clicksOf(600, 9).map(({ item, session }) => feedback(item, 0, { session }));
  observe(signal, clicks.slice(0, 299));
  expect(signal.report(0).pairs).toEqual([]);
  observe(signal, clicks.slice(299));
  expect(signal.report(0).pairs).toHaveLength(9);
});

test('another model begins anew, an item that was trained again does not', () => {
  const { signal, context } = open();
  signal.report(0);
  const values = context.vectors!.values.slice();
  values.set(values.subarray(6, 12), 0);
  context.vectors = { ...context.vectors!, version: 'a2', values };
  expect(signal.report(0).pairs).toEqual([]);
  context.vectors = vectorsOf('b', 2);
  expect(signal.report(0).pairs).toHaveLength(9);
});

test('clicks of long ago are counted and left out', () => {
  const { signal } = open({ maxLateSeconds: 60 });
  signal.report(0);
  const at = { putAtMs: 100_000 };
  observe(signal, [feedback(25, 1, { atMs: 39_999 }), feedback(26, 1, { atMs: 39_999 })], at);
  const report = signal.report(100_000);
  expect(report.pairs).toEqual([]);
  expect(reading(report, 'late_clicks')).toBe(2);
});

test('a fixed scale takes the place of what chance shows', () => {
  const { signal } = open({ fixedScale: 0.9, distances: ['sliced'] });
  for (const { coefficient, distance, scale } of signal.report(0).pairs) {
    expect(scale).toBe(0.9);
    expect(coefficient).toBeCloseTo(Math.min(1, distance / 0.9), 12);
  }
});

test('unions are compared as one domain', () => {
  const { signal } = open({ pairs: [{ source: ['n1', 'n2'], target: ['n3'] }] });
  const [union] = signal.report(0).pairs.filter(({ source }) => source === 'n1+n2');
  expect(union.target).toBe('n3');
  expect(union.coefficient).toBeGreaterThan(0);
  expect(union.coefficient).toBeLessThan(1);
});

test('the Sinkhorn divergence sees cross-wired catalogues too', () => {
  const { signal } = open({
    distances: ['sinkhorn'],
    windowSizes: [8],
    permutations: 10,
    maxPairs: 3,
    sinkhorn: { points: 16 },
  });
  expect(greatest(signal)).toBeLessThan(1);
  observe(
    signal,
    [25, 26, 27, 28, 29, 30].map((item) => feedback(item, 1)),
  );
  expect(coefficientOf(signal.report(0), 'n1', 'n1')).toBe(1);
});

test('catalogues and pairs are bounded', () => {
  const { signal } = open({ maxCatalogs: 2, maxPairs: 3 });
  const { pairs } = signal.report(0);
  expect(pairs).toHaveLength(3);
  expect(new Set(pairs.map(({ target }) => target)).size).toBe(2);
});

test('domains take turns where more have changed than one report compares', () => {
  const { signal } = open({ domainsPerReport: 1 });
  signal.report(0);
  signal.report(0);
  signal.report(0);
  observe(signal, [feedback(3), feedback(23), feedback(43)]);
  const targets = [0, 1, 2, 3].map(() => [
    ...new Set(signal.report(0).pairs.map(({ target }) => target)),
  ]);
  expect(targets).toEqual([['n1'], ['n2'], ['n3'], []]);
});

test('each pair measured becomes a fact', () => {
  const { signal } = open();
  const facts: unknown[] = [];
  const report = signal.report(0);
  drift.tell(report, (name, fact) => facts.push([name, fact]));
  expect(facts).toHaveLength(9);
  const { source, target, coefficient, distance, scale } = report.pairs[0];
  expect(facts[0]).toEqual(['drift.measured', { source, target, coefficient, distance, scale }]);
});
