import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Store } from '../../src/stores/store.ts';
import { importDataset } from '../../src/training/dataset/import-dataset.ts';
import { prepareModels } from '../../src/training/prepare-models.ts';
import { queryAfter, retrieved } from '../models/ask.ts';
import { tableOf } from '../models/tiny-sessions.ts';
import { folderOf } from './dataset/folder-of.ts';

const clock = { now: () => 1000, monotonic: () => 0 };
const models = { hot: { kind: 'popular', options: {} }, next: { kind: 'markov-1', options: {} } };

async function storeOf(sessions: readonly string[]): Promise<Store> {
  const store = createMemoryStore({ clock });
  await store.appendFeedback(
    sessions.flatMap((clicks, s) =>
      [...clicks].map((item, c) => ({
        key: `${s}-${c}`,
        type: 'click',
        item,
        session: `s${s}`,
        atMs: s * 1000 + c,
      })),
    ),
  );
  return store;
}

function recorded() {
  const facts: [string, object][] = [];
  const told: string[] = [];
  return {
    facts,
    told,
    names: () => facts.map(([name]) => name).filter((name) => !name.startsWith('training.p')),
    emit: (name: string, fact: object) => void facts.push([name, fact]),
    onProgress: ({ phase, name }: { phase: string; name: string }) =>
      void told.push(`${phase} ${name}`),
  };
}

test('what was never trained is trained at the first start and loaded at the second', async () => {
  const store = await storeOf(['ab', 'ab', 'ac']);
  const table = tableOf('abc');
  const folder = folderOf({});
  const first = recorded();
  const slots = await prepareModels({ folder, models, store, table, clock, ...first });
  const { model } = slots.get('next') as { model: never };
  expect(retrieved(model, queryAfter(table, 'a'), { table })).toEqual([
    ['b', 2],
    ['c', 1],
  ]);
  expect(first.names()).toEqual([
    'training.started',
    'training.loaded',
    'training.finished',
    'training.finished',
    'model.promoted',
    'model.promoted',
    'training.ended',
    'model.loaded',
    'model.loaded',
  ]);
  const second = recorded();
  const again = await prepareModels({ folder, models, store, table, clock, ...second });
  expect(second.names()).toEqual(['model.loaded', 'model.loaded']);
  expect(second.told.filter((line) => line.startsWith('train'))).toEqual([]);
  expect(again.get('next')).toMatchObject({ model: { trainedAtMs: 1000, kind: 'markov-1' } });
});

test('a damaged model file makes one model unavailable and leaves the others', async () => {
  const store = await storeOf(['ab']);
  const folder = folderOf({});
  const options = { folder, models, store, table: tableOf('ab'), clock };
  await prepareModels({ ...options, ...recorded() });
  const file = readdirSync(join(folder, 'hot')).find((name) => name.endsWith('.slm'))!;
  truncateSync(join(folder, 'hot', file), 70);
  const { facts, ...ears } = recorded();
  const slots = await prepareModels({ ...options, ...ears });
  expect(slots.get('hot')).toMatchObject({ unavailable: { code: 'SL_MODEL_CORRUPT' } });
  expect(slots.get('next')).toHaveProperty('model');
  expect(facts).toContainEqual([
    'model.failed',
    expect.objectContaining({ model: 'hot', code: 'SL_MODEL_CORRUPT' }),
  ]);
});

test('without feedback only what learns nothing is there, and nothing else is kept', async () => {
  const folder = folderOf({});
  const withLatest = { ...models, new: { kind: 'latest', options: {} } };
  const options = { folder, models: withLatest, table: tableOf('ab'), clock };
  const empty = await prepareModels({ ...options, store: await storeOf([]), ...recorded() });
  expect(empty.get('new')).toHaveProperty('model');
  expect(empty.get('hot')).toMatchObject({ unavailable: { code: 'SL_NOTHING_TO_LEARN' } });
  // With feedback the next start trains what is missing.
  const later = await prepareModels({ ...options, store: await storeOf(['ab']), ...recorded() });
  expect([...later.values()].every((slot) => 'model' in slot)).toBe(true);
});

test('a data set is imported into an empty store and never into another', async () => {
  const path = folderOf({
    'items.jsonl': '{"id":"a"}\nnonsense\n',
    'feedback.jsonl': '{"type":"click","item":"a","session":"s","timestamp":1}\n',
  });
  const store = createMemoryStore({ clock });
  const notes: string[] = [];
  const options = {
    store,
    dataset: { format: 'jsonl' as const, path },
    onProgress: ({ note }: { note: string }) => void notes.push(note),
  };
  expect(await importDataset(options)).toMatchObject({ items: 1, feedback: 1, skipped: 1 });
  expect(await store.counts()).toEqual({ items: 1, users: 0, feedback: 1 });
  expect(notes.at(-1)).toMatch(/^1 items, 0 users, 1 events; 1 rows skipped, .*line 2: row is not/);
  expect(await importDataset(options)).toBeUndefined();
});

test('an import that was cut short is done again by the next start, and keeps each event once', async () => {
  const store = createMemoryStore({ clock });
  const dataset = { format: 'eshop' as const, path: 'demo/eshop-clothing-2008.csv.gz' };
  let batches = 0;
  const dying: Store = {
    ...store,
    appendFeedback(batch) {
      batches += 1;
      if (batches === 3) throw new Error('killed');
      return store.appendFeedback(batch);
    },
  };
  await expect(importDataset({ store: dying, dataset, onProgress: () => {} })).rejects.toThrow(
    'killed',
  );
  expect((await store.counts()).feedback).toBeGreaterThan(0);
  await importDataset({ store, dataset, onProgress: () => {} });
  expect(await store.counts()).toEqual({ items: 217, users: 0, feedback: 165_474 });
});
