import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ItemVectors } from '../../src/signals/known/item-columns.ts';
import type { PastEvents, SignalContext } from '../../src/signals/signal.ts';
import { type SlatesOptions, type SlatesReport, slates } from '../../src/signals/slates.ts';
import type { RingEvent } from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';
import { itemsOf } from './items.ts';
import { observe } from './observed.ts';

const items = itemsOf([2, 2, 2, 2]);
/** Items 0 and 1 are alike, 2 is at right angles to them, 3 was never learnt. */
const vectors: ItemVectors = {
  version: 'v',
  dimensions: 2,
  count: 4,
  values: Float32Array.of(1, 0, 1, 0, 0, 1, 0, 0),
  norms: Float32Array.of(2, 1, 3, 0),
};
const create = (
  options?: SlatesOptions,
  context: SignalContext = testContext({ items, vectors }),
) => slates.create(context, options);

/** The events of a slate: its exposures, then the request. */
function slateOf(
  list: readonly number[],
  slate: { request?: number; session?: number; strategy?: number } = {},
): Partial<RingEvent>[] {
  const event = { request: 1, session: 0, strategy: 1, ...slate };
  const shown = list.map((item, position) => ({ ...event, kind: 0, item, position }));
  return [...shown, { ...event, kind: 2 }];
}
const feedbackOn = (...list: number[]) => list.map((item) => ({ kind: 1, item }));
const valuesOf = (signal: ReturnType<typeof create>, nowMs = 0) =>
  signal.report(nowMs).readings.map(({ value }) => value);
const sizeOf = ({ counts }: { counts: readonly number[] }) =>
  counts.reduce((sum, count) => sum + count, 0);

test('each slate is measured by itself, per strategy', () => {
  const signal = create();
  observe(signal, [
    ...slateOf([0, 1], { request: 1 }),
    ...slateOf([0, 2], { request: 2 }),
    ...slateOf([1, 2], { request: 3, strategy: 5 }),
  ]);
  const { rows } = signal.report(0);
  expect(rows.map((row) => [row.strategy, sizeOf(row.diversity), row.diversity.sum])).toEqual([
    ['n1', 2, 0.5],
    ['n5', 1, 0.5],
  ]);
  // Of 4 items without feedback each is worth 2 bits.
  expect(rows.map((row) => [sizeOf(row.novelty), row.novelty.sum])).toEqual([
    [2, 4],
    [1, 2],
  ]);
});

test('the readings are recent means with their samples and window', () => {
  const signal = create({ halfLifeSeconds: 10 });
  observe(signal, slateOf([0, 2], { session: 7, request: 1 }));
  observe(signal, slateOf([0, 1], { session: 7, request: 2 }));
  const about = { labels: { strategy: 'n1' }, windowSeconds: 10 / Math.LN2 };
  expect(signal.report(0).readings).toEqual([
    { measure: 'slate_diversity_ratio', value: 0.25, samples: 2, ...about },
    { measure: 'slate_novelty_bits', value: 2, samples: 2, ...about },
    { measure: 'slate_repetition_ratio', value: 0.5, samples: 1, ...about },
  ]);
});

test('older slates count less in the readings, and nothing is said when all are long gone', () => {
  const signal = create({ halfLifeSeconds: 10 });
  observe(signal, slateOf([0, 1]));
  expect(valuesOf(signal, 5000)).toEqual([0, 2, null]);
  signal.report(15_000);
  observe(signal, slateOf([0, 2]));
  const [diversity] = valuesOf(signal, 15_000);
  expect(diversity).toBeCloseTo(0.5 / 1.5, 12);
  expect(valuesOf(signal, 75_000)).toEqual([null, null, null]);
});

test('a strategy is told only where it served since the last report', () => {
  const signal = create();
  observe(signal, slateOf([0, 1]));
  expect(signal.report(0).rows.length).toBe(1);
  expect(signal.report(1000).rows).toEqual([]);
});

test('a slate goes on over the end of a batch', () => {
  const signal = create();
  const events = slateOf([0, 1, 2]);
  observe(signal, events.slice(0, 1));
  observe(signal, events.slice(1));
  const [row] = signal.report(0).rows;
  expect(sizeOf(row.novelty)).toBe(1);
  expect(row.diversity.sum).toBeCloseTo((0 + 0.5 + 0.5) / 3, 12);
});

test('a slate whose request event was lost ends where the next one begins', () => {
  const signal = create();
  observe(signal, slateOf([0, 1], { request: 1 }).slice(0, 2));
  expect(signal.report(0).rows).toEqual([]);
  observe(signal, slateOf([0, 2], { request: 2 }));
  const [row] = signal.report(0).rows;
  expect([sizeOf(row.diversity), row.diversity.sum]).toEqual([2, 0.5]);
});

test('an empty slate and items that are not known are no slate', () => {
  const signal = create();
  observe(signal, [...slateOf([]), ...slateOf([-1])]);
  expect(signal.report(0)).toEqual({ rows: [], readings: [] });
});

test('before a model is loaded there is novelty but no diversity', () => {
  const signal = create(undefined, testContext({ items }));
  observe(signal, slateOf([0, 1]));
  expect(valuesOf(signal)).toEqual([null, 2, null]);
});

test('feedback, that of before the start included, makes items less novel', () => {
  const signal = create({ halfLifeEvents: 1e12 });
  const past: PastEvents = {
    count: 3,
    session: new Float64Array(3),
    item: Int32Array.of(0, 0, -1),
    atMs: new Float64Array(3),
  };
  signal.recall?.(past);
  observe(signal, [...feedbackOn(0, 1, -1), ...slateOf([0, 1])]);
  // Of 4 events and 4 items: (3 + 1) / 8 and (1 + 1) / 8.
  expect(valuesOf(signal)[1]).toBeCloseTo(1.5, 9);
});

test('repetition compares the slates of one session only', () => {
  const signal = create();
  observe(signal, [
    ...slateOf([0, 1], { session: 7, request: 1 }),
    ...slateOf([2, 3], { session: 8, request: 2 }),
    ...slateOf([0, 1], { session: 0, request: 3 }),
    ...slateOf([0, 1], { session: 0, request: 4 }),
    ...slateOf([1, 2], { session: 7, request: 5 }),
  ]);
  const { rows, readings } = signal.report(0);
  expect(readings[2]).toMatchObject({ value: 0.5, samples: 1 });
  expect(rows[0].repetition).toBe(0.5);
});

test('only the first items of a long slate are looked at', () => {
  const signal = create({ maxPlaces: 2 });
  observe(signal, slateOf([0, 1, 2, 2, 2]));
  expect(valuesOf(signal)[0]).toBe(0);
});

test('strategies beyond the bound share the name of the others', () => {
  const signal = create({ maxStrategies: 1 });
  for (const strategy of [4, 5, 6])
    observe(signal, slateOf([0, 1], { strategy, request: strategy }));
  const rows = signal.report(0).rows.map((row) => [row.strategy, sizeOf(row.diversity)]);
  expect(rows).toEqual([
    ['n0', 2],
    ['n4', 1],
  ]);
});

/** One step of a random history. */
interface Step {
  readonly session: number;
  readonly shown: readonly number[];
  readonly chosen: readonly number[];
}

test('whatever happens, the sums equal a recomputation from the whole history', () => {
  const item = fc.nat(3);
  const step: fc.Arbitrary<Step> = fc.record({
    session: fc.integer({ min: 1, max: 3 }),
    shown: fc.array(item, { minLength: 1, maxLength: 5 }),
    chosen: fc.array(item, { maxLength: 3 }),
  });
  const property = fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
    const signal = create({ halfLifeEvents: 1e12 });
    steps.forEach(({ session, shown, chosen }, s) => {
      observe(signal, [...slateOf(shown, { session, request: s + 1 }), ...feedbackOn(...chosen)]);
    });
    const { rows, readings } = signal.report(0);
    expect(rows[0].novelty.sum).toBeCloseTo(noveltySum(steps), 6);
    const shares = repetitions(steps);
    expect(readings[2].samples).toBe(shares.length);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    if (shares.length > 0) expect(readings[2].value).toBeCloseTo(mean, 9);
  });
  fc.assert(property, { numRuns: 50 });
});

function noveltySum(steps: readonly Step[]): number {
  return steps
    .map(({ shown }, s) => {
      const chosen = steps.slice(0, s).flatMap((step) => step.chosen);
      const bits = shown.map((item) => {
        const times = chosen.filter((one) => one === item).length;
        return -Math.log2((times + 1) / (chosen.length + 4));
      });
      return bits.reduce((sum, value) => sum + value, 0) / bits.length;
    })
    .reduce((sum, value) => sum + value, 0);
}

function repetitions(steps: readonly Step[]): number[] {
  return steps.flatMap(({ session, shown }, s) => {
    const before = steps.slice(0, s).findLast((step) => step.session === session);
    if (before === undefined) return [];
    return [shown.filter((item) => before.shown.includes(item)).length / shown.length];
  });
}

test('what a report holds is told as facts', () => {
  const facts: unknown[] = [];
  const values = { counts: [1, 0], sum: 0.2 };
  const row = { strategy: 'blend', diversity: values, novelty: values, repetition: 0.25 };
  const found: SlatesReport = { rows: [row], readings: [] };
  slates.tell(found, (name, fact) => facts.push([name, fact]));
  expect(facts).toEqual([['slates.measured', row]]);
});
