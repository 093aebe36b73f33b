import { expect, test } from 'vitest';
import type { BlendJudge } from '../../../src/training/tuning/blend-judge.ts';
import { searchWeights } from '../../../src/training/tuning/search-weights.ts';

/** NDCG 1 where the weights stand to each other as `ideal` do, less the farther they are from it. */
const judgeOf =
  (ideal: readonly number[]): BlendJudge =>
  (weights) => {
    const away = ideal.map((weight, m) => Math.log10((weights[m] + 0.001) / (weight + 0.001)));
    const ndcg = Math.exp(-away.reduce((sum, gap) => sum + gap * gap, 0));
    return { cases: 1, hitRate: ndcg, ndcg, mrr: ndcg, ndcgs: Float64Array.of(ndcg) };
  };

test('finds weights in proportion to the best, the greatest being 1', () => {
  const { weights, ndcg } = searchWeights(judgeOf([0.2, 1, 0.05]), [1, 1, 1], { trials: 60 });
  expect(ndcg).toBeGreaterThan(0.999);
  expect(weights[1]).toBe(1);
  expect(weights[0]).toBeCloseTo(0.2, 1);
});

test('a model that is worth nothing leaves', () => {
  const { weights } = searchWeights(judgeOf([1, 0]), [1, 1], { trials: 30 });
  expect(weights).toEqual([1, 0]);
});

test('what is in use is never given up for less', () => {
  const judge = judgeOf([0.31, 1]);
  expect(searchWeights(judge, [0.31, 1], { trials: 0 })).toEqual({ weights: [0.31, 1], ndcg: 1 });
});

test('the same seed finds the same weights', () => {
  const find = () => searchWeights(judgeOf([0.4, 1]), [1, 1], { trials: 20, seed: 7 });
  expect(find()).toEqual(find());
});

test('one model alone needs no search', () => {
  expect(searchWeights(judgeOf([1]), [0.3], { trials: 5 }).weights).toEqual([1]);
});
