import { expect, test } from 'vitest';
import { blend } from '../../../src/math/blend.ts';
import { markov1 } from '../../../src/models/markov-1.ts';
import { popular } from '../../../src/models/popular.ts';
import { createBlendJudge } from '../../../src/training/tuning/blend-judge.ts';
import { learn, queryAfter, scored } from '../../models/ask.ts';
import { sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

const table = tableOf('abcd');
// c is what is clicked most; b is what follows a.
const past = sessionsOf('ab', 'ab', 'cc', 'ccc');
const models = [learn(markov1, past, table), learn(popular, past, table)];
const judge = createBlendJudge(models, sessionsOf('ab', 'ac'), table, { cutoff: 1 });

test('with all weight on one model the blend ranks as that model does', () => {
  expect([...judge([1, 0]).ndcgs]).toEqual([1, 0]);
  expect([...judge([0, 1]).ndcgs]).toEqual([0, 1]);
  expect(judge([1, 0])).toMatchObject({ cases: 2, hitRate: 0.5, ndcg: 0.5, mrr: 0.5 });
});

test.each([
  { weights: [0.3, 0.8], best: 'b' },
  { weights: [0.02, 0.8], best: 'c' },
])(
  'with weights of $weights it ranks $best first, as the score stage would',
  ({ weights, best }) => {
    const query = queryAfter(table, 'a');
    const columns = models.map((model) => {
      const scores = scored(model, query, table);
      return Float32Array.of(scores.a, scores.b, scores.c);
    });
    const totals = new Float32Array(3);
    blend({ count: 3, weights: Float32Array.from(weights), columns, totals });
    expect('abc'[totals.indexOf(Math.max(...totals))]).toBe(best);
    expect([...judge(weights).ndcgs]).toEqual([Number(best === 'b'), Number(best === 'c')]);
  },
);

test('what no model brought is missed, and equal totals are no merit', () => {
  const missed = createBlendJudge(models, sessionsOf('ad'), table);
  expect(missed([1, 1]).hitRate).toBe(0);
  expect(judge([0, 0]).hitRate).toBe(0);
});

test('of many cases evenly many are taken', () => {
  const many = createBlendJudge(models, sessionsOf('abababab', 'ab'), table, { maxCases: 4 });
  expect(many([1, 1]).cases).toBe(4);
});

test('without sessions there is nothing to judge', () => {
  expect(createBlendJudge(models, sessionsOf('a'), table)([1, 1])).toMatchObject({
    cases: 0,
    ndcg: 0,
  });
});
