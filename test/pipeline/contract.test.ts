import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hits } from '../../src/models/model.ts';
import type { Filter, Reranker, Retriever, Scorer } from '../../src/pipeline/algorithm.ts';
import { filters } from '../../src/pipeline/algorithms/filters.ts';
import { customStage } from '../../src/pipeline/stages/custom.ts';
import { filterStage } from '../../src/pipeline/stages/filter.ts';
import { rerankStage } from '../../src/pipeline/stages/rerank.ts';
import { bring, lowFirst, openTestWork, served } from './test-work.ts';

const good = bring('good', [1, 2, 3, 4, 5, 6]);
const reasons = (record: { degradations: readonly { component: string; reason: string }[] }) =>
  record.degradations.map(({ component, reason }) => `${component}: ${reason}`);

const retrieving = (retrieve: Retriever['retrieve']): Retriever => ({
  name: 'bad',
  limit: 3,
  retrieve,
});
const write = (hits: Hits, items: readonly number[]) => {
  hits.items.set(items);
  hits.count = items.length;
};
const scoring = (score: Scorer['score']): Scorer => ({ name: 'bad', weight: 1, score });

test.each<[string, Retriever['retrieve']]>([
  ['more than its limit', (_, hits) => void Object.assign(hits, { count: 4 })],
  ['half an item', (_, hits) => void Object.assign(hits, { count: 1.5 })],
  ['an item that is not there', (_, hits) => write(hits, [30])],
  ['a negative item', (_, hits) => write(hits, [-1])],
  ['one item twice', (_, hits) => write(hits, [4, 4])],
])('a retriever that brings %s costs its own candidates', (_, retrieve) => {
  const { recommend, record } = openTestWork({ retrievers: [retrieving(retrieve), good] });
  expect(recommend({}, served)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  expect(reasons(record)).toEqual(['bad: plugin.contract']);
});

test('a retriever that breaks its contract late costs its own candidates', async () => {
  const late = retrieving(async (_, hits) => void Object.assign(hits, { count: 99 }));
  const { recommend, record } = openTestWork({ retrievers: [late, good] });
  expect(await recommend({}, served)).toEqual(['I1', 'I2', 'I3', 'I4', 'I5']);
  expect(reasons(record)).toEqual(['bad: plugin.contract']);
});

test.each<[string, Scorer['score'], string]>([
  ['writes beyond the candidates', (_, __, scores) => void scores.fill(1), 'plugin.contract'],
  [
    'changes how many candidates there are',
    (_, candidates) => void Object.assign(candidates, { count: 2 }),
    'plugin.contract',
  ],
  [
    'takes the memory away',
    (_, __, scores) => void structuredClone(scores, { transfer: [scores.buffer as ArrayBuffer] }),
    'plugin.contract',
  ],
  [
    'is not finite in the end',
    async (_, { count }, scores) => void scores.fill(Number.NaN, 0, count),
    'model.invalid_output',
  ],
  ['fails in the end', () => Promise.reject(new Error('gone')), 'plugin.error'],
])(
  'a scorer that %s has no say, and the next request is not affected',
  async (_, score, reason) => {
    const { recommend, record } = openTestWork({ scorers: [scoring(score), lowFirst] });
    for (let i = 0; i < 3; i++) {
      expect(await recommend({}, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
      expect(reasons(record)).toEqual([`bad: ${reason}`]);
    }
  },
);

test('a scorer that answers later is heard', async () => {
  const highFirst = scoring(async (_, { items, count }, scores) => {
    await Promise.resolve();
    for (let row = 0; row < count; row++) scores[row] = items[row] * 1e6;
  });
  const { recommend, record } = openTestWork({ scorers: [highFirst] });
  expect(await recommend({}, served)).toEqual(['I7', 'I6', 'I5', 'I4', 'I3']);
  expect(record.degradations).toEqual([]);
});

test('a scorer sees no opinion on any row before it writes, whatever requests there were before', () => {
  const seen: number[] = [];
  const half = scoring((_, { count }, scores) => {
    seen.push(...scores.subarray(0, count));
    scores.fill(7, 0, count);
  });
  const { recommend } = openTestWork({ scorers: [half] });
  recommend({}, served);
  recommend({}, served);
  expect(new Set(seen)).toEqual(new Set([0]));
});

test.each<[string, Reranker['rerank']]>([
  ['names a row twice', (_, c) => void Object.assign(c, { ordered: 2 }).order.fill(1)],
  ['names a row that is not there', (_, c) => void Object.assign(c, { ordered: 1 }).order.fill(8)],
  ['orders more rows than there are', (_, c) => void Object.assign(c, { ordered: 9 })],
  ['drops candidates', (_, c) => void Object.assign(c, { count: 1, ordered: 0 })],
  ['goes on in the background', (() => Promise.reject(new Error('late'))) as never],
])('a reranker that %s leaves the order of the scores', (_, rerank) => {
  const replace = { rerank: rerankStage({ name: 'bad', rerank }, undefined) };
  const { recommend, record } = openTestWork({ replace });
  expect(recommend({}, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
  expect(reasons(record)).toEqual(['bad: plugin.contract']);
});

const filtering = (judges: readonly Filter[]) => ({
  filter: filterStage({
    filters: judges,
    retrievers: ['first'],
    popularity: () => Int32Array.of(20, 21, 22, 23, 24),
    budgetMs: undefined,
  }),
});

test('a filter that writes anything but 0 and 1 passes nothing on', () => {
  const seven: Filter = {
    name: 'seven',
    judge: (_, __, count, keep) => void keep.fill(7, 0, count),
  };
  const { recommend, record } = openTestWork({ replace: filtering([filters.hidden, seven]) });
  expect(recommend({}, served)).toEqual([]);
  expect(reasons(record)[0]).toBe('seven: plugin.contract');
});

test('no filter brings back what another removed', () => {
  const odd: Filter = {
    name: 'odd',
    judge(_, items, count, keep) {
      for (let i = 0; i < count; i++) if (items[i] % 2 === 0) keep[i] = 0;
    },
  };
  const all: Filter = { name: 'all', judge: (_, __, count, keep) => void keep.fill(1, 0, count) };
  const { recommend } = openTestWork({ replace: filtering([odd, all]) });
  expect(recommend({}, served)).toEqual(['I1', 'I3', 'I5', 'I7', 'I21']);
});

test('a custom stage that throws or is late leaves the scores as they were', async () => {
  for (const adjust of [
    (_: unknown, { scores }: { scores: Float32Array }) => {
      scores.fill(0);
      throw new Error('gone');
    },
    () => new Promise<void>(() => {}),
  ]) {
    const { work, recommend, record } = openTestWork({});
    const custom = customStage({ name: 'bad', adjust });
    const stages = [...work.stages.slice(0, 4), custom, ...work.stages.slice(4)];
    Object.assign(work, { stages });
    Object.assign(work.layout, {
      stages: stages.map(({ name, component, components }) => ({
        stage: name,
        component,
        components,
      })),
      firstComponent: [0, 0, 1, 1, 2, 2, 2],
    });
    expect(await recommend({ timeoutMs: 30 }, served)).toEqual(['I0', 'I1', 'I2', 'I3', 'I4']);
    expect(record.degradations[0]).toMatchObject({ stage: 'custom', component: 'bad' });
  }
});

test('whatever a retriever writes, the slate is full, distinct and of items that are there', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 8 }),
      fc.oneof(fc.integer({ min: -2, max: 12 }), fc.double()),
      (items, count) => {
        const wild: Retriever = {
          name: 'wild',
          limit: 6,
          retrieve(_, hits) {
            hits.items.set(items.slice(0, hits.items.length));
            hits.count = count;
          },
        };
        const { recommend } = openTestWork({ retrievers: [wild, good] });
        const ids = recommend({}, served) as string[];
        expect(new Set(ids).size).toBe(5);
        expect(ids.every((id) => /^I[0-9]{1,2}$/.test(id))).toBe(true);
      },
    ),
  );
});
