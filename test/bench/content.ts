import { createRng } from '../../src/math/rng.ts';
import { embedding } from '../../src/models/content/embedding.ts';
import { tags } from '../../src/models/content/tags.ts';
import { latest } from '../../src/models/latest.ts';
import { Hits, type Model, type ModelKind, type ModelQuery } from '../../src/models/model.ts';
import type { ItemScope } from '../../src/stores/item-scope.ts';
import { ItemTable } from '../../src/stores/item-table.ts';
import { createInteractionBuilder } from '../../src/training/dataset/dataset.ts';
import type { Bench } from './harness/bench.ts';
import { quantileOf } from './harness/spread.ts';

const items = 50_000;
const dimensions = 64;
const limit = 100;
const nowMs = 1e12;
const { unit, below } = createRng(1);

/** Vectors lie around 200 centres; catalogues hold 2,500 items, the rarest categories some dozens. */
function fillTable(): ItemTable {
  const table = new ItemTable({ vectorColumns: ['embedding'] });
  const spread = () => unit() + unit() + unit() - 1.5;
  const centres = Array.from({ length: 200 }, () => Array.from({ length: dimensions }, spread));
  for (let i = 0; i < items; i++)
    table.upsert({
      ...{ id: `i${i}`, catalog: `c${i % 20}`, categories: [`k${below(300)}`] },
      attributes: { colour: `v${below(12)}`, brand: `b${Math.floor(unit() ** 2 * 2000)}` },
      labels: {
        tags: Array.from({ length: 4 }, () => `t${Math.floor(unit() ** 3 * 3000)}`),
        embedding: centres[i % 200].map((value) => value + spread() / 2),
      },
      ...{ hidden: i % 50 === 7, publishedAtMs: nowMs - unit() * 1e10 },
    });
  return table;
}

function load(kind: ModelKind, table: ItemTable): Model {
  const nothing = createInteractionBuilder().build();
  const payload = kind.fit(nothing, kind.defaults, () => {});
  return kind.load(payload, { kind: kind.kind, version: '', trainedAtMs: 0 }, table);
}

/** Milliseconds of a retrieval for anchors and sessions that are new each time. */
function measure(model: Model, asked: Partial<ModelQuery>, session = 1): object {
  const hits = new Hits(limit);
  const runs = 200;
  const took = Array.from({ length: 2 * runs }, () => {
    const recent = Int32Array.from({ length: session }, () => below(items));
    const query = { anchor: recent[session - 1], recent, nowMs, purpose: 'similar', ...asked };
    const startedAt = performance.now();
    model.retrieve(query as ModelQuery, limit, hits);
    return performance.now() - startedAt;
  }).slice(runs);
  return { p50Ms: quantileOf(took, 0.5), p95Ms: quantileOf(took, 0.95), hits: hits.count };
}

/** Retrieval of 100 of 50,000 items by labels, by vectors and by time, in all of them and in a scope. */
export const contentBench: Bench = async ({ log }) => {
  const table = fillTable();
  const [byTags, byVector, newest] = [tags, embedding, latest].map((kind) =>
    load(kind as ModelKind, table),
  );
  const categories = Uint16Array.of(table.categories.find('k7'));
  const catalogue: ItemScope = { catalog: 3, categories: Uint16Array.of(), every: false };
  const category: ItemScope = { catalog: -1, categories, every: false };
  const next = { purpose: 'next' } as const;
  const indexAt = performance.now();
  byTags.retrieve({ anchor: 0, recent: Int32Array.of(), nowMs, ...next }, 1, new Hits(1));
  const result = {
    tagsIndexMs: performance.now() - indexAt,
    tags: measure(byTags, {}),
    tagsInCatalogue: measure(byTags, { scope: catalogue }),
    tagsSessionOf10: measure(byTags, next, 10),
    embedding: measure(byVector, {}),
    embeddingInCatalogue: measure(byVector, { scope: catalogue }),
    embeddingSessionOf10: measure(byVector, next, 10),
    latest: measure(newest, next),
    latestInCatalogue: measure(newest, { ...next, scope: catalogue }),
    latestInCategory: measure(newest, { ...next, scope: category }),
  };
  for (const [name, value] of Object.entries(result)) log(`${name}: ${JSON.stringify(value)}`);
  return result;
};
