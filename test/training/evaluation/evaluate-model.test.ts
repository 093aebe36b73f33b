import { expect, test } from 'vitest';
import { markov1 } from '../../../src/models/markov-1.ts';
import type { Model } from '../../../src/models/model.ts';
import { popular } from '../../../src/models/popular.ts';
import { createInteractionBuilder, splitLast } from '../../../src/training/dataset/dataset.ts';
import { splitAt } from '../../../src/training/dataset/split.ts';
import { evaluateModel } from '../../../src/training/evaluation/evaluate-model.ts';
import { rankingTask } from '../../../src/training/evaluation/ranking-task.ts';
import { learn } from '../../models/ask.ts';
import { sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

/** Recommends the letters in their order, the first five of them with a score. */
const alphabet: Pick<Model, 'retrieve' | 'score'> = {
  retrieve(_query, limit, hits) {
    hits.count = Math.min(limit, 5, hits.items.length);
    for (let i = 0; i < hits.count; i++) hits.items[i] = i;
  },
  score(_query, items, count, scores) {
    for (let i = 0; i < count; i++) scores[i] = Math.max(0, 5 - items[i]);
  },
};
const alphabetModel = alphabet as Model;

/** Events of users, a letter each, a second apart; those from `cut` on are later. */
function usersSplit(cut: number, ...events: readonly (readonly [user: string, item: string])[]) {
  const builder = createInteractionBuilder();
  for (const [i, [user, item]] of events.entries())
    builder.add({ user, session: `s${i}`, item, atMs: i * 1000 });
  return splitAt(builder.build(), cut * 1000);
}

test('sessions of nobody known are judged by the next click of each', () => {
  const table = tableOf('abcd');
  const split = splitLast(sessionsOf('abc', 'abc', 'abc', 'abd'), 0.25);
  const quality = evaluateModel(learn(markov1, split.before, table), split, table, { cutoff: 1 });
  // After a comes b, as learnt; after b comes d, which never followed.
  expect(quality).toMatchObject({ task: 'next-click', cases: 2, measures: { recall: 0.5 } });
  expect([...quality.ndcgs]).toEqual([1, 0]);
});

test('users are judged by all that they took up later, and what they had is not ranked', () => {
  const split = usersSplit(3, ['u', 'a'], ['v', 'a'], ['v', 'b'], ['u', 'b']);
  const table = tableOf('ab');
  const quality = evaluateModel(learn(popular, split.before, table), split, table, { cutoff: 1 });
  expect(quality).toMatchObject({ task: 'ranking', cases: 1, measures: { recall: 1, ndcg: 1 } });
});

test('a user who was not there before had nothing', () => {
  const split = splitLast(sessionsOf('ab', 'ac'), 0.5);
  const task = rankingTask(split.before, split.after);
  expect(task.items).toEqual(['a', 'b', 'c']);
  expect([...task.known.offsets]).toEqual([0, 0]);
  expect([...task.wanted.codes]).toEqual([0, 2]);
});

test('what a user had before is not wanted anew: it is not ranked', () => {
  const split = usersSplit(2, ['u', 'a'], ['v', 'b'], ['u', 'a'], ['u', 'b'], ['v', 'b']);
  const task = rankingTask(split.before, split.after);
  expect([...task.wanted.codes].map((code) => task.items[code])).toEqual(['b']);
  expect(evaluateModel(alphabetModel, split, tableOf('abc')).cases).toBe(1);
});

test('a model is asked with what the user had, in order of time', () => {
  const split = usersSplit(4, ['u', 'c'], ['u', 'b'], ['u', 'a'], ['u', 'c'], ['u', 'd']);
  const asked: number[][] = [];
  const listening = {
    ...alphabetModel,
    retrieve: ({ recent }: { recent: Int32Array }) => void asked.push([...recent]),
  } as Model;
  evaluateModel(listening, split, tableOf('abcd'));
  expect(asked).toEqual([[1, 0, 2]]);
  expect(rankingTask(split.before, split.after).known.codes).toEqual(Uint32Array.of(0, 1, 2));
});

test('rankings at two lengths, by hand', () => {
  const table = tableOf('abcdefgh');
  // u had a: the list is b c d e. v had nothing before: a b c d e.
  const split = usersSplit(2, ['u', 'a'], ['w', 'b'], ['u', 'c'], ['u', 'h'], ['v', 'd']);
  const { cutoff, cases, measures, byCutoff, columns } = evaluateModel(
    alphabetModel,
    split,
    table,
    { cutoff: 2, cutoffs: [4] },
  );
  expect({ cutoff, cases }).toEqual({ cutoff: 2, cases: 2 });
  const half = 1 / Math.log2(3);
  const ndcg2 = half / (1 + half) / 2;
  expect(byCutoff[2]).toEqual({
    ...{ recall: 0.25, mrr: 0.25, hitRate: 0.5, precision: 0.25 },
    ndcg: expect.closeTo(ndcg2, 12),
  });
  expect(byCutoff[4]).toMatchObject({ recall: 0.75, mrr: 3 / 8, hitRate: 1, precision: 0.25 });
  // Shown at length 2: b c to u, a b to v.
  expect(measures.coverage).toBe(3 / 8);
  // a and b had one event of two each; p counts one more for each of eight items.
  const bits = (count: number) => Math.log2(10 / count);
  const [toU, toV] = [(bits(2) + bits(1)) / 2, bits(2)];
  expect([...columns.novelty]).toEqual([expect.closeTo(toU, 12), expect.closeTo(toV, 12)]);
  expect(measures.novelty).toBeCloseTo((toU + toV) / 2, 12);
  // Of u, among b to h: c is above d e f g, and h, tied with f and g, is above none; 5 others. Of v: d among all 8.
  const [aucU, aucV] = [(4 + 1) / 10, 4 / 7];
  expect(measures.auc).toBeCloseTo((aucU + aucV) / 2, 12);
  expect(measures.gauc).toBeCloseTo((2 * aucU + aucV) / 3, 12);
});

test('hidden items in a list cover nothing', () => {
  const table = tableOf('abcd');
  table.remove('b');
  const split = usersSplit(1, ['u', 'a'], ['u', 'c']);
  const { measures } = evaluateModel(alphabetModel, split, table, { cutoff: 3 });
  expect(measures.coverage).toBe(2 / 3);
});

test('rankings are measured by AUC only where it is wanted, or cheap', () => {
  const split = usersSplit(1, ['u', 'a'], ['v', 'b']);
  expect(evaluateModel(alphabetModel, split, tableOf('ab'), { auc: false }).measures.auc).toBe(
    undefined,
  );
});

test('next clicks by hand: a missed target is 0, one outside the catalogue has no AUC', () => {
  const table = tableOf('abcdef');
  const split = splitAt(sessionsOf('ab', 'fb', 'fx'), 86_400_000 / 2);
  const { cases, measures, byCutoff } = evaluateModel(alphabetModel, split, table, {
    cutoff: 3,
    cutoffs: [1],
  });
  expect(cases).toBe(2);
  expect(measures).toMatchObject({ recall: 0.5, hitRate: 0.5, mrr: 0.25, precision: 1 / 6 });
  expect(measures.ndcg).toBeCloseTo(1 / Math.log2(3) / 2, 12);
  expect(byCutoff[1].recall).toBe(0);
  expect(measures.coverage).toBe(3 / 6);
  // b is below a and above four others.
  expect(measures.auc).toBeCloseTo(4 / 5, 12);
});

test('without cases everything is 0', () => {
  const split = splitAt(sessionsOf('ab'), 86_400_000);
  const { cases, measures, ndcgs } = evaluateModel(alphabetModel, split, tableOf('ab'));
  expect({ cases, length: ndcgs.length }).toEqual({ cases: 0, length: 0 });
  expect(measures).toEqual({
    ...{ recall: 0, ndcg: 0, mrr: 0, hitRate: 0, precision: 0, coverage: 0, novelty: 0 },
  });
});
