import { expect, test } from 'vitest';
import type { Model } from '../../src/models/model.ts';
import { openRegistry } from '../../src/models/registry.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { openStore } from '../../src/stores/open-store.ts';
import type { Store } from '../../src/stores/store.ts';
import { prepareModels } from '../../src/training/prepare-models.ts';
import { runTraining } from '../../src/training/schedule/run-training.ts';
import { trainingSchema } from '../../src/training/training-schema.ts';
import { queryAfter, retrieved } from '../models/ask.ts';
import { folderOf } from './dataset/folder-of.ts';

const dayMs = 86_400_000;
const nowMs = 1000 * dayMs;
const clock = { now: () => nowMs, monotonic: () => performance.now() };
const emit = () => {};
const bought = 'count(feedback, .FeedbackType == "purchase" and (now() - .Updated).Hours() < 168)';
const week = { kind: 'board', options: { score: bought, filter: `${bought} > 0` } };

/** Of each item bought once more than of the one before, all this week but c, whose week is long past. */
async function fill(store: Store): Promise<ItemTable> {
  const table = new ItemTable();
  const bare = { catalog: 'shop', categories: [], attributes: {}, hidden: false, publishedAtMs: 0 };
  const items = [...'abcd'].map((id) => ({ id, ...bare }));
  await store.mset('items', items);
  for (const item of items) table.upsert(item);
  const events = [...'abcd'].flatMap((item, i) =>
    Array.from({ length: i + 1 }, (_, u) => ({
      ...{ key: `${item}${u}`, type: 'purchase', item, user: `u${u}` },
      atMs: nowMs - (item === 'c' ? 30 : 2) * dayMs - i,
    })),
  );
  await store.appendFeedback(events);
  return table;
}

const listOf = (model: Model, table: ItemTable) =>
  retrieved(model, queryAfter(table, ''), { table }).map(([id]) => [
    id,
    model.rawScore?.(table.indexOf(id)),
  ]);
const expected = [
  ['d', 4],
  ['b', 2],
  ['a', 1],
];

test('a board is trained at a start, from a store in memory', async () => {
  const store = createMemoryStore({ clock });
  const table = await fill(store);
  const told = { emit, onProgress: () => {} };
  const folder = folderOf({});
  const slots = await prepareModels({ folder, models: { week }, store, table, clock, ...told });
  expect(listOf((slots.get('week') as { model: Model }).model, table)).toEqual(expected);
});

test('a board is useful before there is any feedback', async () => {
  const store = createMemoryStore({ clock });
  const bare = {
    catalog: 'shop',
    categories: [],
    attributes: {},
    hidden: false,
    publishedAtMs: 9000,
  };
  await store.mset('items', [{ id: 'a', ...bare }]);
  const table = new ItemTable();
  table.upsert({ id: 'a', ...bare });
  const models = { newest: { kind: 'board', options: { score: 'item.Timestamp.Unix()' } } };
  const told = { emit, onProgress: () => {} };
  const slots = await prepareModels({ folder: folderOf({}), models, store, table, clock, ...told });
  expect(listOf((slots.get('newest') as { model: Model }).model, table)).toEqual([['a', 9]]);
});

test('a run reads a data folder for it, and lets any new board serve, however few would click on it', async () => {
  const [folder, storeFolder] = [folderOf({}), folderOf({})];
  const store = await openStore({ kind: 'sqlite', folder: storeFolder } as never, { clock });
  const table = await fill(store);
  await store.close();
  const registry = openRegistry({ folder });
  const run = (models: Parameters<typeof runTraining>[0]['models']) =>
    runTraining(
      { id: 'r', trigger: 'manual', models },
      {
        ...{ folder, registry, clock, emit, data: () => ({ storeFolder }) },
        options: trainingSchema.parse({ gate: { minCases: 1, minCoverage: 1 } }),
      },
    );
  const first = await run({ week });
  expect(first).toMatchObject({ outcome: 'published', models: [{ outcome: 'promoted' }] });
  expect(listOf((await registry.loadCurrent('week', 'board', table))!, table)).toEqual(expected);
  const worst = { kind: 'board', options: { score: `-${bought}`, size: 1 } };
  const second = await run({ week: worst });
  expect(second).toMatchObject({
    outcome: 'published',
    models: [{ outcome: 'promoted', reasons: [] }],
  });
  expect(listOf((await registry.loadCurrent('week', 'board', table))!, table)).toEqual([['c', -0]]);
});
