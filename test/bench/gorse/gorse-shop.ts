import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { zipf } from '../harness/clickstream.ts';
import { createRandom } from '../harness/random.ts';

/** How great the made-up shop is. */
export const gorseScale = { users: 100_000, items: 50_000, events: 600_000 } as const;

/** Users asked for in turn, drawn as often as they are busy. */
const questions = 4096;
const lastHours = 48;

const userId = (at: number) => `u${at}`;
const itemId = (at: number) => `item-${at}`;

/**
 * Writes a data set in which users and items are drawn after Zipf, each user out of the items of a taste, and answers the
 * users to ask for: drawn after Zipf too, or with `evenly` 60,000 of them in turn.
 */
export async function writeGorseShop(
  folder: string,
  { evenly }: { readonly evenly: boolean },
): Promise<string[]> {
  const { users, items, events } = gorseScale;
  const random = createRandom(11);
  const endMs = Date.now();
  mkdirSync(folder, { recursive: true });
  await writeRows(join(folder, 'items.jsonl'), items, (at) => ({
    ...{ id: itemId(at), catalog: `catalog-${at % 4}`, categories: [`shelf-${at % 50}`] },
    published_at: endMs - ((at * 7919) % (300 * 86_400_000)),
  }));
  const drawUser = zipf(users, random);
  const drawItem = zipf(items / 50, random);
  await writeRows(join(folder, 'feedback.jsonl'), events, (at) => {
    const user = at < users ? at : drawUser();
    const taste = random() < 0.8 ? user % 50 : Math.floor(random() * 50);
    const timestamp = Math.floor(endMs - lastHours * 3_600_000 * (1 - at / events));
    const item = itemId(drawItem() * 50 + taste);
    return { id: `e${at}`, type: 'click', item, user: userId(user), timestamp };
  });
  if (evenly) return Array.from({ length: 60_000 }, (_, at) => userId((at * 7919) % users));
  return Array.from({ length: questions }, () => userId(drawUser()));
}

async function writeRows(file: string, count: number, row: (at: number) => object): Promise<void> {
  const stream = createWriteStream(file);
  const chunkRows = 10_000;
  for (let from = 0; from < count; from += chunkRows) {
    let text = '';
    for (let at = from; at < Math.min(count, from + chunkRows); at++)
      text += `${JSON.stringify(row(at))}\n`;
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

/** The gateway's configuration: a small factor model, popular and new items, all filters; lists of at most `maxMb`. */
export function gorseShopConfig(folder: string, name: string, maxMb: number): object {
  return {
    http: { query: { port: 0 }, control: { port: 0 } },
    store: { kind: 'sqlite', folder: join(folder, name) },
    dataset: { format: 'jsonl', path: join(folder, 'dataset') },
    modelFolder: join(folder, 'models'),
    models: {
      ials: { kind: 'ials', options: { dimensions: 16, epochs: 2 } },
      popular: { kind: 'popular' },
      latest: { kind: 'latest' },
    },
    works: {
      home: {
        surface: 'user',
        strategy: 'blend',
        // Long enough that a preempted process is not measured on its fallback.
        budgetMs: 10_000,
        maxBudgetMs: 10_000,
        stages: [
          { stage: 'intent' },
          {
            stage: 'retrieve',
            use: [
              { algorithm: 'ials', limit: 200 },
              { algorithm: 'popular', limit: 100 },
              { algorithm: 'latest', limit: 50 },
            ],
          },
          { stage: 'features' },
          {
            stage: 'score',
            use: [
              { algorithm: 'ials', weight: 1 },
              { algorithm: 'popular', weight: 0.1 },
            ],
          },
          { stage: 'rerank', use: 'score' },
          { stage: 'filter', use: ['hidden', 'expired', 'seen', 'excluded', 'category'] },
        ],
      },
    },
    gorse: { recommend: 'home', cache: { maxMb } },
    telemetry: { metrics: true, traces: true, events: true, requestLog: 'all' },
  };
}
