import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filters } from '../../src/pipeline/algorithms/filters.ts';
import { Removals } from '../../src/pipeline/removals.ts';
import { filterStage } from '../../src/pipeline/stages/filter.ts';
import { bring, createShop, openTestWork, served, shopItem } from './test-work.ts';

const items = fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { maxLength: 30 });

test('whatever is removed, each item has the first filter that did not let it through', () => {
  fc.assert(
    fc.property(items, items, items, (brought, hidden, excluded) => {
      const table = createShop(30);
      for (const i of hidden) table.upsert(shopItem(i, { hidden: true }));
      const removals = new Removals();
      const work = openTestWork({
        table,
        retrievers: [bring('first', brought)],
        filterNames: ['hidden', 'excluded'],
        seeJudged: removals.see,
      });
      const shown = work.recommend(
        { n: 30, exclude: excluded.map((i) => `I${i}`) },
        served,
      ) as string[];
      for (const i of brought) {
        const expected = hidden.includes(i) ? 0 : excluded.includes(i) ? 1 : undefined;
        expect(removals.filterOf(i)).toBe(expected);
        expect(shown.includes(`I${i}`)).toBe(expected === undefined);
      }
      const told = [...removals.by(0), ...removals.by(1)];
      expect(new Set(told).size).toBe(told.length);
    }),
  );
});

test('what a filter could not judge is removed by it', () => {
  const removals = new Removals();
  const broken = {
    name: 'licence',
    judge() {
      throw new Error('licence server is down');
    },
  };
  const filter = filterStage({
    filters: [filters.hidden, broken],
    retrievers: ['first'],
    popularity: () => Int32Array.of(20),
    budgetMs: undefined,
  });
  const table = createShop(30);
  table.upsert(shopItem(0, { hidden: true }));
  const { recommend } = openTestWork({ table, replace: { filter }, seeJudged: removals.see });
  expect(recommend({}, served)).toEqual([]);
  expect(removals.by(0)).toEqual([0]);
  expect(removals.by(1).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 20]);
});

test('a run that nobody looks at tells nobody, also when it comes after one', () => {
  const removals = new Removals();
  const looked = openTestWork({ seeJudged: removals.see });
  looked.recommend({ exclude: ['I0'] }, served);
  expect(removals.by(2)).toEqual([0]);
  const { pipeline, work, record } = looked;
  record.reset(work.layout);
  record.startedAt = looked.clock.monotonic();
  const request = { n: 5, explain: false, exclude: ['I1'] };
  pipeline.run({ work, request, record }, () => {});
  expect(removals.by(2)).toEqual([0]);
});
