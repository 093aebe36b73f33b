import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng, type Rng } from '../../src/math/rng.ts';
import { createForwardPush } from '../../src/models/forward-push.ts';
import { alphaOfEntropy, itemRank } from '../../src/models/item-rank.ts';
import { buildRows, type ItemRows, writeRows } from '../../src/models/item-rows.ts';
import { PayloadWriter } from '../../src/models/payload.ts';
import { modelContract } from '../contracts/model.ts';
import { learn, queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

modelContract(itemRank, {});
modelContract(itemRank, { alpha: 'entropy', seeds: 5, work: 1000 });

const table = tableOf('abcdxy');
const exact = { epsilon: 1e-9, work: 1e8, window: 1, seeds: 1 };

/** A graph in which each item has up to `degree` successors, and one in ten has none. */
function randomGraph(rng: Rng, items: number, degree: number): ItemRows {
  const pairs: [number, number, number][] = [];
  for (let row = 0; row < items; row++)
    for (let i = rng.below(10) === 0 ? 0 : 1 + rng.below(degree); i > 0; i--)
      pairs.push([row, rng.below(items), 0.1 + rng.unit()]);
  return buildRows(items, degree, (say) => {
    for (const pair of pairs) say(...pair);
  });
}

/** One step of all walks over the whole graph; walks stay where nothing goes on. */
function step({ offsets, codes, weights }: ItemRows, from: readonly number[]): number[] {
  const to = from.map(() => 0);
  for (const [row, mass] of from.entries()) {
    const [start, end] = [offsets[row], offsets[row + 1]];
    const total = weights.subarray(start, end).reduce((sum, weight) => sum + weight, 0);
    if (start === end) to[row] += mass;
    for (let at = start; at < end; at++) to[codes[at]] += (mass * weights[at]) / total;
  }
  return to;
}

/** The slow twin: power iteration of r = alpha · Sᵀr + (1 - alpha) · first, until nothing changes. */
function powerIteration(rows: ItemRows, seed: readonly number[], alpha: number): number[] {
  const first = step(rows, seed);
  let ranks = first;
  for (let round = 0; round < 60 / (1 - alpha); round++)
    ranks = step(rows, ranks).map((mass, item) => alpha * mass + (1 - alpha) * first[item]);
  return ranks;
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

const pushes = fc.record({
  seed: fc.integer(),
  items: fc.integer({ min: 1, max: 40 }),
  degree: fc.integer({ min: 1, max: 8 }),
  alpha: fc.double({ min: 0, max: 0.95, noNaN: true }),
  epsilon: fc.double({ min: 1e-7, max: 1e-2, noNaN: true }),
  work: fc.constantFrom(1, 30, 1e8),
});

test('a push is below power iteration by what waits, and less waits than epsilon for each successor', () => {
  const property = fc.property(pushes, ({ seed, items, degree, alpha, epsilon, work }) => {
    const rng = createRng(seed);
    const rows = randomGraph(rng, items, degree);
    const push = createForwardPush(rows, { epsilon, work });
    const seeds = Array.from({ length: items }, () => (rng.below(3) === 0 ? rng.unit() : 0));
    const startable = seeds.map((mass, row) =>
      rows.offsets[row] < rows.offsets[row + 1] ? mass : 0,
    );
    for (const [row, mass] of seeds.entries()) if (mass > 0) push.start(row, mass);
    push.push(alpha);
    const ranks = powerIteration(rows, startable, alpha);
    const started = sum(startable);
    expect(sum(push.estimate) + push.waiting()).toBeCloseTo(started, 5);
    for (const [item, rank] of ranks.entries()) {
      expect(push.estimate[item]).toBeLessThanOrEqual(rank + 1e-5);
      expect(rank - push.estimate[item]).toBeLessThanOrEqual(push.waiting() + 1e-5);
    }
    if (work === 1e8)
      expect(push.waiting()).toBeLessThanOrEqual(epsilon * started * rows.codes.length + 1e-5);
  });
  fc.assert(property, { numRuns: 150 });
});

test('a push used again answers as a new one', () => {
  const rows = randomGraph(createRng(3), 30, 5);
  const [used, fresh] = [0, 1].map(() => createForwardPush(rows, { epsilon: 1e-4, work: 1e6 }));
  for (const start of [4, 9, 4]) {
    used.clear();
    used.start(start, 1);
    used.push(0.9);
  }
  fresh.start(4, 1);
  fresh.push(0.9);
  expect(used.estimate).toEqual(fresh.estimate);
  expect(used.reached.subarray(0, used.count())).toEqual(fresh.reached.subarray(0, fresh.count()));
});

test('the work of a push is bounded on a graph of any size', () => {
  const degree = 20;
  const rows = randomGraph(createRng(1), 20_000, degree);
  const reachedWith = (work: number) => {
    const push = createForwardPush(rows, { epsilon: 1e-9, work });
    push.start(1, 1);
    push.push(0.95);
    return push.count();
  };
  expect(reachedWith(500)).toBeLessThanOrEqual(500 + 2 * degree);
  expect(reachedWith(5000)).toBeGreaterThan(500 + 2 * degree);
});

test('walks between two items end two thirds at the other one when half of them go on', () => {
  // Of the walks from a, half end after one step at b, a quarter after two at a, an eighth at b and so on.
  const model = learn(itemRank, sessionsOf('aba'), table, { ...exact, alpha: 0.5 });
  const { a, b } = scored(model, queryAfter(table, 'a'), table);
  expect(b).toBeCloseTo(2 / 3, 6);
  expect(a).toBeCloseTo(1 / 3, 6);
});

test('walks end where nothing goes on', () => {
  const model = learn(itemRank, sessionsOf('abc'), table, { ...exact, alpha: 0.9 });
  const { b, c } = scored(model, queryAfter(table, 'a'), table);
  expect(b).toBeCloseTo(0.1, 6);
  expect(c).toBeCloseTo(0.9, 6);
  expect(retrieved(model, queryAfter(table, 'c'), { table })).toEqual([]);
});

test('alpha 0 is one step: the shares of the successors, later ones by decay, earlier clicks by session decay', () => {
  const options = { alpha: 0, window: 2, decay: 0.5, seeds: 2, sessionDecay: 0.1 };
  const model = learn(itemRank, sessionsOf('abc', 'ad', 'xy'), table, options);
  const { b, c, d, y } = scored(model, queryAfter(table, 'xa'), table);
  expect([b, c, d, y].map((score) => score.toFixed(4))).toEqual([
    '0.4000',
    '0.2000',
    '0.4000',
    '0.1000',
  ]);
});

test('walks start from the latest clicks alone', () => {
  const model = learn(itemRank, sessionsOf('ab', 'xy'), table, { alpha: 0, seeds: 1 });
  expect(scored(model, queryAfter(table, 'xa'), table)).toMatchObject({ b: 1, y: 0 });
});

test('keeps the heaviest successors', () => {
  const model = learn(itemRank, sessionsOf('ab', 'ab', 'ac'), table, { alpha: 0, keep: 1 });
  expect(retrieved(model, queryAfter(table, 'a'), { table })).toEqual([['b', 1]]);
});

test.each([
  [0, 0.95],
  [0.299, 0.95],
  [0.3, 0.82],
  [0.699, 0.82],
  [0.7, 0.6],
  [1, 0.6],
  [undefined, 0.82],
])('at session entropy %s alpha is %s', (sessionEntropy, alpha) => {
  expect(alphaOfEntropy(sessionEntropy)).toBe(alpha);
  const [byEntropy, constant] = (['entropy', alpha] as const).map((alpha) =>
    learn(itemRank, sessionsOf('abcd', 'bxay'), table, { ...exact, alpha }),
  );
  const query = queryAfter(table, 'a', { sessionEntropy });
  expect(scored(byEntropy, query, table)).toEqual(scored(constant, query, table));
});

test('a constant alpha takes no notice of the entropy', () => {
  const model = learn(itemRank, sessionsOf('abcd', 'bxay'), table, { alpha: 0.5 });
  const ask = (sessionEntropy: number) =>
    scored(model, queryAfter(table, 'a', { sessionEntropy }), table);
  expect(ask(0)).toEqual(ask(1));
});

test('similar walks from the anchor alone and never tells it', () => {
  const model = learn(itemRank, sessionsOf('aab', 'ba', 'xy'), table, { seeds: 3 });
  const asked = scored(model, queryAfter(table, 'xa', { purpose: 'similar' }), table);
  const { a, ...others } = scored(model, queryAfter(table, 'a'), table);
  expect(a).toBeGreaterThan(0);
  expect(asked).toEqual({ a: 0, ...others });
});

test('walks are kept for a request and never beyond it', () => {
  const model = learn(itemRank, sessionsOf('ab', 'cd'), table);
  const ask = (clicks: string, serial?: number) =>
    scored(model, queryAfter(table, clicks, { serial }), table);
  const [a, c] = [ask('a'), ask('c')];
  expect(a).not.toEqual(c);
  expect(ask('a', 1)).toEqual(a);
  expect(ask('c', 1)).toEqual(a);
  expect(ask('c', 2)).toEqual(c);
  expect(ask('a')).toEqual(a);
  expect(ask('c')).toEqual(c);
});

test.each([0, -1])('refuses a payload with a weight of %s', (weight) => {
  const writer = new PayloadWriter().json(['a', 'b']).json(itemRank.defaults);
  writeRows(writer, {
    offsets: Uint32Array.of(0, 1, 1),
    codes: Uint32Array.of(1),
    weights: Float32Array.of(weight),
  });
  const stamp = { kind: 'item-rank', version: '0'.repeat(12), trainedAtMs: 0 };
  expect(() => itemRank.load(writer.bytes(), stamp, table)).toThrow(
    `weights of successors holds ${weight}, expected more than 0`,
  );
});

test.each([{ alpha: 1 }, { alpha: -0.1 }, { alpha: 'sometimes' }, { epsilon: 0 }, { decay: 0 }])(
  'refuses the option %j',
  (options) => {
    expect(() => itemRank.parseOptions(options)).toThrow(/options of item-rank/);
  },
);
