import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestShelf, pluginFolder, pluginsOf, refusal } from './load-plugins.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-plugins-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const plain = (answer: number) => `
import { answer } from './inside/answer.ts';
export default {
  name: 'plain',
  scorers: {
    plain: { summary: 'is ' + answer, create: () => ({ score() {} }) },
  },
};
// ${answer}
`;

function writePlain(answer: number): void {
  mkdirSync(join(folder, 'inside'), { recursive: true });
  writeFileSync(join(folder, 'plain.ts'), plain(0));
  writeFileSync(join(folder, 'inside/answer.ts'), `export const answer: number = ${answer};`);
}

const settings = { plain: { path: 'plain.ts' } };

test('a plugin of TypeScript brings its algorithms into the catalogue beside the built-in ones', async () => {
  const { shelf, told } = openTestShelf();
  const loaded = await shelf.load(pluginsOf({ shop: { path: 'good/newest.ts' } }));
  expect([...loaded.catalogue.scorers.keys()]).toEqual(['query', 'feature', 'table', 'newest']);
  expect(loaded.plugins).toMatchObject([
    {
      name: 'shop',
      source: 'good/newest.ts',
      isolated: false,
      hash: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
  ]);
  expect(told.map(({ name }) => name)).toEqual(['plugin.loaded']);
  await loaded.release();
});

test('a package is found from the folder of the configuration, and finds sightline/plugin', async () => {
  const home = join(folder, 'node_modules/@acme/ranker');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: '@acme/ranker', type: 'module', exports: './main.js' }),
  );
  writeFileSync(
    join(home, 'main.js'),
    `import { definePlugin } from 'sightline/plugin';
     export default definePlugin({ name: 'ranker', scorers: { acme: { summary: '', create: () => ({ score() {} }) } } });`,
  );
  const { shelf } = openTestShelf(folder);
  const loaded = await shelf.load(pluginsOf({ acme: { package: '@acme/ranker' } }));
  expect(loaded.catalogue.scorers.has('acme')).toBe(true);
  await loaded.release();
});

test('a change of a module that a plugin imports is loaded anew, and the version before stays as it was', async () => {
  writePlain(1);
  const { shelf } = openTestShelf(folder);
  const first = await shelf.load(pluginsOf(settings));
  writePlain(2);
  const second = await shelf.load(pluginsOf(settings));
  expect(second.plugins[0].hash).not.toBe(first.plugins[0].hash);
  expect(first.catalogue.scorers.get('plain')?.summary).toBe('is 1');
  expect(second.catalogue.scorers.get('plain')?.summary).toBe('is 2');
  await Promise.all([first.release(), second.release()]);
});

test('the version of a plugin does not depend on its folder', async () => {
  writePlain(1);
  for (const file of ['plain.ts', 'inside/answer.ts'])
    cpSync(join(folder, file), join(folder, 'copy', file));
  const { shelf } = openTestShelf(folder);
  const here = await shelf.load(pluginsOf(settings));
  const there = await openTestShelf(join(folder, 'copy')).shelf.load(pluginsOf(settings));
  expect(there.plugins[0].hash).toBe(here.plugins[0].hash);
  await Promise.all([here.release(), there.release()]);
});

test('what is unchanged is shared, and not tried again', async () => {
  writePlain(1);
  const { shelf, told } = openTestShelf(folder);
  const first = await shelf.load(pluginsOf(settings));
  const second = await shelf.load(pluginsOf(settings));
  expect(told).toHaveLength(1);
  expect(second.catalogue.scorers.get('plain')).toBe(first.catalogue.scorers.get('plain'));
  await Promise.all([first.release(), second.release()]);
});

test('a failed load leaves what is held as it was', async () => {
  writePlain(1);
  const { shelf } = openTestShelf(folder);
  const held = await shelf.load(pluginsOf(settings));
  writeFileSync(join(folder, 'plain.ts'), 'export default 42;');
  const { code, mistakes } = await refusal(shelf, settings);
  expect(code).toBe('SL_PLUGIN_FAILED');
  expect(mistakes).toEqual([
    'plugins.plain has a number as default export, expected a plugin made with definePlugin',
  ]);
  expect(held.catalogue.scorers.get('plain')?.summary).toBe('is 1');
  await held.release();
});

test('two plugins that claim one name are told of both, with the code of the configuration', async () => {
  const { shelf } = openTestShelf();
  expect(await refusal(shelf, { one: { path: 'bad/clash.js' } })).toEqual({
    code: 'SL_CONFIG_INVALID',
    mistakes: ['plugins.one brings query of scorers, which sightline has already'],
  });
});

test('a kind of store that a plugin brings can be opened by its name', async () => {
  const { shelf } = openTestShelf();
  const { stores, release } = await shelf.load(pluginsOf({ boost: { path: 'good/boost.js' } }));
  const store = await stores.constant.open({}, { name: 'ones' });
  expect(await store.mget(['a'], { timeoutMs: 10 })).toMatchObject([{ state: 'present', row: 1 }]);
  await release();
});

test('CommonJS is refused, as its modules cannot be told apart by version', async () => {
  writeFileSync(join(folder, 'old.cjs'), 'module.exports = { name: "old", scorers: {} };');
  const { shelf } = openTestShelf(folder);
  const { mistakes } = await refusal(shelf, { old: { path: 'old.cjs' } });
  expect(mistakes.join()).toMatch(/has the CommonJS module .*old.cjs, expected ES modules/);
});

test.each([
  [{ both: { path: 'a.ts', package: 'a' } }, /needs either path or package/],
  [{ none: {} }, /needs either path or package/],
  [{ 'No Name': { path: 'a.ts' } }, /lower-case letters/],
  [{ a: { path: 'a.ts', limits: { memoryMb: 1 } } }, /16/],
  [{ a: { path: 'a.ts', colour: 'blue' } }, /colour/],
])('settings %o are refused', (plugins, message) => {
  expect(() => pluginsOf(plugins as never)).toThrowError(message);
});

test('plugins are found wherever the folder of the configuration is', async () => {
  cpSync(join(pluginFolder, 'good/backwards.js'), join(folder, 'b.js'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const { shelf } = openTestShelf(folder);
  const { catalogue, release } = await shelf.load(pluginsOf({ b: { path: './b.js' } }));
  expect(catalogue.rerankers.has('backwards')).toBe(true);
  await release();
});
