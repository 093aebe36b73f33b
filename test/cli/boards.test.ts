import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { openServer } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createRecordingTerminal } from './recording-terminal.ts';
import { createTinyShop, type TinyShop } from './tiny-shop.ts';

let shop: TinyShop;

beforeEach(() => {
  shop = createTinyShop();
  declare("{ score: 'len(feedback)', filter: 'item.ItemId not endsWith \"0\"' }");
});

afterEach(() => shop.remove());

/** Declares a board in place of the model of what comes next, and lets the work use it. */
function declare(options: string): void {
  const text = readFileSync(shop.config, 'utf8')
    .replace(/^ {2}(markov-1|wanted): .*$/m, `  wanted: { kind: board, options: ${options} }`)
    .replaceAll('algorithm: markov-1', 'algorithm: wanted')
    .replaceAll(/, \{ algorithm: popular[^}]*\}/g, '');
  writeFileSync(shop.config, text);
}

async function run(command: string, ...words: string[]) {
  const terminal = createRecordingTerminal();
  const code = await main([command, '--config', shop.config, ...words], terminal);
  return { code, ...terminal.written };
}

test('a board is trained, and judged on later feedback with what was known before', async () => {
  expect(await run('train', 'wanted')).toMatchObject({
    ...{ code: 0, out: expect.stringMatching(/^wanted saved: \d+ bytes/) },
  });
  const evaluated = await run('evaluate', 'wanted', '--threads', '1');
  expect(evaluated.code).toBe(0);
  expect(evaluated.out).toMatch(/^wanted +0\.\d{4}/m);
});

test('a mistake in an expression is told with its path and its place', async () => {
  declare("{ score: 'count(feedback, .FeedbackTyp == 1)' }");
  const { code, err } = await run('check');
  expect(code).toBe(1);
  expect(err).toContain('models.wanted.options.score: field of feedback FeedbackTyp is unknown');
  expect(err).toContain('at character 17');
});

test('a work serves what is on a board, and nothing that the filter keeps off', async () => {
  const environment = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };
  const config = readConfig(shop.config, environment);
  const server = await openServer({ config, environment: {}, onProgress: () => {} });
  try {
    const answer = await fetch(`${server.query.url}/v1/recommend/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ n: 20 }),
    });
    expect(answer.status).toBe(200);
    const { items, degradations } = (await answer.json()) as {
      items: { id: string; source: string }[];
      degradations: unknown[];
    };
    const listed = items.filter(({ source }) => source === 'wanted').map(({ id }) => id);
    expect(degradations).toEqual([]);
    expect(listed.length).toBe(20);
    expect(listed.filter((id) => id.endsWith('0'))).toEqual([]);
  } finally {
    await server.close();
  }
});
