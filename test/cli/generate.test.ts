import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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
  const written = first.out.split('\n').filter(Boolean);
  for (const file of [
    'docs/metrics.md',
    'dashboards/overview.json',
    'dashboards/v2/overview.yaml',
    'alerts/recording.yaml',
    'alerts/runbook.md',
    'otel-collector.yaml',
    'compose.yaml',
    'deploy/prometheus.yml',
  ]) {
    expect(written).toContain(`written: ${file}`);
  }
  expect(await generate()).toMatchObject({ code: 0, out: '' });
  expect(await generate('--check')).toMatchObject({ code: 0, out: '' });
});

test('a check names the files that differ or are missing, and writes nothing', async () => {
  await generate('documents');
  appendFileSync(join(folder, 'docs/metrics.md'), 'edited by hand\n');
  rmSync(join(folder, 'docs/errors.md'));
  const checked = await generate('documents', '--check');
  expect(checked.code).toBe(1);
  expect(checked.out).toBe('not up to date: docs/errors.md\nnot up to date: docs/metrics.md\n');
  expect(checked.err).toContain('npm run generate');
  expect(await generate('documents', '--check')).toMatchObject({ code: 1 });
});

test('what was generated under other settings goes, and what is not ours stays', async () => {
  await generate('alerts');
  const old = join(folder, 'alerts/tests/symptoms-7m.yaml');
  const own = join(folder, 'alerts/own.yaml');
  writeFileSync(old, readFileSync(join(folder, 'alerts/tests/symptoms-1m.yaml')));
  writeFileSync(own, 'groups: []\n');
  const left = await generate('alerts', '--check');
  expect(left).toMatchObject({ code: 1, out: 'left over: alerts/tests/symptoms-7m.yaml\n' });
  expect(await generate('alerts')).toMatchObject({
    code: 0,
    out: 'removed: alerts/tests/symptoms-7m.yaml\n',
  });
  expect([existsSync(old), existsSync(own)]).toEqual([false, true]);
});

test('kinds can be asked for alone', async () => {
  const { out } = await generate('alerts');
  const written = out.split('\n').filter(Boolean);
  expect(written.length).toBeGreaterThan(3);
  for (const line of written) expect(line).toMatch(/^written: alerts\//);
});

test('another environment stands beside the first without a clash', async () => {
  await generate('dashboards', 'alerts', '--service', 'shop', '--environment', 'staging');
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  expect(JSON.parse(text('dashboards/overview.json'))).toMatchObject({
    uid: 'shop-staging-overview',
  });
  expect(text('alerts/recording.yaml')).toContain('{job="shop", environment="staging"}');
});

test.each([
  [['--environment', 'Not Good'], 'environment must be lower-case letters'],
  [['--service', 'a"b'], 'serviceName must be letters'],
  [['pictures'], 'kind pictures, expected one of documents, dashboards, alerts, deploy'],
])('%s is refused with what was expected', async (words, message) => {
  const { code, err, out } = await generate(...words);
  expect(code).not.toBe(0);
  expect(err).toContain(message);
  expect(out).toBe('');
});

test('series of plugins get a dashboard, and their mistakes are told by name', async () => {
  const config = join(folder, 'shop.yaml');
  const metrics = join(folder, 'metrics.yaml');
  const shipped = readFileSync('sightline.yaml', 'utf8');
  writeFileSync(config, `${shipped}\nprovisioning: { metrics: metrics.yaml }\n`);
  writeFileSync(
    metrics,
    'shop_orders_total: { type: counter, help: Orders, owner: shop, panel: Orders }',
  );
  expect(await generate('dashboards', '--config', config)).toMatchObject({ code: 0 });
  const own = readFileSync(join(folder, 'dashboards/own-metrics.json'), 'utf8');
  expect(own).toContain('shop_orders_total');

  writeFileSync(metrics, 'shop_orders: { type: counter }');
  const refused = await generate('--config', config);
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain('shop_orders: is a counter, expected a name that ends in _total');
  expect(refused.err).toContain('shop_orders: has no help');
  rmSync(metrics);
  expect((await generate('--config', config)).err).toContain('metrics.yaml does not exist');
});

test('every key, variable, error code and series stands in its document', async () => {
  await generate('documents');
  const read = (name: string) => readFileSync(join(folder, 'docs', name), 'utf8');
  const configuration = read('configuration.md');
  for (const key of Object.keys(configSchema.shape)) expect(configuration).toContain(key);
  for (const name of Object.keys(environmentOverrides)) expect(configuration).toContain(name);
  for (const code of Object.keys(errorCodes)) expect(read('errors.md')).toContain(`\`${code}\``);
  for (const name of Object.keys(metricTable)) expect(read('metrics.md')).toContain(name);
});

test('every key of the configuration says what it is for, or is told by its name alone', async () => {
  await generate('documents');
  const rows = readFileSync(join(folder, 'docs/configuration.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `') && !line.includes('SIGHTLINE_'));
  const silent = rows.filter((row) => row.endsWith('|  |')).map((row) => row.split('`')[1]);
  expect(new Set(silent)).toEqual(new Set(['kind', 'stage', 'use']));
});

test('the folders of the repository hold what is generated and nothing left over', async () => {
  await generate();
  for (const name of ['dashboards', 'alerts', 'deploy']) {
    const filesOf = (parent: string) => readdirSync(join(parent, name), { recursive: true }).sort();
    expect(filesOf('.')).toEqual(filesOf(folder));
  }
});

test('the page of the configuration lists the built-in algorithms with their options', async () => {
  await generate('documents');
  const page = readFileSync(join(folder, 'docs/configuration.md'), 'utf8');
  expect(page).toContain('| reranker | `mmr` | maximal marginal relevance |');
  expect(page).toMatch(/## Options of the reranker `mmr`\n\n.*\n.*\n\| `diversity` \|/);
});
