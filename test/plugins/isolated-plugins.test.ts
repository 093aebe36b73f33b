import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTableLoader } from '../../src/stores/tables/table-loader.ts';
import { openTestShelf, pluginsOf } from './load-plugins.ts';
import { openPluginWork, type Served, until } from './plugin-work.ts';

const limits = { timeoutMs: 1000, memoryMb: 32 };
const isolated = {
  newest: { path: 'good/newest.ts', isolate: true, limits: { timeoutMs: 2000 } },
  moods: { path: 'bad/moods.js', isolate: true, limits },
};

const stages = (moods: { retriever?: string; scorer?: string }) => [
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
  { stage: 'rerank', use: 'score' },
  { stage: 'filter', use: ['hidden'] },
];

const isWhole = ({ degraded }: Served) => degraded.length === 0;

test('isolated plugins serve what they would serve in the gateway, and survive what they do', async () => {
  const { shelf, told } = openTestShelf();
  const here = await shelf.load(
    pluginsOf({ newest: { path: 'good/newest.ts' }, moods: { path: 'bad/moods.js' } }),
  );
  const plugins = await shelf.load(pluginsOf(isolated));
  const whole = await openPluginWork(here, stages({})).recommend();
  const good = openPluginWork(plugins, stages({}));
  expect(await good.recommend()).toEqual(whole);
  for (const [mood, reason] of [
    ['throws', 'plugin.error'],
    ['rejects', 'plugin.error'],
    ['nan', 'model.invalid_output'],
  ]) {
    const served = await openPluginWork(plugins, stages({ scorer: mood })).recommend();
    expect(served).toEqual({ ids: whole.ids, degraded: [`score moody: ${reason}`] });
  }
  expect(told.filter(({ name }) => name === 'plugin.ended')).toEqual([]);
  for (const [mood, reason] of [
    ['loops', 'timeout.stage'],
    ['hangs', 'timeout.stage'],
    ['leaks', 'plugin.error'],
    ['exits', 'plugin.error'],
  ]) {
    const served = await openPluginWork(plugins, stages({ scorer: mood })).recommend();
    expect(served).toEqual({ ids: whole.ids, degraded: [`score moody: ${reason}`] });
    expect(await until(() => good.recommend(), isWhole)).toEqual(whole);
  }
  expect(told.filter(({ name }) => name === 'plugin.ended')).toHaveLength(4);
  await Promise.all([here.release(), plugins.release()]);
});

test('while a plugin is started again its part is left out at once, and the slate is full', async () => {
  const { shelf } = openTestShelf();
  const plugins = await shelf.load(pluginsOf(isolated));
  const good = openPluginWork(plugins, stages({}));
  await openPluginWork(plugins, stages({ retriever: 'exits' })).recommend();
  const { ids, degraded } = await good.recommend();
  expect(ids).toHaveLength(5);
  expect(degraded).toEqual(['retrieve moody: plugin.error', 'score moody: plugin.error']);
  expect(await until(() => good.recommend(), isWhole)).toMatchObject({ degraded: [] });
  await plugins.release();
});

test('more calls at once than the limit are refused, and the answers are full', async () => {
  const { shelf } = openTestShelf();
  const plugins = await shelf.load(
    pluginsOf({ newest: isolated.newest, moods: { ...isolated.moods, limits: { inFlight: 1 } } }),
  );
  const work = openPluginWork(plugins, stages({}));
  const served = await Promise.all([work.recommend(), work.recommend(), work.recommend()]);
  expect(served.flatMap(({ degraded }) => degraded)).toContain('retrieve moody: bulkhead.full');
  for (const { ids } of served) expect(ids).toHaveLength(5);
  await plugins.release();
});

test('options are checked by the plugin in its thread when a work is built', async () => {
  const { shelf } = openTestShelf();
  const plugins = await shelf.load(pluginsOf(isolated));
  expect(() => openPluginWork(plugins, stages({ scorer: 'sulks' }))).toThrowError(
    'works.home: options of moody.mood is no mood: sulks',
  );
  await plugins.release();
});

test('the thread of a plugin ends when the last of those who hold it lets go', async () => {
  const { shelf, told } = openTestShelf();
  const settings = pluginsOf({ newest: isolated.newest });
  const [first, second] = [await shelf.load(settings), await shelf.load(settings)];
  expect(told.filter(({ name }) => name === 'plugin.loaded')).toHaveLength(1);
  await first.release();
  await first.release();
  const use = [
    { stage: 'intent' },
    { stage: 'retrieve', use: [{ algorithm: 'evens' }] },
    { stage: 'score', use: [{ algorithm: 'newest', weight: 1 }] },
    { stage: 'rerank', use: 'score' },
    { stage: 'filter', use: ['hidden'] },
  ];
  const work = openPluginWork(second, use);
  expect((await work.recommend()).degraded).toEqual([]);
  await second.release();
  expect((await work.recommend()).degraded).toContain('score newest: plugin.error');
  expect(told.filter(({ name }) => name === 'plugin.ended')).toEqual([]);
});

test('options whose check never ends fail the build, and the plugin goes on', async () => {
  const { shelf } = openTestShelf();
  const moods = { ...isolated.moods, limits: { timeoutMs: 200 } };
  const plugins = await shelf.load(pluginsOf({ ...isolated, moods }));
  expect(() => openPluginWork(plugins, stages({ scorer: 'stuck' }))).toThrowError(
    'plugin moods does not run: it did not answer while works were built',
  );
  const work = await buildAgain(() => openPluginWork(plugins, stages({})));
  expect((await work.recommend()).ids).toHaveLength(5);
  await plugins.release();
});

async function buildAgain<Built>(build: () => Built): Promise<Built> {
  for (let i = 0; ; i++) {
    try {
      return build();
    } catch (cause) {
      if (i === 200) throw cause;
      await wait(20);
    }
  }
}

test('a plugin reads global tables from its thread', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-tables-'));
  const file = join(folder, 'picks.txt');
  writeFileSync(file, 'A4\nA6\n');
  const source = { kind: 'set', file, format: 'text', maxKeys: 100, maxBytes: 1_000_000 } as const;
  const tables = new Map([['picks', await createTableLoader().load(source)]]);
  const { shelf } = openTestShelf();
  const plugins = await shelf.load(
    pluginsOf({ newest: isolated.newest, listed: { path: 'good/listed.js', isolate: true } }),
  );
  const use = stages({}).map((stage) => {
    if (stage.stage === 'retrieve') return { ...stage, use: [{ algorithm: 'evens' }] };
    return stage.stage === 'score'
      ? { ...stage, use: [{ algorithm: 'listed', weight: 1 }] }
      : stage;
  });
  const { ids, degraded } = await openPluginWork(plugins, use, tables).recommend();
  expect(degraded).toEqual([]);
  expect(ids.slice(0, 2)).toEqual(['A4', 'A6']);
  await plugins.release();
  rmSync(folder, { recursive: true });
});
