import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ExposuresOptions,
  type ExposuresReport,
  exposures,
} from '../../src/signals/exposures.ts';
import type { ItemVectors } from '../../src/signals/known/item-columns.ts';
import type { SignalContext } from '../../src/signals/signal.ts';
import { testContext } from './context.ts';
import { itemsOf } from './items.ts';
import { observe } from './observed.ts';

/** Items 0 to 3 are of catalogue 2, items 4 and 5 of catalogue 4. */
const items = itemsOf([2, 2, 2, 2, 4, 4]);
const create = (options: ExposuresOptions = {}, context: SignalContext = testContext({ items })) =>
  exposures.create(context, { windowSeconds: 60, panes: 6, everySeconds: 0, ...options });
const shown = (...list: number[]) => list.map((item) => ({ item, catalog: 9 }));
const vectorsOf = (...norms: number[]): ItemVectors => ({
  version: 'v',
  dimensions: 1,
  count: norms.length,
  values: Float32Array.from(norms, Math.sign),
  norms: Float32Array.from(norms),
});

/** Half the relative mean absolute difference, over all pairs. */
function slowGini(counts: readonly number[]): number {
  const sum = counts.reduce((a, b) => a + b, 0);
  const apart = counts.flatMap((a) => counts.map((b) => Math.abs(a - b)));
  return apart.reduce((a, b) => a + b, 0) / (2 * counts.length * sum);
}

test('the Gini coefficient is over all live items of the catalogue of the items', () => {
  const signal = create();
  observe(signal, shown(0, 0, 0, 1, 4, 5));
  // Counts 3 1 0 0 and 1 1.
  expect(signal.report(0).rows).toMatchObject([
    { catalog: 'n2', gini: 0.625, exposures: 4 },
    { catalog: 'n4', gini: 0, exposures: 2 },
  ]);
});

test('the readings say of how many exposures and what window they are', () => {
  const signal = create();
  observe(signal, shown(0, 0, 0, 1));
  const about = { labels: { catalog: 'n2' }, samples: 4, windowSeconds: 60 };
  expect(signal.report(0).readings).toEqual([
    { measure: 'catalog_gini_ratio', value: 0.625, ...about },
    { measure: 'cold_exposure_ratio', value: 1, ...about },
  ]);
});

test('items without a row or with a zero vector are cold, as they were when they were shown', () => {
  const context = { ...testContext(), items, vectors: vectorsOf(1, 0, 2) };
  const signal = create({}, context);
  observe(signal, shown(0, 1, 2, 3));
  expect(signal.report(0).rows[0].coldShare).toBe(0.5);
  context.vectors = vectorsOf(1, 1, 1, 1);
  expect(signal.report(0).rows[0].coldShare).toBe(0.5);
  observe(signal, shown(0, 1, 2, 3));
  expect(signal.report(0).rows[0].coldShare).toBe(0.25);
});

test('without any vectors every exposure is cold', () => {
  const signal = create();
  observe(signal, shown(4));
  expect(signal.report(0).rows).toMatchObject([{ catalog: 'n4', coldShare: 1 }]);
});

test('only exposures of known live items count', () => {
  const signal = create({}, testContext({ items: itemsOf([2, 2, 2], [2]) }));
  observe(signal, [
    { kind: 1, item: 0 },
    { kind: 2, item: -1 },
    { kind: 0, item: -1 },
    { kind: 0, item: 3 },
    { kind: 0, item: 2 },
  ]);
  expect(signal.report(0)).toEqual({ rows: [], skipped: 0, readings: [] });
  observe(signal, shown(2, 1));
  expect(signal.report(0).rows).toMatchObject([{ gini: 0.5, exposures: 1 }]);
});

test('a catalogue whose shown items were all hidden since has nothing to say', () => {
  const context = { ...testContext(), items: itemsOf([2, 2, 4]) };
  const signal = create({}, context);
  observe(signal, shown(0, 2));
  context.items = itemsOf([2, 2, 4], [0]);
  expect(signal.report(0).rows.map((row) => row.catalog)).toEqual(['n4']);
});

test('whatever is shown when, both measures are those of the last panes', () => {
  const exposure = fc.record({
    afterMs: fc.integer({ min: 0, max: 25_000 }),
    item: fc.integer({ min: 0, max: 5 }),
  });
  const vectors = vectorsOf(1, 0, 1, 0, 1, 0);
  const isCold = (item: number) => item % 2 === 1;
  const property = fc.property(fc.array(exposure, { maxLength: 40 }), (list) => {
    const signal = create({}, testContext({ items, vectors }));
    let nowMs = 0;
    const history: { pane: number; item: number }[] = [];
    for (const { afterMs, item } of list) {
      nowMs += afterMs;
      observe(signal, shown(item), { putAtMs: nowMs });
      const pane = Math.floor(nowMs / 10_000);
      history.push({ pane, item });
      const inWindow = history.filter((seen) => seen.pane > pane - 6).map((seen) => seen.item);
      const expected = [
        { catalog: 'n2', members: [0, 1, 2, 3] },
        { catalog: 'n4', members: [4, 5] },
      ].flatMap(({ catalog, members }) => {
        const own = inWindow.filter((seen) => members.includes(seen));
        if (own.length === 0) return [];
        const counts = members.map((member) => own.filter((seen) => seen === member).length);
        const coldShare = own.filter(isCold).length / own.length;
        const gini = expect.closeTo(slowGini(counts), 12);
        return [{ catalog, gini, coldShare, exposures: own.length }];
      });
      expect(signal.report(nowMs).rows).toEqual(expected);
    }
  });
  fc.assert(property, { numRuns: 20 });
});

test('a measurement stands for its time and is repeated in between', () => {
  const signal = create({ everySeconds: 10 });
  expect(signal.report(0).rows).toEqual([]);
  observe(signal, shown(0), { putAtMs: 1000 });
  expect(signal.report(1000).rows).toMatchObject([{ exposures: 1 }]);
  observe(signal, shown(1), { putAtMs: 2000 });
  expect(signal.report(10_999).rows).toMatchObject([{ exposures: 1 }]);
  expect(signal.report(11_000).rows).toMatchObject([{ exposures: 2 }]);
});

test('memory is bounded and what did not fit is counted', () => {
  const many = itemsOf(new Array<number>(3000).fill(2));
  const signal = create({ panes: 2, maxBytes: 2 * 4 * 2000 }, testContext({ items: many }));
  observe(signal, shown(1, 1999, 2000));
  const { rows, skipped } = signal.report(0);
  expect(rows).toMatchObject([{ gini: 1 - 2 / 3000 }]);
  expect(skipped).toBe(1);
  expect(signal.report(0).skipped).toBe(0);
});

test('catalogues beyond the bound share the name of the others', () => {
  const signal = create({ maxCatalogs: 1 }, testContext({ items: itemsOf([5, 6, 7]) }));
  observe(signal, shown(0, 1, 1, 1, 2));
  expect(signal.report(0).rows).toMatchObject([
    { catalog: 'n0', gini: 0.25, exposures: 4 },
    { catalog: 'n5', gini: 0, exposures: 1 },
  ]);
});

test('what a report holds is told as facts', () => {
  const facts: unknown[] = [];
  const found: ExposuresReport = {
    rows: [{ catalog: 'shoes', gini: 0.4, coldShare: 0.1, exposures: 70 }],
    skipped: 5,
    readings: [],
  };
  exposures.tell(found, (name, fact) => facts.push([name, fact]));
  expect(facts).toEqual([
    ['events.dropped', { reason: 'signal_memory', events: 5 }],
    ['exposures.measured', { catalog: 'shoes', gini: 0.4, coldShare: 0.1 }],
  ]);
});
