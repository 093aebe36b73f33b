import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { digestModules } from '../../src/plugins/loading/digest-modules.ts';
import { createModuleVersions } from '../../src/plugins/loading/module-versions.ts';

/** A module of its own, how to write it, and its digest as it is. */
function openModule() {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-versions-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'entry.mjs');
  const entry = pathToFileURL(file).href;
  const write = (answer: number) => writeFileSync(file, `export default ${answer};`);
  return { write, digest: () => digestModules({ entry, modules: [entry] }) };
}

test('versions of one module stand beside each other', async () => {
  const { write, digest } = openModule();
  const versions = createModuleVersions();
  const answers: unknown[] = [];
  for (const answer of [1, 2, 1]) {
    write(answer);
    answers.push((await versions.import(await digest())).default);
  }
  expect(answers).toEqual([1, 2, 1]);
});

test('what was imported while its file changed is read again once it is forgotten', async () => {
  const { write, digest } = openModule();
  const versions = createModuleVersions();
  write(1);
  const one = await digest();
  write(2);
  expect((await versions.import(one)).default).toBe(2);
  versions.forget(one);
  write(1);
  expect((await versions.import(one)).default).toBe(1);
});
