import { expect, test } from 'vitest';
import { Candidates } from '../../../src/domain/candidates.ts';
import type { SightlineError } from '../../../src/domain/errors.ts';
import type { RequestContext } from '../../../src/pipeline/algorithm.ts';
import { createTransform } from '../../../src/pipeline/algorithms/score-transform.ts';
import { tableScorer } from '../../../src/pipeline/algorithms/table-algorithms.ts';
import { ItemTable } from '../../../src/stores/item-table.ts';
import { attachTable } from '../../../src/stores/tables/attach-table.ts';
import { buildTextTable } from '../../../src/stores/tables/build-text-table.ts';
import { buildU64Map } from '../../../src/stores/tables/build-u64-map.ts';
import type { GlobalTable, TableKind } from '../../../src/stores/tables/global-table.ts';
import { openFeatureShop } from '../features/feature-shop.ts';
import { shopItem } from '../test-work.ts';

function build(kind: TableKind, lines: readonly string[]): GlobalTable {
  const text = { file: 'test', bytes: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
  const limits = { maxKeys: 1000, maxBytes: 2 ** 20 };
  const memory =
    kind === 'u64-u32' ? buildU64Map(text, limits) : buildTextTable(kind, text, limits);
  return attachTable({ kind, memory });
}

const serve = async (filter: readonly unknown[], tables: Record<string, GlobalTable>) => {
  const clock = { now: () => 1000, monotonic: () => 1000 };
  const { recommend } = await openFeatureShop({ filter, tables, clock, popularity: [20, 21] });
  return (await recommend({ n: 4 })).items;
};

test('a block list removes the items that its table holds, an allow list all others', async () => {
  const tables = { some: build('set', ['I0', 'I2', 'I20']) };
  const use = (algorithm: string) => [{ algorithm, options: { table: 'some' } }];
  expect(await serve(use('block-list'), tables)).toEqual(['I1', 'I3', 'I4', 'I5']);
  expect(await serve(use('allow-list'), tables)).toEqual(['I0', 'I2', 'I20']);
});

test('a table that is not there is named with those that are', async () => {
  const use = [{ algorithm: 'block-list', options: { table: 'blocked' } }];
  const refused = serve(use, { staff: build('set', ['I0']) });
  await expect(refused).rejects.toMatchObject({
    code: 'SL_CONFIG_INVALID',
    message: 'algorithm block-list of work test reads table blocked, expected one of staff',
  } satisfies Partial<SightlineError>);
});

/** Scores of items with these ids. */
function scoresOf(table: GlobalTable, ids: readonly string[], missing = 0) {
  const items = new ItemTable();
  const candidates = new Candidates();
  for (const id of ids) {
    candidates.items[candidates.count] = items.upsert({ ...shopItem(0), id });
    candidates.count += 1;
  }
  const scorer = tableScorer(table, { transform: 'none', missing });
  const scores = new Float32Array(candidates.capacity);
  const context = { table: items } as RequestContext;
  scorer.score(context, candidates, scores);
  scorer.score(context, candidates, scores);
  return [...scores.subarray(0, candidates.count)];
}

test('a scorer takes the number that a table holds of an item', () => {
  const numbers = build('u64-u32', ['7\t40', '8\t50']);
  expect(scoresOf(numbers, ['7', '8', '9', 'boots', '07'], 3)).toEqual([40, 50, 3, 3, 3]);
});

test('text is read as a number where it is one, and a key alone counts as 1', () => {
  const texts = build('sorted', ['a\t0.5', 'b\tmany', 'c\t']);
  expect(scoresOf(texts, ['a', 'b', 'c', 'd'], 2)).toEqual([0.5, 2, 2, 2]);
  expect(scoresOf(build('set', ['a']), ['a', 'b'])).toEqual([1, 0]);
});

test('scores are finite and never negative, whatever the number', () => {
  for (const transform of ['none', 'log', 'reciprocal'] as const) {
    const score = createTransform(transform);
    for (const value of [
      -1e308,
      -1,
      -0,
      0,
      1e-320,
      0.5,
      1e308,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]) {
      expect(score(value)).toBeGreaterThanOrEqual(0);
      expect(score(value)).toBeLessThanOrEqual(1e30);
    }
  }
  expect(createTransform('log')(Math.E - 1)).toBeCloseTo(1);
  expect(createTransform('reciprocal')(4)).toBe(0.25);
});
