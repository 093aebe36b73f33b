import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-check-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function checkText(text: string, environment: Record<string, string> = {}) {
  const file = join(folder, 'sightline.yaml');
  writeFileSync(file, text);
  const terminal = createRecordingTerminal({ environment });
  const code = await main(['check', '--config', file], terminal);
  return { code, ...terminal.written };
}

test('the shipped configuration is good, and its works and models are listed', async () => {
  const terminal = createRecordingTerminal();
  expect(await main(['check'], terminal)).toBe(0);
  expect(terminal.written.out).toMatch(/^sightline.yaml is good\n/);
  for (const word of ['home', 'session', 'similar', 'item2vec', 'markov-1', 'a start would']) {
    expect(terminal.written.out).toContain(word);
  }
  expect(terminal.written.err).toBe('');
});

test('every mistake of a broken configuration has a line with its path', async () => {
  const { code, err, out } = await checkText(`
http: { query: { port: 99999 }, colour: blue }
telemetry: { level: loud }
models: { popular: { kind: astrology } }
works:
  home:
    surface: moon
    strategy: popular
    stages: [{ stage: retrieve, use: [{ algorithm: magic }] }]
`);
  expect(code).toBe(1);
  expect(out).toBe('');
  expect(err).toMatch(/^error SL_CONFIG_INVALID: configuration has \d+ mistakes\n/);
  for (const path of [
    'http.query.port',
    'http',
    'telemetry.level',
    'models.popular.kind',
    'works.home.surface',
    'works.home.stages.0.use.0.algorithm',
    'works.home.stages',
  ]) {
    expect(err).toContain(`\n  - ${path}: `);
  }
  expect(err).toContain('correct every listed path');
  expect(err).not.toContain('    at ');
});

test('an option that the kind of a model does not have is told with its path', async () => {
  const { code, err } = await checkText(`
models: { popular: { kind: popular, options: { halfLife: 3 } } }
works: {}
`);
  expect(code).toBe(1);
  expect(err).toContain('\n  - models.popular.options');
});

test('a value of the environment is checked like one of the file', async () => {
  const { code, err } = await checkText('', { SIGHTLINE_QUERY_PORT: 'eighty' });
  expect(code).toBe(1);
  expect(err).toContain('  - http.query.port: ');
});

test('a file that is not there is named', async () => {
  const terminal = createRecordingTerminal();
  expect(await main(['check', '--config', join(folder, 'no.yaml')], terminal)).toBe(1);
  expect(terminal.written.err).toContain('no.yaml: does not exist, expected a configuration file');
});

test('text that is not YAML is refused without a stack', async () => {
  const { code, err } = await checkText('works: [');
  expect(code).toBe(1);
  expect(err).toMatch(/is not YAML/);
  expect(err).not.toContain('    at ');
});

const shop = (algorithm: string, plugin: string) => `
models: { popular: { kind: popular } }
plugins: { mine: { path: ${plugin}, isolate: false } }
works:
  home:
    surface: user
    strategy: popular
    stages:
      - { stage: intent }
      - { stage: retrieve, use: [{ algorithm: popular }] }
      - { stage: score, use: [{ algorithm: ${algorithm}, weight: 1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden] }
`;

const plugin = `export default {
  name: 'mine',
  scorers: { flat: { summary: 'all the same', create: () => ({ score() {} }) } },
};`;

test('plugins are tried, and listed with their version', async () => {
  writeFileSync(join(folder, 'mine.mjs'), plugin);
  const { code, out } = await checkText(shop('flat', 'mine.mjs'));
  expect(code).toBe(0);
  expect(out).toMatch(/plugins\n {2}mine +mine.mjs, version [0-9a-f]{12}\n/);
});

test('a plugin that is not good is named with what is wrong with it', async () => {
  writeFileSync(join(folder, 'mine.mjs'), 'export default 42;');
  const { code, err } = await checkText(shop('flat', 'mine.mjs'));
  expect(code).toBe(1);
  expect(err).toMatch(/^error SL_PLUGIN_FAILED: /);
  expect(err).toContain('plugins.mine has a number as default export');
});

test('an algorithm that no plugin brings is named once the plugins are there', async () => {
  writeFileSync(join(folder, 'mine.mjs'), plugin);
  const { code, err } = await checkText(shop('steep', 'mine.mjs'));
  expect(code).toBe(1);
  expect(err).toContain(
    'works.home.stages.2.use.0.algorithm: algorithm steep is not declared, expected one of popular, query, feature, table, flat',
  );
});

test('tables and feature stores are listed, with the files that are not there', async () => {
  const { code, out } = await checkText(`
models: { popular: { kind: popular } }
tables: { blocked: { kind: set, file: ${join(folder, 'blocked.txt')} } }
features: { stores: { prices: { kind: redis, urls: ['redis://127.0.0.1:6379'], timeoutMs: 7 } } }
works:
  home:
    surface: user
    strategy: plain
    stages:
      - { stage: intent }
      - { stage: retrieve, use: [{ algorithm: popular }] }
      - { stage: score, use: [{ algorithm: popular, weight: 1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden, { algorithm: block-list, options: { table: blocked } }] }
`);
  expect(code).toBe(0);
  expect(out).toMatch(/\ntables\n {2}blocked +set +.*blocked.txt, which does not exist\n/);
  expect(out).toMatch(/\nfeature stores\n {2}prices +redis +7 ms\n/);
});

test('who may call the query port is said in one line, without asking for the secrets', async () => {
  const shipped = readFileSync('sightline.yaml', 'utf8');
  const open = await checkText(shipped);
  expect(open.out).toContain('have the query port open to everybody who reaches it');
  const keys = '{ web: { secret: WEB_KEY, scopes: [read, write], tenant: acme } }';
  const closed = await checkText(`${shipped}\naccess: { keys: ${keys} }\n`);
  expect(closed.code).toBe(0);
  expect(closed.out).toContain('open to keys alone: web (read, write of tenant acme)');
});

test('keys without a secret are told as what a start would stop at, and long names keep their columns', async () => {
  const text = `
models: { what-is-popular-everywhere: { kind: popular }, latest: { kind: latest } }
works: {}
access: { keys: { web: { secret: WEB_KEY, scopes: [read] } } }
gorse: {}
`;
  const { code, out } = await checkText(text, {});
  expect(code).toBe(0);
  expect(out).toContain(
    'stop at once here, as access.keys.web.secret: variable WEB_KEY is not set',
  );
  expect(out).toContain('serve the API of Gorse under /api, without its admin part');
  expect(out).toMatch(/ {2}what-is-popular-everywhere popular .*\n {2}latest {21}latest /);
  expect((await checkText(text, { WEB_KEY: 'k'.repeat(16) })).out).not.toContain('stop at once');
});
