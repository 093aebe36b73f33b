import { expect, test } from 'vitest';
import { markov1 } from '../../../src/models/markov-1.ts';
import { popular } from '../../../src/models/popular.ts';
import { createInteractionBuilder, splitLast } from '../../../src/training/dataset/dataset.ts';
import { evaluateModel, rankingTask } from '../../../src/training/evaluation/evaluate-model.ts';
import { learn } from '../../models/ask.ts';
import { sessionsOf, tableOf } from '../../models/tiny-sessions.ts';

test('sessions of nobody known are judged by the next click of each', () => {
  const table = tableOf('abcd');
  const split = splitLast(sessionsOf('abc', 'abc', 'abc', 'abd'), 0.25);
  const quality = evaluateModel(learn(markov1, split.before, table), split, table, { cutoff: 1 });
  // After a comes b, as learnt; after b comes d, which never followed.
  expect(quality).toMatchObject({ task: 'next-click', cases: 2, measures: { recall: 0.5 } });
  expect([...quality.ndcgs]).toEqual([1, 0]);
});

test('users are judged by all that they took up later, and what they had is not ranked', () => {
  const builder = createInteractionBuilder();
  for (const [session, user, item] of [
    ['s1', 'u', 'a'],
    ['s2', 'v', 'a'],
    ['s3', 'v', 'b'],
    ['s4', 'u', 'b'],
  ])
    builder.add({ session, user, item, atMs: Number(session.slice(1)) * 1000 });
  const split = splitLast(builder.build(), 0.25);
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
