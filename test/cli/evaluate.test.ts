import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openServer } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

let shop: TinyShop;

beforeEach(() => {
  shop = createTinyShop();
});

afterEach(() => shop.remove());

async function run(...words: string[]) {
  const terminal = createRecordingTerminal();
  const given = ['evaluate', '--config', shop.config, '--threads', '1', ...words];
  const code = await main(given, terminal);
  return { code, ...terminal.written };
}

/** Changes the text of the configuration. */
function configure(change: (text: string) => string): void {
  writeFileSync(shop.config, change(readFileSync(shop.config, 'utf8')));
}

test('declared models are judged on later feedback and compared with the popularity list, and nothing is kept', async () => {
  const { code, out, err } = await run();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('24 items, 720 events in 120 sessions');
  expect(out).toMatch(
    /split temporal: 57\d events to learn from, 14\d to judge by, \d+ cases of next-click/,
  );
  const rows = out.split('\n').map((line) => line.split(/\s{2,}/));
  expect(rows.find(([name]) => name === 'popular')).toContain('-');
  const markov = rows.find(([name]) => name === 'markov-1')!;
  expect(markov[1]).toBe('1.0000');
  expect(markov.at(-3)).toMatch(/^\+0\.\d{4} \(\+0\.\d{4} to \+0\.\d{4}\)$/);
  expect(existsSync(join(shop.folder, 'models'))).toBe(false);
  expect(existsSync(join(shop.folder, 'data'))).toBe(false);
});

test('all of it is there for programs', async () => {
  const { out } = await run('markov-1', '--json', '--split', 'last', '--cutoff', '5,10');
  const result = JSON.parse(out);
  expect(result).toMatchObject({ split: 'last', share: 0.2, data: { items: 24, users: 0 } });
  expect(result.models.map(({ name }: { name: string }) => name)).toEqual([
    '(popular)',
    'markov-1',
  ]);
  expect(result.models[1]).toMatchObject({
    ...{ task: 'next-click', cases: 120 },
    measures: { recall: 1, coverage: expect.any(Number), auc: expect.any(Number) },
    by_cutoff: { 5: { hitRate: 1 }, 10: { hitRate: 1 } },
    ndcg_difference: { mean: expect.any(Number), worseShare: 0 },
  });
});

test('what was mistyped is refused at once, all of it', async () => {
  const { code, err } = await run(
    'popluar',
    '--split',
    'random',
    '--share',
    '1.5',
    '--cutoff',
    '0',
  );
  expect(code).toBe(2);
  for (const part of [
    'model popluar is not declared, did you mean popular',
    'option --split is random, expected one of temporal, last, leave-one-out, ratio',
    'option --share is 1.5, expected a number between 0 and 1',
    'option --cutoff is 0',
  ])
    expect(err).toContain(part);
});

test('a split that needs users says so where there are none', async () => {
  const { code, err } = await run('--split', 'leave-one-out');
  expect(code).toBe(1);
  expect(err).toContain('expected --split temporal or last');
});

test('without data it says what to do', async () => {
  configure((text) => text.replace(/^dataset:.*$/m, ''));
  const { code, err } = await run();
  expect(code).toBe(1);
  expect(err).toContain('neither a data folder nor a dataset');
  expect(err).toContain('send feedback to POST /v1/feedback');
});

test('it judges by the data of a gateway that runs', async () => {
  const environment = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };
  const server = await openServer({
    config: readConfig(shop.config, environment),
    environment: {},
    onProgress: () => {},
  });
  try {
    const { code, out } = await run('markov-1', '--every', '3');
    expect(code).toBe(0);
    expect(out).toMatch(/^markov-1 +1\.0000/m);
  } finally {
    await server.close();
  }
});

test('what is learnt follows the configuration, and what is left out is said', async () => {
  configure((text) => `${text}\ntraining: { data: { maxEvents: 300, maxSessionEvents: 5 } }\n`);
  const { code, out, err } = await run('popular');
  expect(code).toBe(0);
  expect(err).toMatch(/^250 events; 470 left out: too-many 420, long-session 50$/m);
  expect(out).toContain('250 events in 50 sessions');
});
