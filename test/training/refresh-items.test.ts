import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { frameModel } from '../../src/models/file.ts';
import { modelKinds } from '../../src/models/index.ts';
import { openRegistry } from '../../src/models/registry.ts';
import { refreshItems } from '../../src/training/refresh-items.ts';
import { queryAfter, scored } from '../models/ask.ts';
import { sessionsOf, tableOf } from '../models/tiny-sessions.ts';

const root = mkdtempSync(join(tmpdir(), 'sightline-refresh-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const table = tableOf('abcx');
const trainedOn = sessionsOf(...Array(20).fill('abcabc'));
const since = sessionsOf(...Array(10).fill('caxbca'), ...Array(10).fill('abc'));
const models = {
  vectors: { kind: 'item2vec' },
  contexts: { kind: 'cbow' },
  hot: { kind: 'popular' },
};
const small = { dimensions: 8, epochs: 10 };

/** A folder with a version of each of the named models, trained at 99. */
async function trainedFolder(
  names: readonly (keyof typeof models)[],
  sessions = trainedOn,
): Promise<string> {
  const folder = mkdtempSync(join(root, 'models-'));
  for (const name of names) {
    const kind = modelKinds[models[name].kind];
    const payload = kind.fit(sessions, { ...(kind.defaults as object), ...small }, () => {});
    await openRegistry({ folder }).save(
      name,
      frameModel({ kind: kind.kind, trainedAtMs: 99, payload }),
    );
  }
  return folder;
}

const current = (folder: string, name: keyof typeof models) =>
  openRegistry({ folder }).loadCurrent(name, models[name].kind, table);

test('items are learnt in a thread while the loop stays free, and new versions are current', async () => {
  const folder = await trainedFolder(['vectors', 'contexts', 'hot']);
  const old = await current(folder, 'hot');
  let turns = 0;
  const turning = setInterval(() => {
    turns += 1;
  }, 1);
  const refreshed = await refreshItems({ folder, models, items: ['x'], interactions: since });
  clearInterval(turning);
  expect(turns).toBeGreaterThan(3);
  expect(refreshed.map(({ name }) => name)).toEqual(['vectors', 'contexts']);
  for (const { name, version, learnt } of refreshed) {
    const model = (await current(folder, name as keyof typeof models))!;
    expect(model.version).toBe(version);
    expect(learnt).toEqual(['x']);
    expect(scored(model, queryAfter(table, 'ca'), table).x).toBeGreaterThan(0);
  }
  expect((await current(folder, 'hot'))?.version).toBe(old?.version);
});

test('a new version keeps the time of training, and the one before it stays on disk', async () => {
  const folder = await trainedFolder(['vectors']);
  const before = (await current(folder, 'vectors'))!.version;
  const [{ version }] = await refreshItems({ folder, models, items: ['x'], interactions: since });
  expect((await current(folder, 'vectors'))?.trainedAtMs).toBe(99);
  expect((await openRegistry({ folder }).versions('vectors')).toSorted()).toEqual(
    [before, version].toSorted(),
  );
});

test('models that learnt nothing or were never trained are not answered, nor saved', async () => {
  const folder = await trainedFolder(['vectors']);
  const before = (await current(folder, 'vectors'))!.version;
  for (const items of [[], ['nowhere']])
    expect(await refreshItems({ folder, models, items, interactions: since })).toEqual([]);
  const interactions = sessionsOf('x', 'xx');
  expect(await refreshItems({ folder, models, items: ['x'], interactions })).toEqual([]);
  expect(await openRegistry({ folder }).versions('vectors')).toEqual([before]);
});

test('a model that cannot be read is named with its cause, and nothing is saved', async () => {
  const folder = await trainedFolder(['vectors', 'contexts']);
  const [vectors] = await openRegistry({ folder }).versions('vectors');
  const [contexts] = await openRegistry({ folder }).versions('contexts');
  truncateSync(join(folder, 'contexts', `${contexts}.slm`), 70);
  const refresh = refreshItems({ folder, models, items: ['x'], interactions: since });
  await expect(refresh).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'refresh of model contexts failed',
    cause: { message: expect.stringMatching(/model file .* has 70 bytes/) },
  });
  expect(await openRegistry({ folder }).versions('vectors')).toEqual([vectors]);
});

test('a refresh is ended by its signal', async () => {
  const folder = await trainedFolder(['vectors']);
  const before = (await current(folder, 'vectors'))!.version;
  const stop = new AbortController();
  const options = { folder, models, items: ['x'], interactions: since, signal: stop.signal };
  const refresh = refreshItems(options);
  stop.abort(new Error('enough'));
  await expect(refresh).rejects.toMatchObject({
    code: 'SL_TRAINING_FAILED',
    message: 'refresh was cancelled',
    cause: { message: 'enough' },
  });
  await expect(refreshItems(options)).rejects.toMatchObject({ cause: { message: 'enough' } });
  expect((await current(folder, 'vectors'))?.version).toBe(before);
});
