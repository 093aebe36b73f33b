import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ItemPopularity } from '../../../src/signals/slates/item-popularity.ts';

const unfading = { halfLifeEvents: 1e12, maxItems: 1000 };
const noveltyOf = (popularity: ItemPopularity, items: readonly number[], itemCount: number) =>
  popularity.noveltyBits(Int32Array.from(items), items.length, itemCount);

/** Self-information from weights that are made anew for each call. */
function slowNovelty(
  events: readonly number[],
  items: readonly number[],
  { itemCount, halfLifeEvents }: { itemCount: number; halfLifeEvents: number },
): number {
  const weights = events.map((_, at) => 2 ** (-(events.length - 1 - at) / halfLifeEvents));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const bits = items.map((item) => {
    const own = weights.filter((_, at) => events[at] === item).reduce((sum, w) => sum + w, 0);
    return -Math.log2((own + 1) / (total + itemCount));
  });
  return bits.reduce((sum, value) => sum + value, 0) / bits.length;
}

test('novelty is the mean surprise under the smoothed shares', () => {
  const popularity = new ItemPopularity(unfading);
  for (const item of [3, 3, 3, 5]) popularity.add(item);
  // Of 4 events and 4 items: (3 + 1) / 8, (1 + 1) / 8, (0 + 1) / 8.
  expect(noveltyOf(popularity, [3], 4)).toBeCloseTo(1, 9);
  expect(noveltyOf(popularity, [5], 4)).toBeCloseTo(2, 9);
  expect(noveltyOf(popularity, [3, 5, 999, 100_000], 4)).toBeCloseTo((1 + 2 + 3 + 3) / 4, 9);
});

test('before any event every item is as new as a draw from all', () => {
  expect(noveltyOf(new ItemPopularity(unfading), [1, 2], 1024)).toBe(10);
});

test('there is no novelty of no items or no catalogue', () => {
  const popularity = new ItemPopularity(unfading);
  expect(noveltyOf(popularity, [], 4)).toBeNaN();
  expect(noveltyOf(popularity, [1], 0)).toBeNaN();
});

test('equals a recomputation over the whole past, over any number of half-lives', () => {
  const item = fc.nat(5);
  const past = fc.array(item, { maxLength: 60 });
  const slate = fc.array(item, { minLength: 1, maxLength: 6 });
  // Half-lives of a tenth of an event pass the greatest weight within a few dozen events.
  const halfLife = fc.constantFrom(0.1, 1, 7, 1000);
  const property = fc.property(past, slate, halfLife, (events, items, halfLifeEvents) => {
    const popularity = new ItemPopularity({ halfLifeEvents, maxItems: 6 });
    for (const event of events) popularity.add(event);
    const expected = slowNovelty(events, items, { itemCount: 6, halfLifeEvents });
    expect(noveltyOf(popularity, items, 6)).toBeCloseTo(expected, 9);
  });
  fc.assert(property);
});

test('items beyond the bound and unknown ones count as never chosen', () => {
  const popularity = new ItemPopularity({ halfLifeEvents: 1e12, maxItems: 2000 });
  for (const item of [1999, 2000, -1, 2 ** 30]) popularity.add(item);
  expect(noveltyOf(popularity, [1999], 3)).toBeCloseTo(1, 9);
  expect(noveltyOf(popularity, [2000], 3)).toBeCloseTo(2, 9);
});
