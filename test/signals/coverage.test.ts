import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CoverageOptions, type CoverageReport, coverage } from '../../src/signals/coverage.ts';
import type { SignalContext } from '../../src/signals/signal.ts';
import { testContext } from './context.ts';
import { itemsOf } from './items.ts';
import { observe } from './observed.ts';

/** Items 0 to 39, all of catalogue 2, but for 30 to 39, which are of catalogue 4. */
const items = itemsOf(Array.from({ length: 40 }, (_, item) => (item < 30 ? 2 : 4)));
const create = (options: CoverageOptions = {}, context: SignalContext = testContext({ items })) =>
  coverage.create(context, { windowSeconds: 60, panes: 6, ...options });
const shown = (...list: number[]) => list.map((item) => ({ item, strategy: 1, catalog: 9 }));
const exposed = (signal: ReturnType<typeof create>, nowMs: number) =>
  signal.report(nowMs).rows.map((row) => row.exposed);

test('different items are counted per strategy and their own catalogue', () => {
  const signal = create();
  observe(signal, [...shown(5, 6, 5, 31), { item: 5, strategy: 3, catalog: 9 }]);
  const { rows, skipped } = signal.report(0);
  expect(skipped).toBe(0);
  expect(rows).toEqual([
    { strategy: 'n1', catalog: 'n2', exposed: 2, items: 30 },
    { strategy: 'n1', catalog: 'n4', exposed: 1, items: 10 },
    { strategy: 'n3', catalog: 'n2', exposed: 1, items: 30 },
  ]);
});

test('the readings are the different items and their share of the live ones', () => {
  const signal = create();
  observe(signal, shown(31, 32, 33));
  const about = { labels: { strategy: 'n1', catalog: 'n4' }, samples: 3, windowSeconds: 60 };
  expect(signal.report(0).readings).toEqual([
    { measure: 'coverage_exposed_items', value: 3, ...about },
    { measure: 'coverage_ratio', value: 0.3, ...about },
    { measure: 'coverage_unknown_exposures', labels: {}, value: 0, samples: 0 },
  ]);
});

test('only exposures count, and those of items that are not known yet are counted apart', () => {
  const signal = create();
  observe(signal, [
    { kind: 1, item: 4 },
    { kind: 2, item: -1 },
    { kind: 0, item: -1 },
    { kind: 0, item: 40 },
  ]);
  const unknown = { measure: 'coverage_unknown_exposures', labels: {} };
  expect(signal.report(0)).toEqual({
    rows: [],
    skipped: 0,
    readings: [{ ...unknown, value: 1, samples: 1 }],
  });
  expect(signal.report(0).readings).toEqual([{ ...unknown, value: 0, samples: 0 }]);
});

test('items that are hidden or move to another catalogue take their exposures along', () => {
  const context = { ...testContext(), items: itemsOf([2, 2, 4, 4]) };
  const signal = create({}, context);
  observe(signal, shown(0, 1, 2));
  expect(signal.report(0).rows).toMatchObject([
    { catalog: 'n2', exposed: 2, items: 2 },
    { catalog: 'n4', exposed: 1, items: 2 },
  ]);
  context.items = itemsOf([2, 4, 4, 4], [0, 3]);
  const moved = signal.report(0);
  expect(moved.rows).toMatchObject([
    { catalog: 'n2', exposed: 0, items: 0 },
    { catalog: 'n4', exposed: 2, items: 2 },
  ]);
  expect(moved.readings[1]).toMatchObject({ measure: 'coverage_ratio', value: null });
});

test('an item leaves when the window has moved past its last exposure', () => {
  const signal = create();
  observe(signal, shown(1, 2), { putAtMs: 5_000 });
  observe(signal, shown(2), { putAtMs: 35_000 });
  expect(exposed(signal, 59_999)).toEqual([2]);
  expect(exposed(signal, 60_000)).toEqual([1]);
  expect(exposed(signal, 89_999)).toEqual([1]);
  expect(exposed(signal, 90_000)).toEqual([0]);
});

test('a long silence empties the window', () => {
  const signal = create();
  observe(signal, shown(1, 2, 3), { putAtMs: 5_000 });
  expect(exposed(signal, 6_000)).toEqual([3]);
  expect(exposed(signal, 9_000_000)).toEqual([0]);
  observe(signal, shown(3), { putAtMs: 9_000_001 });
  expect(exposed(signal, 9_000_002)).toEqual([1]);
});

test('whatever is shown when, the counts are those of the last panes', () => {
  const exposure = fc.record({
    afterMs: fc.integer({ min: 0, max: 25_000 }),
    item: fc.integer({ min: 0, max: 39 }),
  });
  fc.assert(
    fc.property(fc.array(exposure, { maxLength: 40 }), (exposures) => {
      const signal = create();
      let nowMs = 0;
      const history: { pane: number; item: number }[] = [];
      for (const { afterMs, item } of exposures) {
        nowMs += afterMs;
        observe(signal, shown(item), { putAtMs: nowMs });
        const pane = Math.floor(nowMs / 10_000);
        history.push({ pane, item });
        const inWindow = history.filter((seen) => seen.pane > pane - 6).map((seen) => seen.item);
        const found = Object.fromEntries(
          signal.report(nowMs).rows.map((row) => [row.catalog, row.exposed]),
        );
        const different = [...new Set(inWindow)];
        expect(found.n2 ?? 0).toBe(different.filter((seen) => seen < 30).length);
        expect(found.n4 ?? 0).toBe(different.filter((seen) => seen >= 30).length);
      }
    }),
    { numRuns: 50 },
  );
});

test('memory is bounded and what did not fit is counted', () => {
  const many = itemsOf(new Array<number>(6000).fill(2));
  const signal = create({ maxBytes: 2048 }, testContext({ items: many }));
  observe(signal, shown(1, 5000));
  observe(
    signal,
    [2, 3].map((strategy) => ({ item: 1, strategy })),
  );
  const { rows, skipped } = signal.report(0);
  expect(rows.map(({ strategy, exposed }) => [strategy, exposed])).toEqual([
    ['n1', 1],
    ['n2', 1],
  ]);
  expect(skipped).toBe(2);
  expect(signal.report(0).skipped).toBe(0);
});

test('strategies and catalogues beyond the bounds share the name of the others', () => {
  const known = itemsOf([5, 6, 7, 7]);
  const signal = create({ maxStrategies: 1, maxCatalogs: 1 }, testContext({ items: known }));
  observe(signal, shown(0));
  observe(
    signal,
    [2, 3].flatMap((strategy) => [1, 2].map((item) => ({ item, strategy }))),
  );
  expect(signal.report(0).rows).toEqual([
    { strategy: 'n1', catalog: 'n5', exposed: 1, items: 1 },
    { strategy: 'n0', catalog: 'n0', exposed: 2, items: 3 },
  ]);
});

test('what a report holds is told as facts, but not of catalogues without live items', () => {
  const facts: unknown[] = [];
  const row = { strategy: 'blend', catalog: 'shoes', exposed: 3, items: 12 };
  const found: CoverageReport = {
    rows: [row, { ...row, catalog: 'hats', exposed: 0, items: 0 }],
    skipped: 5,
    readings: [],
  };
  coverage.tell(found, (name, fact) => facts.push([name, fact]));
  expect(facts).toEqual([
    ['events.dropped', { reason: 'signal_memory', events: 5 }],
    ['coverage.measured', row],
  ]);
});
