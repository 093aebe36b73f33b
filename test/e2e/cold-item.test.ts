import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { readConfig } from '../../src/config.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

/** Recommends by vectors alone, all there is. */
const works = `
  near:
    surface: item
    strategy: near
    # Long enough for a machine that is busy with other tests.
    budgetMs: 10000
    maxBudgetMs: 10000
    stages:
      - stage: intent
      - { stage: retrieve, use: [{ algorithm: item2vec }] }
      - { stage: score, use: [{ algorithm: item2vec, weight: 1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden, expired] }
`;
/** Only items without a vector are learnt, and without patience. */
const signals = `
signals:
  similarity: { coldEvents: 3, coldSessions: 2, everySeconds: 1, decayingNorm: 0 }
`;

let shop: TinyShop;
let server: Server;

beforeAll(async () => {
  shop = createTinyShop({ store: 'memory' });
  const text = readFileSync(shop.config, 'utf8');
  writeFileSync(
    shop.config,
    text.replace('models:\n', 'models:\n  item2vec: { kind: item2vec }\n'),
  );
  appendFileSync(shop.config, works + signals);
  const quiet = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };
  const config = readConfig(shop.config, quiet);
  server = await openServer({ config, environment: {}, onProgress: () => {} });
}, 30_000);

afterAll(async () => {
  await server.close();
  shop.remove();
});

test('a new item is served beside those it is clicked with, and nothing else moves', async () => {
  const old = await near('item-16');
  expect(old.items.length).toBeGreaterThan(10);
  await post('/v1/items', [{ id: 'item-new', catalog: 'even' }]);
  expect(ids(await near('item-4'))).not.toContain('item-new');
  let visits = 0;
  const learnt = await vi.waitFor(
    async () => {
      await visit(`visit-${visits++}`);
      const answer = await near('item-4');
      expect(ids(answer)).toContain('item-new');
      return answer;
    },
    { timeout: 14_000, interval: 100 },
  );
  expect(learnt.generation).not.toBe(old.generation);
  // Between item-4 and item-5 in each visit, and a long way from the other end of the shop.
  expect(ids(learnt).indexOf('item-new')).toBeLessThan(5);
  const neighbours = ids(await near('item-new')).slice(0, 5);
  expect(neighbours).toEqual(expect.arrayContaining(['item-4', 'item-5']));

  const after = await near('item-16');
  expect(after.generation).toBe(learnt.generation);
  // Scores are relative to what else is found, so the order is what stays.
  expect(ids(after).filter((id) => id !== 'item-new')).toEqual(ids(old));
}, 20_000);

interface Recommended {
  readonly generation: string;
  readonly items: readonly { readonly id: string; readonly source: string }[];
}

/** What is near an item by vectors; the places after them are filled from a list. */
async function near(item: string): Promise<Recommended> {
  const answer = await fetch(`${server.query.url}/v1/recommend/near?item=${item}&n=100`);
  expect(answer.status).toBe(200);
  const { generation, items } = (await answer.json()) as Recommended;
  return { generation, items: items.filter(({ source }) => source === 'item2vec') };
}

function ids({ items }: Recommended): readonly string[] {
  return items.map(({ id }) => id);
}

/** A walk through the shop in which the new item stands between two of old. */
async function visit(session: string): Promise<void> {
  const walk = ['item-3', 'item-4', 'item-new', 'item-5', 'item-6'];
  const clicks = walk.map((item) => ({ type: 'click', session, item }));
  await post('/v1/feedback', clicks);
}

async function post(path: string, body: object): Promise<void> {
  const answer = await fetch(`${server.query.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
}
