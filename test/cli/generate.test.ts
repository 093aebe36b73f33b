import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { configSchema, environmentOverrides } from '../../src/config.ts';
import { errorCodes } from '../../src/domain/errors.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { createRecordingTerminal } from './recording-terminal.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-generate-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function generate(...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main(['generate', '--folder', folder, ...words], terminal);
  return { code, ...terminal.written };
}

test('what was written is up to date, and writing again changes nothing', async () => {
  const first = await generate();
  expect(first.code).toBe(0);
  expect(first.out.split('\n').filter(Boolean)).toEqual([
    'written: docs/configuration.md',
    'written: docs/errors.md',
    'written: docs/metrics.md',
  ]);
  expect(await generate()).toMatchObject({ code: 0, out: '' });
  expect(await generate('--check')).toMatchObject({ code: 0, out: '' });
});

test('a check names the files that differ or are missing, and writes nothing', async () => {
  await generate();
  appendFileSync(join(folder, 'docs/metrics.md'), 'edited by hand\n');
  rmSync(join(folder, 'docs/errors.md'));
  const checked = await generate('--check');
  expect(checked.code).toBe(1);
  expect(checked.out).toBe('not up to date: docs/errors.md\nnot up to date: docs/metrics.md\n');
  expect(checked.err).toContain('npm run generate');
  expect(await generate('--check')).toMatchObject({ code: 1 });
});

test('every key, variable, error code and series stands in its document', async () => {
  await generate();
  const read = (name: string) => readFileSync(join(folder, 'docs', name), 'utf8');
  const configuration = read('configuration.md');
  for (const key of Object.keys(configSchema.shape)) expect(configuration).toContain(key);
  for (const name of Object.keys(environmentOverrides)) expect(configuration).toContain(name);
  for (const code of Object.keys(errorCodes)) expect(read('errors.md')).toContain(`\`${code}\``);
  for (const name of Object.keys(metricTable)) expect(read('metrics.md')).toContain(name);
});

test('every key of the configuration says what it is for, or is told by its name alone', async () => {
  await generate();
  const rows = readFileSync(join(folder, 'docs/configuration.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `') && !line.includes('SIGHTLINE_'));
  const silent = rows.filter((row) => row.endsWith('|  |')).map((row) => row.split('`')[1]);
  expect(new Set(silent)).toEqual(new Set(['kind', 'stage', 'use']));
});
