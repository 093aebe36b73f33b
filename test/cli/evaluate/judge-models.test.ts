import { expect, test } from 'vitest';
import { judgeModels } from '../../../src/cli/evaluate/judge-models.ts';
import { renderVerdicts } from '../../../src/cli/evaluate/render-verdicts.ts';
import { splitLast } from '../../../src/training/dataset/dataset.ts';
import { describeDataset } from '../../../src/training/dataset/describe-dataset.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

const bare = { catalog: 'c', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
const sessions = sessionsOf('abc', 'bca', 'cab', 'abc', 'bca', 'abc');
const clock = { now: () => 0, monotonic: () => 0 };
const items = [...'abc'].map((id) => ({ id, ...bare }));
const signal = new AbortController().signal;
const settings = {
  ...{ split: 'last' as const, share: 0.5, task: undefined, cutoffs: [1], every: 1, seed: 1 },
  ...{ threads: 1, baselines: false, json: false },
};

test('a model that cannot be fitted says why, and the others are judged', async () => {
  const split = splitLast(sessions, 0.5);
  const verdicts = await judgeModels({
    ...{ split, items },
    settings: {
      ...settings,
      models: {
        wild: { kind: 'latest', options: { halfLifeDays: -1 } },
        next: { kind: 'markov-1', options: {} },
      },
    },
    ...{ clock, signal, progress: () => {} },
  });
  expect(verdicts).toMatchObject([
    { name: '(popular)', difference: undefined },
    { name: 'wild', failure: expect.stringContaining('training of model wild failed: ') },
    { name: 'next', quality: { measures: { recall: 1 } }, difference: { worseShare: 0 } },
  ]);
  const events = { before: 9, after: 9 };
  const text = renderVerdicts({
    settings,
    statistics: describeDataset(sessions),
    events,
    verdicts,
  });
  expect(text).toMatch(/^wild {7}training of model wild failed: /m);
  expect(text).toMatch(/^next {7} *1\.0000/m);
});

test('a declared popularity list is the first, and other baselines are judged where they are wanted', async () => {
  const models = { hot: { kind: 'popular', options: {} } };
  const verdicts = await judgeModels({
    ...{ split: splitLast(sessions, 0.5), items, clock, signal, progress: () => {} },
    settings: { ...settings, models, baselines: true },
  });
  expect(verdicts.map(({ name }) => name).slice(0, 2)).toEqual(['hot', '(markov-1)']);
});
