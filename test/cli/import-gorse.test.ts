import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { parseConfig } from '../../src/config.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-import-gorse-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = () => join(folder, 'config.toml');

async function importText(text: string | Uint8Array, ...words: string[]) {
  writeFileSync(source(), text);
  const terminal = createRecordingTerminal({ environment: { GORSE_MASTER_HTTP_PORT: '9090' } });
  const code = await main(['import-gorse', source(), ...words], terminal);
  return { code, ...terminal.written };
}

const site = `
[server]
default_n = 20
api_kye = "x"
[recommend]
cache_size = 100
active_user_ttl = 30
[recommend.search]
columns = ["item.Comment"]
[recommend.collaborative]
type = "mf"
[recommend.ranker]
recommenders = ["collaborative"]
`;

test('the configuration goes to standard output and the account of it to standard error', async () => {
  const { code, out, err } = await importText(site);
  expect(code).toBe(0);
  expect(parseConfig(out, {}).gorse?.defaultCount).toBe(20);
  expect(err).toMatch(/^taken over\n/);
  expect(err).toMatch(/\n {2}server\.default_n +gorse\.defaultCount: 20\n/);
  expect(err).toMatch(
    /\nthe same by default\n {2}recommend\.cache_size +gorse\.cache\.items: 100\n/,
  );
  expect(err).toMatch(/\nnot needed\n {2}recommend\.active_user_ttl +answers are worked out/);
  expect(err).toMatch(/\n {2}recommend\.search\.columns +`\/api\/items\?q=` always searches/);
  expect(err).toMatch(/\nunknown\n {2}server\.api_kye +no key/);
  expect(err).toMatch(
    /\n {2}master\.http_port +http\.query\.port: 9090 \(from GORSE_MASTER_HTTP_PORT\)\n/,
  );
  expect(err).toMatch(/\n4 taken over, 1 the same by default, 2 not needed, 1 unknown\n$/);
});

test('the file that is written is one that `sightline check` finds good', async () => {
  const out = join(folder, 'sightline.yaml');
  const imported = await importText(site, '--out', out);
  expect(imported).toMatchObject({ code: 0, out: '' });
  expect(imported.err).toContain(`wrote ${out}; next: sightline check --config ${out}`);
  const terminal = createRecordingTerminal();
  expect(await main(['check', '--config', out], terminal)).toBe(0);
  expect(terminal.written.out).toContain('listen on 0.0.0.0:9090');
});

test('a file that is there is replaced with --force alone', async () => {
  const out = join(folder, 'sightline.yaml');
  writeFileSync(out, 'mine');
  const kept = await importText(site, '--out', out);
  expect(kept).toMatchObject({ code: 2, out: '' });
  expect(kept.err).toContain(`${out} exists, give --force to replace it`);
  expect(readFileSync(out, 'utf8')).toBe('mine');
  expect((await importText(site, '--out', out, '--force')).code).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('works:');
});

test.each([
  ['binary', new Uint8Array([0xff, 0xfe, 0, 1, 2]), 'is not UTF-8, expected TOML'],
  ['half a table', '[server', 'line 1, column '],
  ['huge', new Uint8Array(1_000_001), 'has more than 1000000 bytes'],
])('a file that is %s is refused by name and writes nothing', async (_, text, message) => {
  const out = join(folder, 'sightline.yaml');
  const refused = await importText(text, '--out', out);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/^error SL_CONFIG_INVALID: configuration of Gorse /);
  expect(refused.err).toContain(message);
  expect(refused.err).not.toContain('    at ');
  expect(existsSync(out)).toBe(false);
});

test.each(['no.toml', '.'])('%s is no file that can be read', async (name) => {
  const terminal = createRecordingTerminal();
  expect(await main(['import-gorse', join(folder, name)], terminal)).toBe(1);
  expect(terminal.written.err).toContain('cannot be read\n  because: ');
});

test('a folder that is not there cannot be written to', async () => {
  const { code, err } = await importText(site, '--out', join(folder, 'no', 'sightline.yaml'));
  expect(code).toBe(1);
  expect(err).toContain('sightline.yaml cannot be written');
});

test('without a file, or with two, it is mistyped', async () => {
  const terminal = createRecordingTerminal();
  expect(await main(['import-gorse'], terminal)).toBe(2);
  expect(await main(['import-gorse', 'a', 'b'], terminal)).toBe(2);
  expect(terminal.written.err).toContain('needs one file: CONFIG.TOML');
});
