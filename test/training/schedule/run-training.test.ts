import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Interactions } from '../../../src/models/model.ts';
import { openRegistry } from '../../../src/models/registry.ts';
import type { FactName, Facts } from '../../../src/telemetry/facts.ts';
import {
  type RunTools,
  runTraining,
  type TrainingRun,
} from '../../../src/training/schedule/run-training.ts';
import { trainingSchema } from '../../../src/training/training-schema.ts';
import { sessionsOf } from '../../models/tiny-sessions.ts';

const root = mkdtempSync(join(tmpdir(), 'sightline-run-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What comes next is always the next letter. */
const walks = (sessions: number) => Array<string>(sessions).fill('abcdef');
const models = { next: { kind: 'markov-1', options: {} }, hot: { kind: 'popular', options: {} } };

/** A folder of models, and a way to train into it. */
function openDesk(training: object = {}) {
  const folder = mkdtempSync(join(root, 'models-'));
  const registry = openRegistry({ folder });
  const facts: [FactName, object][] = [];
  let nowMs = 1;
  const published: string[] = [];
  const train = (
    interactions: Interactions,
    run: Partial<TrainingRun> = {},
    tools: Partial<RunTools> = {},
  ) =>
    runTraining(
      { id: 'r1', trigger: 'manual', models, ...run },
      {
        ...{ folder, registry, options: trainingSchema.parse(training) },
        data: () => ({ interactions }),
        clock: { now: () => nowMs++, monotonic: () => performance.now() },
        emit: (name, fact) => void facts.push([name, fact]),
        publish: async () => {
          published.push('all');
          return 'published';
        },
        ...tools,
      },
    );
  const told = <Name extends FactName>(name: Name): Facts[Name][] =>
    facts.filter(([one]) => one === name).map(([, fact]) => fact as Facts[Name]);
  return { folder, registry, train, told, published };
}

test('a first run keeps versions with what made them, and publishes them once', async () => {
  const { registry, train, told, published } = openDesk();
  const report = await train(sessionsOf(...walks(100)));
  expect(report).toMatchObject({
    outcome: 'published',
    models: [{ outcome: 'promoted' }, { outcome: 'promoted' }],
    data: { sessions: 100, events: 600, items: 6 },
  });
  expect(report.phases.map(({ phase }) => phase)).toEqual([
    ...['load', 'train', 'evaluate', 'gate', 'publish'],
  ]);
  expect(published).toEqual(['all']);
  const [kept] = await registry.history('next');
  expect(kept).toMatchObject({
    isCurrent: true,
    record: {
      kind: 'markov-1',
      quality: { task: 'next-click', cases: 50, recall: 1 },
      gate: { verdict: 'promote', basis: 'first', difference: null },
      lineage: { parent: null, trigger: 'manual', run: 'r1' },
      data: { hash: report.data?.hash },
      promotedAtMs: expect.any(Number),
    },
  });
  expect(told('training.ended')).toMatchObject([{ outcome: 'published', trigger: 'manual' }]);
  expect(told('model.judged')).toMatchObject([{ model: 'next', ndcg: 1 }, { model: 'hot' }]);
  expect(told('training.ended')[0].peakBytes).toBeGreaterThan(1e7);
});

test('a candidate that is worse than the version that serves does not, and is kept', async () => {
  const { registry, train, told, published } = openDesk();
  const only = { models: { next: models.next } };
  await train(sessionsOf(...walks(100)), only);
  const before = await registry.currentVersion('next');
  // Between the old walks and the newest ones everybody went another way.
  const strange = Array<string>(900).fill('acebdf');
  const report = await train(sessionsOf(...walks(100), ...strange, ...walks(120)), only);
  expect(report).toMatchObject({
    outcome: 'rejected',
    models: [{ outcome: 'rejected', reasons: [expect.stringMatching(/^NDCG differs by -0\.3/)] }],
  });
  expect(await registry.currentVersion('next')).toBe(before);
  expect(published).toHaveLength(1);
  expect(told('model.judged')[1]).toMatchObject({ verdict: 'reject', reasons: ['worse'] });
  const kept = await registry.history('next');
  expect(kept.find(({ isCurrent }) => !isCurrent)?.record).toMatchObject({
    gate: { verdict: 'reject', basis: 'as-is', difference: { high: expect.any(Number) } },
    lineage: { parent: before },
    promotedAtMs: null,
  });
});

test('a run that is cancelled leaves nothing', async () => {
  const { folder, train, told, published } = openDesk();
  const stop = new AbortController();
  const report = await train(
    sessionsOf(...walks(200)),
    {
      models: { hot: models.hot, long: { kind: 'cbow', options: { epochs: 500, members: 16 } } },
      signal: stop.signal,
    },
    { onProgress: ({ model, done }) => model === 'long' && done > 0 && stop.abort() },
  );
  expect(report.outcome).toBe('cancelled');
  expect(readdirSync(folder)).toEqual([]);
  expect(published).toEqual([]);
  expect(told('training.ended')).toMatchObject([{ outcome: 'cancelled' }]);
});

test('when publishing fails the versions before stay current', async () => {
  const { registry, train } = openDesk();
  const data = sessionsOf(...walks(100));
  await train(data, { models: { next: models.next } });
  const before = await registry.currentVersion('next');
  const report = await train(
    data,
    {},
    {
      publish: () => Promise.reject(new Error('no room')),
    },
  );
  expect(report).toMatchObject({ outcome: 'failed', cause: { message: 'no room' } });
  expect(await registry.currentVersion('next')).toBe(before);
  expect(await registry.currentVersion('hot')).toBeUndefined();
});

test('data that cannot be loaded fails the run, and is named', async () => {
  const { folder, train, told } = openDesk();
  const report = await train(sessionsOf(), {}, { data: () => ({ storeFolder: '/nowhere' }) });
  expect(report).toMatchObject({ outcome: 'failed', data: undefined });
  expect(told('training.failed')).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('models that cannot be learnt are named, and the others serve', async () => {
  const { registry, train } = openDesk({ maxMemoryMb: 64 });
  const report = await train(sessionsOf(...walks(50)), {
    models: {
      wild: { kind: 'popular', options: { halfLifeDays: -1 } },
      hot: models.hot,
    },
  });
  expect(report.outcome).toBe('partial');
  expect(report.models.find(({ model }) => model === 'wild')).toMatchObject({
    outcome: 'failed',
    reasons: [expect.stringMatching(/^training of model wild failed: .*halfLifeDays/)],
  });
  expect(await registry.currentVersion('hot')).toBeDefined();
});

test('without feedback only what learns nothing is made', async () => {
  const { train } = openDesk();
  const report = await train(sessionsOf(), {
    models: { ...models, new: { kind: 'latest', options: {} } },
  });
  expect(report.models.map(({ model, outcome }) => `${model} ${outcome}`).toSorted()).toEqual([
    ...['hot failed', 'new promoted', 'next failed'],
  ]);
  expect(report.models.find(({ model }) => model === 'hot')?.cause).toMatchObject({
    code: 'SL_NOTHING_TO_LEARN',
  });
});

test('force serves what is learnt without a look at it', async () => {
  const { registry, train } = openDesk();
  const report = await train(sessionsOf(...walks(50)), { force: true });
  expect(report.phases.map(({ phase }) => phase)).toEqual(['load', 'train', 'publish']);
  expect((await registry.history('hot'))[0].record).toMatchObject({ quality: null, gate: null });
});

test('one session, and ids of any characters, are enough for a run to end well', async () => {
  const { train } = openDesk();
  const interactions = sessionsOf('a\n"☃\0', 'aaaaaaaa');
  expect((await train(interactions)).outcome).toBe('published');
});
