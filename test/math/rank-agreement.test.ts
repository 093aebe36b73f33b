import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankAgreement } from '../../src/math/rank-agreement.ts';

/** Lists that name each item once, of few items so that many are common. */
const list = fc.uniqueArray(fc.nat(150), { maxLength: 100 });

/** Concordant minus discordant pairs in all pairs of common items, pair by pair. */
function slowTau(list: readonly number[], other: readonly number[]): number | undefined {
  const common = list.filter((item) => other.includes(item));
  if (common.length < 2) return undefined;
  let sum = 0;
  for (let i = 0; i < common.length; i++)
    for (let j = i + 1; j < common.length; j++)
      sum += other.indexOf(common[i]) < other.indexOf(common[j]) ? 1 : -1;
  return sum / ((common.length * (common.length - 1)) / 2);
}

test('equals the published value of a data set', () => {
  // Hollander and Wolfe 1973, the example of cor.test in R, which prints 0.4444444.
  const lightness = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1];
  const taste = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8];
  const best = (values: readonly number[]) =>
    values.map((_, lot) => lot).sort((a, b) => values[b] - values[a]);
  const { overlap, kendallTau } = rankAgreement(best(lightness), best(taste));
  expect(overlap).toBe(1);
  expect(kendallTau).toBeCloseTo(0.4444444, 7);
});

test('equal lists agree wholly, and reversed ones share all items in the opposite order', () => {
  expect(rankAgreement([5, 3, 9], [5, 3, 9])).toEqual({ overlap: 1, kendallTau: 1 });
  expect(rankAgreement([5, 3, 9], [9, 3, 5])).toEqual({ overlap: 1, kendallTau: -1 });
});

test('the overlap is of the longer list, so a short answer does not agree with a whole one', () => {
  expect(rankAgreement([1, 2, 3, 4], [4, 1])).toEqual({ overlap: 0.5, kendallTau: -1 });
  expect(rankAgreement([1, 2, 3, 4], [2])).toEqual({ overlap: 0.25, kendallTau: undefined });
  expect(rankAgreement([1, 2], [])).toEqual({ overlap: 0, kendallTau: undefined });
  expect(rankAgreement([], [])).toEqual({ overlap: 1, kendallTau: undefined });
});

test('equals the count over all pairs, and is the same in both directions', () => {
  const property = fc.property(list, list, (a, b) => {
    const { overlap, kendallTau } = rankAgreement(Int32Array.from(a), Int32Array.from(b));
    const common = a.filter((item) => b.includes(item)).length;
    expect(overlap).toBe(
      Math.max(a.length, b.length) === 0 ? 1 : common / Math.max(a.length, b.length),
    );
    const slow = slowTau(a, b);
    if (slow === undefined) expect(kendallTau).toBeUndefined();
    else expect(kendallTau).toBeCloseTo(slow, 12);
    const turned = rankAgreement(b, a);
    expect(turned.overlap).toBe(overlap);
    if (kendallTau !== undefined) expect(turned.kendallTau).toBeCloseTo(kendallTau, 12);
  });
  fc.assert(property);
});

test('leaves both lists as they were', () => {
  const frozen = Object.freeze([3, 1, 2]);
  const typed = Int32Array.of(1, 2, 3);
  rankAgreement(frozen, typed);
  rankAgreement(typed, frozen);
  expect([...typed]).toEqual([1, 2, 3]);
});
