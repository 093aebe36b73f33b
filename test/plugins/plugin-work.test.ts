import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadedPlugins } from '../../src/plugins/plugin-shelf.ts';
import { openTestShelf, pluginsOf } from './load-plugins.ts';
import { openPluginWork } from './plugin-work.ts';

let plugins: LoadedPlugins;

beforeAll(async () => {
  plugins = await openTestShelf().shelf.load(
    pluginsOf({
      newest: { path: 'good/newest.ts' },
      backwards: { path: 'good/backwards.js' },
      boost: { path: 'good/boost.js' },
      moods: { path: 'bad/moods.js' },
    }),
  );
});

afterAll(() => plugins.release());

interface Moods {
  readonly retriever?: string;
  readonly scorer?: string;
  readonly rerank?: string;
  readonly custom?: readonly object[];
  readonly filters?: readonly string[];
}

const stagesWith = (moods: Moods) => [
  { stage: 'intent' },
  {
    stage: 'retrieve',
    use: [
      { algorithm: 'evens' },
      { algorithm: 'moody', options: { mood: moods.retriever ?? 'good' } },
    ],
  },
  {
    stage: 'score',
    use: [
      { algorithm: 'newest', weight: 1 },
      { algorithm: 'moody', weight: 1, options: { mood: moods.scorer ?? 'good' } },
    ],
  },
  ...(moods.custom ?? []),
  { stage: 'rerank', use: moods.rerank ?? 'score' },
  { stage: 'filter', use: moods.filters ?? ['hidden'] },
];

const recommend = (moods: Moods, timeoutMs?: number) =>
  openPluginWork(plugins, stagesWith(moods)).recommend(timeoutMs);

test('a work of plugins alone serves what they bring, in the order of their scores', async () => {
  expect(await recommend({})).toEqual({ ids: ['A0', 'A1', 'A2', 'A3', 'A4'], degraded: [] });
});

test.each([
  ['throws', 'plugin.error'],
  ['rejects', 'plugin.error'],
])('a retriever that %s costs its own candidates', async (mood, reason) => {
  const served = await recommend({ retriever: mood });
  expect(served.ids).toEqual(['A0', 'A2', 'A4', 'A6', 'A8']);
  expect(served.degraded).toEqual([`retrieve moody: ${reason}`]);
});

test.each([
  ['throws', 'plugin.error'],
  ['rejects', 'plugin.error'],
  ['nan', 'model.invalid_output'],
])('a scorer that %s has no say', async (mood, reason) => {
  const served = await recommend({ scorer: mood });
  expect(served.ids).toEqual(['A0', 'A1', 'A2', 'A3', 'A4']);
  expect(served.degraded).toEqual([`score moody: ${reason}`]);
});

test('a scorer that waits for ever is given up, and the others are heard', async () => {
  const served = await recommend({ scorer: 'hangs' }, 50);
  expect(served.ids).toHaveLength(5);
  expect(served.degraded[0]).toBe('score moody: timeout.stage');
});

test('requests that wait for scorers at the same time are each weighed by their own', async () => {
  const work = openPluginWork(plugins, stagesWith({ scorer: 'rejects' }));
  const served = await Promise.all(Array.from({ length: 8 }, () => work.recommend()));
  for (const { ids, degraded } of served) {
    expect(ids).toEqual(['A0', 'A1', 'A2', 'A3', 'A4']);
    expect(degraded).toEqual(['score moody: plugin.error']);
  }
});

test('a reranker of a plugin orders what is served', async () => {
  const { ids, degraded } = await recommend({ rerank: 'backwards' });
  expect(degraded).toEqual([]);
  expect(ids[0]).not.toBe('A0');
});

test('a stage of a plugin changes the scores before the reranker sees them', async () => {
  const custom = [{ stage: 'custom', use: 'fives' }];
  const { ids, degraded } = await recommend({ custom });
  expect(ids).toEqual(['A0', 'A5', 'A10', 'A20', 'A30']);
  expect(degraded).toEqual([]);
});

test('a stage of a plugin that writes nonsense changes nothing', async () => {
  const custom = [{ stage: 'custom', use: 'fives', options: { factor: Number.NaN } }];
  expect(await recommend({ custom })).toEqual({
    ids: ['A0', 'A1', 'A2', 'A3', 'A4'],
    degraded: ['custom fives: model.invalid_output'],
  });
});

test('wrong options of a plugin fail the build of the work, with their path', () => {
  expect(() => openPluginWork(plugins, stagesWith({ scorer: 'sulks' }))).toThrowError(
    'works.home: options of moody.mood is no mood: sulks',
  );
});

test('an algorithm that nobody brings fails the build of the work', () => {
  expect(() => openPluginWork(plugins, stagesWith({ rerank: 'magic' }))).toThrowError(
    'algorithm magic of work home is not there',
  );
});
