import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/stores/open-store.ts';
import { startServing } from '../cli/serving-process.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

const rounds = 3;
const writers = 4;
const batchSize = 20;

let shop: TinyShop;

beforeAll(() => {
  shop = createTinyShop();
});

afterAll(() => shop.remove());

/** Posts batches one after the other until the gateway is gone; answers the ids of every batch it acknowledged. */
async function write(
  url: string,
  name: string,
  onAcknowledged: (ids: string[]) => void,
): Promise<void> {
  for (let batch = 0; ; batch++) {
    const ids = Array.from({ length: batchSize }, (_, i) => `${name}-${batch}-${i}`);
    const events = ids.map((id) => ({ id, type: 'click', item: 'item-1', session: name }));
    try {
      const response = await fetch(`${url}/v1/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events),
      });
      if (response.status !== 202) return;
      onAcknowledged(ids);
    } catch {
      return;
    }
  }
}

test('a gateway killed in the middle of ingest has kept every event that it acknowledged, once', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const gateway = startServing(shop.config);
    const { query } = await gateway.ready;
    const enough = acknowledged.length + (round + 1) * 500;
    const onAcknowledged = (ids: string[]) => {
      acknowledged.push(...ids);
      if (acknowledged.length >= enough) gateway.stop('SIGKILL');
    };
    const names = Array.from({ length: writers }, (_, w) => `round-${round}-${w}`);
    await Promise.all(names.map((name) => write(query, name, onAcknowledged)));
    expect((await gateway.exit).signal).toBe('SIGKILL');
  }
  const store = await openStore({ kind: 'sqlite', folder: join(shop.folder, 'data') });
  const kept: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.scanFeedback({ after, limit: 5000 });
    kept.push(...page.rows.map(({ key }) => key));
    after = page.next;
  } while (after !== undefined);
  await store.close();
  expect(acknowledged.length).toBeGreaterThanOrEqual(500 * rounds);
  expect(new Set(kept).size).toBe(kept.length);
  const all = new Set(kept);
  expect(acknowledged.filter((id) => !all.has(id))).toEqual([]);
}, 60_000);
