import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../../../src/math/rng.ts';
import { createSampleProfile } from '../../../src/math/sample-profile.ts';
import { wasserstein1 } from '../../../src/math/wasserstein.ts';
import { ClickHistory } from '../../../src/signals/drift/click-history.ts';
import { planDomains } from '../../../src/signals/drift/domain-plan.ts';
import { isSameSpace } from '../../../src/signals/drift/embedding-space.ts';
import { createItemRows } from '../../../src/signals/drift/item-rows.ts';
import { drawScales, NullScales } from '../../../src/signals/drift/null-scales.ts';
import { RecentItems } from '../../../src/signals/drift/recent-items.ts';
import { blocksOf, drawWindow } from '../../../src/signals/drift/session-blocks.ts';
import type { WindowDistance } from '../../../src/signals/drift/window-distance.ts';

const sample = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 1,
  maxLength: 40,
});

test('a profile gives the exact distance of any window', () => {
  fc.assert(
    fc.property(sample, sample, (reference, window) => {
      const profile = createSampleProfile(Float64Array.from(reference));
      const distance = profile.distanceTo(Float64Array.from(window).sort());
      expect(distance).toBeCloseTo(wasserstein1(reference, window), 9);
    }),
  );
});

test('a profile handles equal values and windows outside of its range', () => {
  const profile = createSampleProfile(Float64Array.of(2, 1, 1));
  expect(profile.mean).toBeCloseTo(4 / 3, 12);
  expect(profile.distanceTo(Float64Array.of(1, 1, 2))).toBe(0);
  expect(profile.distanceTo(Float64Array.of(5))).toBeCloseTo(11 / 3, 12);
  expect(profile.distanceTo(Float64Array.of(-5))).toBeCloseTo(19 / 3, 12);
});

test('a profile handles values that differ by next to nothing', () => {
  const profile = createSampleProfile(Float64Array.of(0, 0, Number.MIN_VALUE));
  expect(profile.distanceTo(Float64Array.of(Number.MIN_VALUE))).toBeCloseTo(0, 12);
  expect(profile.distanceTo(Float64Array.of(3))).toBeCloseTo(3, 12);
});

test('a history keeps the last clicks of the items that are wanted', () => {
  const history = new ClickHistory(3);
  for (const item of [4, 5, 6, 7]) history.add(item, item * 10, item % 2);
  expect(history.count).toBe(3);
  expect(history.take((item) => item !== 6)).toEqual({
    count: 2,
    item: Int32Array.of(5, 7),
    session: Float64Array.of(50, 70),
    catalog: Uint16Array.of(1, 1),
  });
});

test('recent items are those pushed last, in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9), { maxLength: 30 }),
      fc.integer({ min: 1, max: 8 }),
      (items, n) => {
        const recent = new RecentItems(n);
        for (const item of items) recent.push(item);
        expect(recent.count).toBe(Math.min(n, items.length));
        expect([...recent.last(recent.count, new Int32Array(n))]).toEqual(items.slice(-n));
      },
    ),
  );
});

test('blocks hold the clicks of each session in their order, clicks of nobody alone', () => {
  const blocks = blocksOf(Int32Array.of(7, 8, 9, 5, 6), Float64Array.of(1, 0, 1, 2, 0));
  expect(blocks).toEqual({
    items: Int32Array.of(7, 9, 8, 5, 6),
    offsets: Uint32Array.of(0, 2, 3, 4, 5),
  });
});

test('a drawn window is made of whole sessions but for its first and last', () => {
  // Items of session s are 10 s, 10 s + 1, 10 s + 2.
  const item = Int32Array.from({ length: 30 }, (_, i) => Math.floor(i / 3) * 10 + (i % 3));
  const blocks = blocksOf(
    item,
    Float64Array.from(item, (id) => 1 + Math.floor(id / 10)),
  );
  const rng = createRng(3);
  const window = new Int32Array(8);
  for (let draw = 0; draw < 100; draw++) {
    drawWindow(blocks, rng, window);
    for (let i = 1; i < window.length; i++) {
      const goesOn = window[i] === window[i - 1] + 1;
      const begins = window[i] % 10 === 0 && window[i - 1] % 10 === 2;
      expect(goesOn || begins).toBe(true);
    }
  }
});

test('each catalogue is watched against itself first, then against the others, up to the limit', () => {
  const plan = (maxPairs: number) => {
    const { domains, pairs } = planDomains({
      catalogs: [3, 5, 4],
      nameOf: (code) => `c${code}`,
      named: [
        { source: ['c3', 'c5'], target: ['c4'] },
        { source: ['c3'], target: ['gone'] },
      ],
      maxPairs,
    });
    return pairs.map(({ source, target }) => `${domains[source].name}>${domains[target].name}`);
  };
  expect(plan(6)).toEqual(['c3+c5>c4', 'c3>c3', 'c5>c5', 'c4>c4', 'c3>c5', 'c3>c4']);
  expect(plan(100)).toHaveLength(10);
});

test('a union takes the clicks of all of its catalogues', () => {
  const { domainsOf } = planDomains({
    catalogs: [3, 5],
    nameOf: (code) => `c${code}`,
    named: [{ source: ['c3', 'c5'], target: ['c5'] }],
    maxPairs: 4,
  });
  expect(domainsOf).toEqual(
    new Map([
      [3, [0, 2]],
      [5, [0, 1]],
    ]),
  );
});

test('rows of items are worked out once, and again after the store was full', () => {
  const rows = createItemRows({ width: 2, maxRows: 3, fill: (item, row) => row.fill(item) });
  const copied = (item: number) => {
    const out = new Float64Array(3);
    rows.copy(item, out, 1);
    return [...out];
  };
  for (const item of [7, 8, 7, 9]) expect(copied(item)).toEqual([0, item, item]);
  expect(rows.filled).toBe(3);
  expect(copied(4)).toEqual([0, 4, 4]);
  expect(copied(7)).toEqual([0, 7, 7]);
  expect(rows.filled).toBe(5);
});

test('a scale is the greatest distance drawn times the margin, and no less than the least scale', () => {
  const largest: WindowDistance = {
    name: 'sliced',
    judges: () => true,
    measure: (items, _sources, out) => {
      out[0] = Math.max(...items);
      return 7;
    },
    leastScale: (_source, size) => (size === 1 ? 1000 : 0),
    forgetItems: () => {},
  };
  const scales = new NullScales([largest], [{ source: 0, target: 0 }], [1, 2]);
  const steps = [
    ...drawScales(scales, {
      distances: [largest],
      pairs: [{ source: 0, target: 0 }],
      windowSizes: [1, 2],
      blocks: [blocksOf(Int32Array.of(4, 5, 6), new Float64Array(3))],
      permutations: 50,
      margin: 1.5,
      rng: createRng(1),
    }),
  ];
  expect([scales.get(0, 0, 0), scales.get(0, 0, 1)]).toEqual([1000, 9]);
  expect([scales.known, scales.wanted]).toEqual([2, 2]);
  expect(steps).toEqual(new Array(100).fill(7));
});

test('vectors lie in one space while nearly all of them are the same', () => {
  const vectors = (values: readonly number[]) => ({
    version: 'v',
    dimensions: 1,
    count: values.length,
    values: Float32Array.from(values),
    norms: new Float32Array(values.length).fill(1),
  });
  const items = Int32Array.from({ length: 10 }, (_, i) => i);
  const before = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect(isSameSpace(vectors(before), vectors(before.with(3, 99)), items)).toBe(true);
  expect(isSameSpace(vectors(before), vectors(before.map((x) => -x - 1)), items)).toBe(false);
});
