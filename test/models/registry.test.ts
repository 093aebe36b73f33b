import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { frameModel } from '../../src/models/file.ts';
import { popular } from '../../src/models/popular.ts';
import { openRegistry } from '../../src/models/registry.ts';
import type { VersionRecord } from '../../src/models/version-record.ts';
import { queryAfter, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

const root = mkdtempSync(join(tmpdir(), 'sightline-registry-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const table = tableOf('ab');
let folders = 0;
const fresh = () => join(root, String(folders++));
const framed = (trainedAtMs: number, sessions = sessionsOf('ab')) =>
  frameModel({
    kind: 'popular',
    trainedAtMs,
    payload: popular.fit(sessions, popular.defaults, () => {}),
  });

test('a model that was never saved is not there', async () => {
  const registry = openRegistry({ folder: fresh() });
  expect(await registry.loadCurrent('hot', 'popular', table)).toBeUndefined();
  expect(await registry.versions('hot')).toEqual([]);
});

test('the last model saved is the current one, in this process and the next', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  await registry.save('hot', framed(1, sessionsOf('aab')));
  await registry.save('hot', framed(2, sessionsOf('abb')));
  const model = await openRegistry({ folder }).loadCurrent('hot', 'popular', table);
  expect(model?.trainedAtMs).toBe(2);
  const { a, b } = scored(model!, queryAfter(table, ''), table);
  expect(b).toBeGreaterThan(a);
});

test('the last three versions are kept, newest first', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  for (let trainedAtMs = 1; trainedAtMs <= 5; trainedAtMs++) {
    await registry.save('hot', framed(trainedAtMs));
    // Versions of one millisecond have no order on disk.
    const [newest] = [(await registry.loadCurrent('hot', 'popular', table))!.version];
    utimesSync(join(folder, 'hot', `${newest}.slm`), trainedAtMs, trainedAtMs);
  }
  const current = await registry.loadCurrent('hot', 'popular', table);
  expect(current?.trainedAtMs).toBe(5);
  expect((await registry.versions('hot')).length).toBe(3);
  expect((await registry.versions('hot'))[0]).toBe(current?.version);
  expect(readdirSync(join(folder, 'hot')).filter((name) => name.endsWith('.slm')).length).toBe(3);
});

test('a file that was cut off is a corrupt model', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  await registry.save('hot', framed(1));
  const [version] = await registry.versions('hot');
  truncateSync(join(folder, 'hot', `${version}.slm`), 60);
  await expect(registry.loadCurrent('hot', 'popular', table)).rejects.toThrow(
    expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
  );
});

test('a pointer to nowhere, or out of the folder, is a corrupt model', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  await registry.save('hot', framed(1));
  for (const pointer of ['0123456789ab', '../../../etc/passwd', '']) {
    writeFileSync(join(folder, 'hot', 'current'), pointer);
    await expect(registry.loadCurrent('hot', 'popular', table)).rejects.toThrow(
      expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
    );
  }
});

test('a model of another kind than asked for is not loaded', async () => {
  const registry = openRegistry({ folder: fresh() });
  await registry.save('hot', framed(1));
  await expect(registry.loadCurrent('hot', 'latest', table)).rejects.toThrow(
    expect.objectContaining({
      code: 'SL_MODEL_VERSION',
      message: 'model hot is a popular, expected a latest',
    }),
  );
});

const recordOf = (trainedAtMs: number): VersionRecord => ({
  ...{ kind: 'popular', options: { halfLifeDays: 30 }, trainedAtMs },
  data: { hash: 'c0ffee', users: 0, items: 2, sessions: 1, events: 2, lastAtMs: 5 },
  ...{ quality: null, gate: null, seconds: 1, bytes: 100, threads: 2, promotedAtMs: null },
  lineage: { parent: null, trigger: 'timer', run: 'r1' },
});

test('a staged version is kept with what is known of it, and does not serve until it is promoted', async () => {
  const registry = openRegistry({ folder: fresh() });
  const first = await registry.save('hot', framed(1), recordOf(1));
  const staged = await registry.stage('hot', framed(2), recordOf(2));
  expect(await registry.currentVersion('hot')).toBe(first);
  await registry.promote('hot', staged, 77);
  expect(await registry.currentVersion('hot')).toBe(staged);
  const history = await registry.history('hot');
  expect(history.find(({ version }) => version === staged)).toEqual({
    ...{ version: staged, isCurrent: true },
    record: { ...recordOf(2), promotedAtMs: 77 },
  });
});

test('a roll-back leads to the version that served before, and never to one that was rolled back', async () => {
  const registry = openRegistry({ folder: fresh() });
  const [a, b] = [await registry.save('hot', framed(1)), await registry.save('hot', framed(2))];
  expect(await registry.rollBack('hot')).toBe(a);
  const c = await registry.save('hot', framed(3));
  expect(await registry.rollBack('hot')).toBe(a);
  await expect(registry.rollBack('hot')).rejects.toMatchObject({ code: 'SL_NOT_FOUND' });
  expect(await registry.currentVersion('hot')).toBe(a);
  for (const version of [b, c]) await registry.promote('hot', version);
  expect(await registry.rollBack('hot')).toBe(b);
});

test('a version that is not kept cannot be promoted', async () => {
  const registry = openRegistry({ folder: fresh() });
  await registry.save('hot', framed(1));
  for (const version of ['0123456789ab', '../../etc/passwd', ''])
    await expect(registry.promote('hot', version)).rejects.toMatchObject({ code: 'SL_NOT_FOUND' });
});

test('a first version that is withdrawn leaves no current one', async () => {
  const registry = openRegistry({ folder: fresh() });
  await registry.save('hot', framed(1));
  await registry.withdraw('hot');
  expect(await registry.currentVersion('hot')).toBeUndefined();
});

test('the current version and the one before it outlive any number of staged ones', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder, keepVersions: 2 });
  const [a, b] = [await registry.save('hot', framed(1)), await registry.save('hot', framed(2))];
  for (const [age, version] of [a, b].entries())
    utimesSync(join(folder, 'hot', `${version}.slm`), age, age);
  for (let trainedAtMs = 3; trainedAtMs < 8; trainedAtMs++)
    await registry.stage('hot', framed(trainedAtMs), recordOf(trainedAtMs));
  const kept = await registry.versions('hot');
  expect(kept).toHaveLength(4);
  expect(kept).toEqual(expect.arrayContaining([a, b]));
  // Records go with their versions.
  expect(readdirSync(join(folder, 'hot')).filter((file) => file.endsWith('.json'))).toHaveLength(2);
});

test('a record that is damaged costs no model', async () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  const version = await registry.save('hot', framed(1), recordOf(1));
  for (const text of ['{', '{}', '[]', '{"kind": 1}']) {
    writeFileSync(join(folder, 'hot', `${version}.json`), text);
    expect(await registry.record('hot', version)).toBeUndefined();
    expect(await registry.history('hot')).toEqual([
      { version, isCurrent: true, record: undefined },
    ]);
  }
  expect(await registry.loadCurrent('hot', 'popular', table)).toBeDefined();
});
