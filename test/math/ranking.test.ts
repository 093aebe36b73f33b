import { expect, test } from 'vitest';
import { listQuality } from '../../src/math/ranking.ts';

const judge = (list: string, wanted: string, cutoff: number) =>
  listQuality(
    (place) => place < list.length && wanted.includes(list[place]),
    wanted.length,
    cutoff,
  );

test('a list of a b c d e, of which b and d were wanted, by hand', () => {
  // DCG = 1/log2(3) + 1/log2(5), IDCG = 1 + 1/log2(3).
  const { ndcg, ...rest } = judge('abcde', 'bd', 5);
  expect(rest).toEqual({ recall: 1, precision: 2 / 5, reciprocalRank: 0.5, hit: 1 });
  expect(ndcg).toBeCloseTo((1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3)), 12);
});

test('recall divides by all that was wanted, NDCG by what fits into the list', () => {
  expect(judge('abcd', 'abwxyz', 2)).toEqual({
    recall: 2 / 6,
    precision: 1,
    ndcg: 1,
    reciprocalRank: 1,
    hit: 1,
  });
});

test('what stands behind the cutoff counts for nothing', () => {
  expect(judge('abc', 'c', 2)).toEqual({
    recall: 0,
    precision: 0,
    ndcg: 0,
    reciprocalRank: 0,
    hit: 0,
  });
});

test('a list that is shorter than the cutoff is judged as it is', () => {
  expect(judge('b', 'b', 20)).toEqual({
    recall: 1,
    precision: 1 / 20,
    ndcg: 1,
    reciprocalRank: 1,
    hit: 1,
  });
  expect(judge('', 'b', 20)).toEqual({
    recall: 0,
    precision: 0,
    ndcg: 0,
    reciprocalRank: 0,
    hit: 0,
  });
});
