import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/stores/open-store.ts';
import { startServing } from '../cli/serving-process.ts';
import { createTinyShop, type TinyShop } from '../cli/tiny-shop.ts';

const rowCount = 60_000;
const environment = { OPS_KEY: 'operating-secret-0123456789' };

let shop: TinyShop;

beforeAll(() => {
  shop = createTinyShop();
  writeFileSync(
    shop.config,
    `${readFileSync(shop.config, 'utf8')}gorse: { admin: true }\naccess: { keys: { ops: { secret: OPS_KEY, scopes: [admin] } } }\n`,
  );
});

afterAll(() => shop.remove());

const rows = Array.from({ length: rowCount }, (_, r) => {
  const [UserId, ItemId] = [`u${(r * 7919) % 1009}`, `i${r}`];
  return `${JSON.stringify({ FeedbackType: 'read', UserId, ItemId, Value: r, Timestamp: '2022-01-01T00:00:00Z' })}\n`;
});

interface Told {
  readonly Lines: number;
  readonly RowAffected: number;
  readonly Done?: boolean;
}

/** Sends rows piece by piece; tells every line of progress; resolves when the answer ends or breaks off. */
function send(url: string, onTold: (told: Told) => void, from = 1): Promise<void> {
  return new Promise((resolve) => {
    const path = `${url}/api/bulk/feedback?from=${from}`;
    const headers = {
      'x-api-key': environment.OPS_KEY,
      ...{ accept: 'application/x-ndjson', 'content-type': 'application/jsonl' },
    };
    const sent = request(path, { method: 'POST', headers });
    sent.on('error', () => resolve());
    sent.on('response', (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onTold(JSON.parse(line));
      });
      response.on('error', () => resolve());
      response.on('close', () => resolve());
    });
    sent.end(rows.join(''));
  });
}

async function keptItems(): Promise<readonly string[]> {
  const store = await openStore(
    { kind: 'sqlite', folder: join(shop.folder, 'data') },
    { hasLookups: true },
  );
  const { rows: kept } = await store.feedbackTotals({ type: 'read' }, { limit: rowCount + 1 });
  await store.close();
  return kept.map(({ item, value }) => `${item} ${value}`).sort();
}

test('a gateway killed in the middle of an import has kept what it told, and a repeat changes nothing', async () => {
  const killed = startServing(shop.config, environment);
  const { query } = await killed.ready;
  const told: Told[] = [];
  await send(query, (line) => {
    told.push(line);
    killed.stop('SIGKILL');
  });
  expect((await killed.exit).signal).toBe('SIGKILL');
  const acknowledged = told.at(-1)!.Lines;
  expect(acknowledged).toBeGreaterThan(0);
  const kept = new Set(await keptItems());
  for (let r = 0; r < acknowledged; r++) expect(kept.has(`i${r} ${r}`)).toBe(true);

  const again = startServing(shop.config, environment);
  const { query: next } = await again.ready;
  const ends: Told[] = [];
  await send(next, (line) => ends.push(line), acknowledged + 1);
  expect(ends.at(-1)).toMatchObject({
    Done: true,
    Lines: rowCount,
    RowAffected: rowCount - acknowledged,
  });
  again.stop('SIGTERM');
  await again.exit;
  const whole = await keptItems();
  expect(whole).toHaveLength(rowCount);

  const third = startServing(shop.config, environment);
  await send((await third.ready).query, (line) => ends.push(line));
  expect(ends.at(-1)).toMatchObject({ Done: true, RowAffected: rowCount });
  third.stop('SIGTERM');
  await third.exit;
  expect(await keptItems()).toEqual(whole);
}, 90_000);
