import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frameModel } from '../../../src/models/file.ts';
import { popular } from '../../../src/models/popular.ts';
import { openRegistry } from '../../../src/models/registry.ts';

/** What may be swapped, in turn. */
export const swappedParts = ['plugin', 'model', 'table', 'config'] as const;
export type SwappedPart = (typeof swappedParts)[number];

/** The number of the version of each part; each shows in every answer. */
export type Versions = Readonly<Record<SwappedPart, number>>;

const items = 2000;
const sessions = 300;
const atMs = Date.UTC(2026, 0, 1);

/**
 * A shop in a folder, each part of which can be written anew: the plugin brings the item `plugin-K`, the model the item
 * `model-K`, the table has the plugin bring `table-K`, and the configuration calls the strategy `config-K`.
 */
export async function createSwappedShop(folder: string, versions: number) {
  const file = join(folder, 'sightline.yaml');
  const registry = openRegistry({ folder: join(folder, 'models') });
  const write: Readonly<Record<SwappedPart, (version: number) => unknown>> = {
    plugin: (version) => replace(join(folder, 'marks.mjs'), pluginOf(version)),
    model: (version) => registry.save('popular', modelOf(version)),
    table: (version) => replace(join(folder, 'marks.txt'), `mark\ttable-${version}\n`),
    config: (version) => replace(file, JSON.stringify(configOf(folder, version))),
  };
  mkdirSync(join(folder, 'shop'), { recursive: true });
  writeShop(join(folder, 'shop'), versions);
  for (const part of swappedParts) await write[part](0);
  return { file, write };
}

/** Writes a file so that nobody reads half of it. */
function replace(file: string, content: string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function writeShop(folder: string, versions: number): void {
  const marks = ['plugin', 'model', 'table'].flatMap((part) =>
    Array.from({ length: versions }, (_, version) => `${part}-${version}`),
  );
  const ids = [...Array.from({ length: items }, (_, i) => `item-${i}`), ...marks];
  const published_at = new Date(atMs).toISOString();
  const rows = ids.map((id) => ({ id, catalog: 'all', published_at }));
  const clicks = Array.from({ length: sessions * 5 }, (_, i) => ({
    ...{ type: 'click', session: `s${Math.floor(i / 5)}`, item: `item-${(i * 7) % items}` },
    timestamp: atMs + i * 1000,
  }));
  const lines = (all: readonly object[]) => all.map((row) => JSON.stringify(row)).join('\n');
  writeFileSync(join(folder, 'items.jsonl'), lines(rows));
  writeFileSync(join(folder, 'feedback.jsonl'), lines(clicks));
}

/** A popular model of items that are liked equally, but for its mark. */
function modelOf(version: number): Uint8Array {
  const ids = [`model-${version}`, ...Array.from({ length: 500 }, (_, i) => `item-${i}`)];
  const codes = Uint32Array.from([0, 0, 0, ...ids.keys()]);
  const interactions = {
    ...{ items: ids, codes },
    offsets: Uint32Array.of(0, codes.length),
    atMs: new Float64Array(codes.length).fill(atMs),
  };
  const payload = popular.fit(interactions, popular.defaults, () => {});
  return frameModel({ kind: 'popular', trainedAtMs: atMs + version, payload });
}

const pluginOf = (version: number) => `
const bring = (id, { table }, hits) => {
  const item = table.indexOf(id);
  if (item < 0) return;
  hits.items[0] = item;
  hits.scores[0] = 1;
  hits.count = 1;
};
export default {
  name: 'marks',
  retrievers: {
    'plugin-mark': {
      summary: 'the item of this version of the plugin',
      create: () => ({ retrieve: (context, hits) => bring('plugin-${version}', context, hits) }),
    },
    'table-mark': {
      summary: 'the item that the table names',
      create: (_, { tables }) => {
        const id = tables.get('marks')?.get('mark') ?? '';
        return { retrieve: (context, hits) => bring(id, context, hits) };
      },
    },
  },
  scorers: {
    marks: {
      summary: 'the marks first',
      create: () => ({
        score({ table }, { items, count }, scores) {
          for (let row = 0; row < count; row++)
            scores[row] = table.ids[items[row]].startsWith('item-') ? 1 : 1000;
        },
      }),
    },
  },
};
`;

function configOf(folder: string, version: number): object {
  return {
    http: { query: { port: 0 }, control: { port: 0 } },
    store: { kind: 'memory' },
    dataset: { format: 'jsonl', path: join(folder, 'shop') },
    modelFolder: join(folder, 'models'),
    generations: { watchSeconds: 0 },
    plugins: { marks: { path: 'marks.mjs' } },
    tables: { marks: { kind: 'sorted', file: join(folder, 'marks.txt') } },
    models: { popular: { kind: 'popular' }, latest: { kind: 'latest' } },
    works: {
      bench: {
        surface: 'session',
        strategy: `config-${version}`,
        budgetMs: 10_000,
        maxBudgetMs: 10_000,
        stages: [
          { stage: 'intent' },
          {
            stage: 'retrieve',
            use: [
              { algorithm: 'plugin-mark', limit: 1 },
              { algorithm: 'table-mark', limit: 1 },
              { algorithm: 'popular', limit: 300 },
            ],
          },
          {
            stage: 'score',
            use: [
              { algorithm: 'marks', weight: 1 },
              { algorithm: 'popular', weight: 0.01 },
            ],
          },
          { stage: 'rerank', use: 'score' },
          { stage: 'filter', use: ['hidden', 'excluded'] },
        ],
      },
    },
    telemetry: { requestLog: 'none', level: 'error' },
  };
}
