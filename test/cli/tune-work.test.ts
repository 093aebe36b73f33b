import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

let shop: TinyShop;

beforeEach(() => {
  shop = createTinyShop();
});

afterEach(() => shop.remove());

async function run(...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main(['tune-work', '--config', shop.config, ...words], terminal);
  return { code, ...terminal.written };
}

test('weights are searched, compared on what the search has not seen, and printed as a stage', async () => {
  const { code, out } = await run('session', '--trials', '5');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^# On \d+ next clicks that the search has not seen: NDCG@20 [01]\.\d{4}, with/,
  );
  const [stage] = parse(out);
  expect(stage.stage).toBe('score');
  const weights = stage.use.map(({ weight }: { weight: number }) => weight);
  expect(Math.max(...weights)).toBe(1);

  const { out: line } = await run('session', '--trials', '5', '--json');
  expect(JSON.parse(line)).toMatchObject({ work: 'session', tuned: { cases: expect.any(Number) } });
});

test.each([
  { words: [], says: 'needs one work, got 0' },
  { words: ['sesion'], says: 'work sesion is not configured, did you mean session' },
  { words: ['session', '--trials', '0'], says: 'trials' },
])('$words is told what is wrong: $says', async ({ words, says }) => {
  const { code, err } = await run(...words);
  expect(code).toBe(2);
  expect(err).toContain(says);
});
