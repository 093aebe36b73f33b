import type { Interactions } from '../../src/models/model.ts';
import { Hits, type Model, type ModelKind, type ModelQuery } from '../../src/models/model.ts';
import type { ItemTable } from '../../src/stores/item-table.ts';

/** Fits and loads in one go. */
export function learn<Options>(
  kind: ModelKind<Options>,
  interactions: Interactions,
  table: ItemTable,
  options: Partial<Options> = {},
): Model {
  const payload = kind.fit(interactions, { ...kind.defaults, ...options }, () => {});
  return kind.load(payload, { kind: kind.kind, version: '0'.repeat(12), trainedAtMs: 5 }, table);
}

/** The query after the clicks of a string of letters; the last one is the anchor. */
export function queryAfter(
  table: ItemTable,
  clicks: string,
  more: Partial<ModelQuery> = {},
): ModelQuery {
  const recent = Int32Array.from([...clicks], (id) => table.indexOf(id));
  return { anchor: recent.at(-1) ?? -1, recent, nowMs: 0, purpose: 'next', ...more };
}

/** What a model retrieves, as pairs of id and score. */
export function retrieved(
  model: Model,
  query: ModelQuery,
  { table, limit = 10 }: { table: ItemTable; limit?: number },
): [string, number][] {
  const hits = new Hits(64);
  model.retrieve(query, limit, hits);
  return Array.from({ length: hits.count }, (_, i) => [table.ids[hits.items[i]], hits.scores[i]]);
}

/** Scores of all items of a table, by id. */
export function scored(model: Model, query: ModelQuery, table: ItemTable): Record<string, number> {
  const items = Int32Array.from({ length: table.size }, (_, item) => item);
  const scores = new Float32Array(table.size).fill(Number.NaN);
  model.score(query, items, table.size, scores);
  return Object.fromEntries(table.ids.map((id, item) => [id, scores[item]]));
}
