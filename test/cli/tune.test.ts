import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { parseSeconds } from '../../src/cli/tune/settings.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

let shop: TinyShop;

beforeEach(() => {
  shop = createTinyShop();
  vi.stubEnv('NODE_COMPILE_CACHE', join(shop.folder, 'cache'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  shop.remove();
});

async function run(...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main(['tune', '--config', shop.config, ...words], terminal);
  return { code, ...terminal.written };
}

test('better options are searched and printed to paste, and the same command goes on', async () => {
  const first = await run('markov-1', '--trials', '2');
  expect(first.code).toBe(0);
  expect(first.err).toMatch(/^trial 1 of 2 {2}NDCG [01]\.\d{4} {2}best .* window=1 decay=0.5$/m);
  expect(first.out).toMatch(/^# .*2 trials: NDCG@20 [01]\.\d{4}/);
  expect(parse(first.out).models['markov-1'].kind).toBe('markov-1');

  const more = await run('markov-1', '--trials', '3', '--json');
  expect(more.err).toContain('study tune goes on after 2 trials');
  expect(more.err.match(/^trial /gm)).toHaveLength(1);
  expect(JSON.parse(more.out)).toMatchObject({ trials: 3, ending: 'trials', failed: {} });

  const file = join(shop.folder, 'models/markov-1/studies/tune.jsonl');
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1 + 2 * 3);
});

test('a study of other options begins anew and says so', async () => {
  await run('popular', '--trials', '1');
  const text = readFileSync(shop.config, 'utf8');
  const changed = text.replace(
    '{ kind: popular }',
    '{ kind: popular, options: { halfLifeDays: 2 } }',
  );
  writeFileSync(shop.config, changed);
  const { err } = await run('popular', '--trials', '1');
  expect(err).toContain('study tune begins anew, changed: options; the former is tune.old.jsonl');
  expect(err).toMatch(/^trial 1 of 1 .* halfLifeDays=2$/m);
});

test('Ctrl-C ends the trial under way and keeps the study', async () => {
  const terminal = createRecordingTerminal();
  const stopping = {
    ...terminal,
    err: (text: string) => {
      terminal.err(text);
      if (text.startsWith('trial 1 ')) terminal.stop('SIGINT');
    },
  };
  const words = ['tune', 'markov-1', '--config', shop.config];
  expect(await main(words, stopping)).toBe(1);
  expect(terminal.written.err).toContain('stopped; the same command goes on');
  expect(terminal.written.out).toContain('kind: markov-1');
  expect((await run('markov-1', '--trials', '1')).err).toMatch(/goes on after [12] trials/);
});

test('every mistake of the command line is told at once', async () => {
  const { code, err } = await run(
    'popluar',
    ...['--trials', '0'],
    ...['--budget', '10 m'],
    ...['--study', '../x'],
  );
  expect(code).toBe(2);
  expect(err).toContain('option --trials is 0, expected a whole number from 1 to 10000');
  expect(err).toContain('option --budget is 10 m, expected a time like 90s, 10m or 2h');
  expect(err).toContain('option --study is ../x, expected up to 64 letters');
  expect(err).toContain('model popluar is not declared, did you mean popular');
  expect((await run()).err).toContain('needs one model, got 0');
});

test('a kind without options worth trying is refused', async () => {
  const text = readFileSync(shop.config, 'utf8');
  writeFileSync(shop.config, text.replace('models:\n', 'models:\n  new: { kind: latest }\n'));
  expect((await run('new')).err).toContain(
    'model new is of kind latest, which has nothing to tune',
  );
});

test('a store without anything to learn from says so', async () => {
  writeFileSync(join(shop.dataset, 'feedback.jsonl'), '');
  const { code, err } = await run('popular');
  expect(code).toBe(1);
  expect(err).toContain('SL_NOTHING_TO_LEARN: the data have no event to learn from');
});

test('times are told in seconds, minutes and hours', () => {
  expect(['90s', '10m', '2h', '0.5m'].map(parseSeconds)).toEqual([90, 600, 7200, 30]);
  for (const wrong of ['', '5', '-1m', '0s', '1d', '10 m', '1e3s'])
    expect(parseSeconds(wrong)).toBeNaN();
});
