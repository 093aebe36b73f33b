import { expect, test } from 'vitest';
import type { Scorer } from '../../src/pipeline/algorithm.ts';
import { predictClicks } from '../../src/pipeline/predicted-clicks.ts';
import { bring, openTestWork } from './test-work.ts';

/** Says how likely it holds each item to be: item 0 four times as likely as item 3. */
const shares: Scorer = {
  name: 'shares',
  weight: 1,
  score(_context, { items, count }, scores) {
    for (let row = 0; row < count; row++) scores[row] = 4 - items[row];
  },
};

test('the predicted clicks of all candidates add up to one, in the order of the scores', () => {
  const { recommend, record } = openTestWork({
    retrievers: [bring('first', [3, 1, 0, 2])],
    scorers: [shares],
  });
  recommend({ n: 4 }, (run) => {
    expect(run.slateCount).toBe(4);
    predictClicks(run);
  });
  const predicted = [...record.predicted.subarray(0, 4)];
  expect(predicted.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  expect(predicted).toEqual(predicted.toSorted((a, b) => b - a));
  // The pool smooths shares of .4 and .1 of four candidates by a floor of a tenth of an even share.
  expect(predicted[0] / predicted[3]).toBeCloseTo((1 + 1.6 / 0.1) / (1 + 0.4 / 0.1), 4);
});

test('nothing is predicted for items of the last rung of the ladder', () => {
  const { recommend, record } = openTestWork({
    retrievers: [bring('first', [1])],
    scorers: [shares],
    popularity: [20, 21],
  });
  recommend({ n: 3 }, (run) => {
    expect(run.slateCount).toBe(3);
    predictClicks(run);
  });
  expect([...record.predicted.subarray(0, 3)]).toEqual([1, Number.NaN, Number.NaN]);
});

test('nothing is predicted where every scorer failed', () => {
  const broken: Scorer = {
    ...shares,
    score() {
      throw new Error('no vectors');
    },
  };
  const { recommend, record } = openTestWork({ scorers: [broken] });
  recommend({ n: 2 }, (run) => {
    expect(run.slateCount).toBe(2);
    predictClicks(run);
  });
  expect([...record.predicted.subarray(0, 2)]).toEqual([Number.NaN, Number.NaN]);
});

test('a scorer that failed beside others leaves a prediction', () => {
  const broken: Scorer = {
    ...shares,
    name: 'broken',
    score() {
      throw new Error('no vectors');
    },
  };
  const { recommend, record } = openTestWork({ scorers: [shares, broken] });
  recommend({ n: 2 }, predictClicks);
  expect(record.predicted[0]).toBeGreaterThan(0);
});
