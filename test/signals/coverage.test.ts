import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CoverageOptions, createCoverage } from '../../src/signals/coverage.ts';
import { observe } from './observed.ts';

const context = { nameOf: (code: number) => `n${code}` };
const create = (options: CoverageOptions = {}) =>
  createCoverage(context, { windowSeconds: 60, panes: 6, ...options });
const shown = (...items: number[]) => items.map((item) => ({ item, strategy: 1, catalog: 2 }));
const exposed = (signal: ReturnType<typeof create>, nowMs: number) =>
  signal.report(nowMs).rows.map((row) => row.exposed);

test('distinct items are counted per strategy and catalogue', () => {
  const coverage = create();
  observe(coverage, [...shown(5, 6, 5), { item: 5, strategy: 3, catalog: 2 }]);
  expect(coverage.report(0)).toEqual({
    rows: [
      { strategy: 'n1', catalog: 'n2', exposed: 2 },
      { strategy: 'n3', catalog: 'n2', exposed: 1 },
    ],
    skipped: 0,
  });
});

test('only exposures of known items count', () => {
  const coverage = create();
  observe(coverage, [
    { kind: 1, item: 4 },
    { kind: 2, item: -1 },
    { kind: 0, item: -1 },
  ]);
  expect(coverage.report(0).rows).toEqual([]);
});

test('an item leaves when the window has moved past its last exposure', () => {
  const coverage = create();
  observe(coverage, shown(1, 2), { putAtMs: 5_000 });
  observe(coverage, shown(2), { putAtMs: 35_000 });
  expect(exposed(coverage, 59_999)).toEqual([2]);
  expect(exposed(coverage, 60_000)).toEqual([1]);
  expect(exposed(coverage, 89_999)).toEqual([1]);
  expect(exposed(coverage, 90_000)).toEqual([0]);
});

test('a long silence empties the window', () => {
  const coverage = create();
  observe(coverage, shown(1, 2, 3), { putAtMs: 5_000 });
  expect(exposed(coverage, 9_000_000)).toEqual([0]);
  observe(coverage, shown(3), { putAtMs: 9_000_001 });
  expect(exposed(coverage, 9_000_002)).toEqual([1]);
});

test('whatever is shown when, the count is that of the last panes', () => {
  const exposure = fc.record({
    afterMs: fc.integer({ min: 0, max: 25_000 }),
    item: fc.integer({ min: 0, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(exposure, { maxLength: 40 }), (exposures) => {
      const coverage = create();
      let nowMs = 0;
      const history: { pane: number; item: number }[] = [];
      for (const { afterMs, item } of exposures) {
        nowMs += afterMs;
        observe(coverage, shown(item), { putAtMs: nowMs });
        const pane = Math.floor(nowMs / 10_000);
        history.push({ pane, item });
        const inWindow = history.filter((seen) => seen.pane > pane - 6);
        expect(exposed(coverage, nowMs)).toEqual([new Set(inWindow.map((seen) => seen.item)).size]);
      }
    }),
    { numRuns: 50 },
  );
});

test('memory and pairs are bounded and what did not fit is reported', () => {
  const coverage = create({ maxBytes: 2048, maxPairs: 2 });
  observe(coverage, [...shown(1), { item: 5000, strategy: 1, catalog: 2 }]);
  observe(coverage, [
    { item: 1, strategy: 2, catalog: 2 },
    { item: 1, strategy: 3, catalog: 2 },
  ]);
  expect(coverage.report(0)).toEqual({
    rows: [
      { strategy: 'n1', catalog: 'n2', exposed: 1 },
      { strategy: 'n2', catalog: 'n2', exposed: 1 },
    ],
    skipped: 2,
  });
  expect(coverage.report(0).skipped).toBe(0);
});
