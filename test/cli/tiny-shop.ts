import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small shop on disk: a data set and a configuration that serves it on free ports. */
export interface TinyShop {
  readonly folder: string;
  readonly config: string;
  readonly dataset: string;
  /** A day of the data set, as `replay` takes it. */
  readonly day: { readonly from: string; readonly to: string };
  remove(): void;
}

const itemCount = 24;
const dayMs = 86_400_000;
const firstDay = Date.UTC(2020, 0, 1);

/**
 * Writes a shop in which people walk from each item to the next, so that what comes next can be learnt. Forty sessions
 * a day, three days unless told otherwise, six clicks each.
 */
export function createTinyShop({
  store = 'sqlite',
  sessions = 120,
}: {
  store?: 'sqlite' | 'memory';
  sessions?: number;
} = {}): TinyShop {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-shop-'));
  const dataset = join(folder, 'dataset');
  mkdirSync(dataset);
  writeFileSync(join(dataset, 'items.jsonl'), jsonLines(items()));
  writeFileSync(join(dataset, 'feedback.jsonl'), jsonLines(clicks(sessions)));
  const config = join(folder, 'sightline.yaml');
  writeFileSync(config, configText(folder, store));
  const day = { from: '2020-01-03', to: '2020-01-04' };
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, config, dataset, day, remove };
}

function items(): object[] {
  return Array.from({ length: itemCount }, (_, i) => ({
    id: `item-${i}`,
    catalog: i % 2 === 0 ? 'even' : 'odd',
    categories: [`shelf-${i % 4}`],
    published_at: firstDay,
  }));
}

function clicks(sessions: number): object[] {
  return Array.from({ length: sessions }, (_, s) =>
    Array.from({ length: 6 }, (_, position) => ({
      type: 'click',
      session: `walk-${s}`,
      item: `item-${(s * 7 + position) % itemCount}`,
      timestamp: firstDay + Math.floor(s / 40) * dayMs + (s % 40) * 600_000 + position * 20_000,
    })),
  ).flat();
}

function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

function configText(folder: string, store: 'sqlite' | 'memory'): string {
  return `
http: { query: { port: 0 }, control: { port: 0 } }
store: ${store === 'memory' ? '{ kind: memory }' : `{ kind: sqlite, folder: ${folder}/data }`}
modelFolder: ${folder}/models
dataset: { format: jsonl, path: ${folder}/dataset }
models:
  markov-1: { kind: markov-1 }
  popular: { kind: popular }
works:
  session:
    surface: session
    strategy: walk
    # Long enough for a machine that is busy with other tests.
    budgetMs: 10000
    maxBudgetMs: 10000
    stages:
      - stage: intent
      - stage: features
      - { stage: retrieve, use: [{ algorithm: markov-1 }, { algorithm: popular }] }
      - { stage: score, use: [{ algorithm: markov-1, weight: 1 }, { algorithm: popular, weight: 0.1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden, expired, excluded, category] }
`;
}
