import { mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { frameModel } from '../../src/models/file.ts';
import { popular } from '../../src/models/popular.ts';
import { openRegistry } from '../../src/models/registry.ts';
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

test('a model that was never saved is not there', () => {
  const registry = openRegistry({ folder: fresh() });
  expect(registry.loadCurrent('hot', 'popular', table)).toBeUndefined();
  expect(registry.versions('hot')).toEqual([]);
});

test('the last model saved is the current one, in this process and the next', () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  registry.save('hot', framed(1, sessionsOf('aab')));
  registry.save('hot', framed(2, sessionsOf('abb')));
  const model = openRegistry({ folder }).loadCurrent('hot', 'popular', table);
  expect(model?.trainedAtMs).toBe(2);
  const { a, b } = scored(model!, queryAfter(table, ''), table);
  expect(b).toBeGreaterThan(a);
});

test('the last three versions are kept, newest first', () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  for (let trainedAtMs = 1; trainedAtMs <= 5; trainedAtMs++) {
    registry.save('hot', framed(trainedAtMs));
    // Versions of one millisecond have no order on disk.
    const [newest] = [registry.loadCurrent('hot', 'popular', table)!.version];
    utimesSync(join(folder, 'hot', `${newest}.slm`), trainedAtMs, trainedAtMs);
  }
  const current = registry.loadCurrent('hot', 'popular', table);
  expect(current?.trainedAtMs).toBe(5);
  expect(registry.versions('hot').length).toBe(3);
  expect(registry.versions('hot')[0]).toBe(current?.version);
  expect(readdirSync(join(folder, 'hot')).filter((name) => name.endsWith('.slm')).length).toBe(3);
});

test('a file that was cut off is a corrupt model', () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  registry.save('hot', framed(1));
  const [version] = registry.versions('hot');
  truncateSync(join(folder, 'hot', `${version}.slm`), 60);
  expect(() => registry.loadCurrent('hot', 'popular', table)).toThrow(
    expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
  );
});

test('a pointer to nowhere, or out of the folder, is a corrupt model', () => {
  const folder = fresh();
  const registry = openRegistry({ folder });
  registry.save('hot', framed(1));
  for (const pointer of ['0123456789ab', '../../../etc/passwd', '']) {
    writeFileSync(join(folder, 'hot', 'current'), pointer);
    expect(() => registry.loadCurrent('hot', 'popular', table)).toThrow(
      expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
    );
  }
});

test('a model of another kind than asked for is not loaded', () => {
  const registry = openRegistry({ folder: fresh() });
  registry.save('hot', framed(1));
  expect(() => registry.loadCurrent('hot', 'latest', table)).toThrow(
    expect.objectContaining({
      code: 'SL_MODEL_VERSION',
      message: 'model hot is a popular, expected a latest',
    }),
  );
});
