import { z } from 'zod';
import { candidateCapacity } from '../domain/candidates.ts';
import { topRows } from '../math/top-rows.ts';
import { type ItemScope, isInScope } from '../stores/item-scope.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Model, ModelKind } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

const schema = z.strictObject({
  halfLifeDays: z
    .number()
    .positive()
    .default(7)
    .describe('Days after publication at which the score has fallen to half'),
});

type LatestOptions = z.output<typeof schema>;

const dayMs = 86_400_000;

/** How old the list and its scores may be. */
const refreshMs = 1000;

/**
 * Newest first, by the time of publication in the item table; it follows the table as items come and go, within a
 * second. The score is h / (h + age): 1 when new, half after h days; that of a retrieved item may be a second old.
 * Learns nothing but its option. A query is O(limit), and O(items) at most once a second while the table changes; one
 * with a scope is O(items), and follows the table at once.
 */
export const latest: ModelKind<LatestOptions> = {
  kind: 'latest',
  learns: false,
  defaults: schema.parse({}),
  parseOptions: optionsParser('latest', schema),
  fit(_interactions, options, progress) {
    progress(1, 'nothing to learn');
    return new PayloadWriter().json(options).bytes();
  },
  load(payload, stamp, table): Model {
    const reader = new PayloadReader(payload);
    const { halfLifeDays } = reader.json('options', schema);
    reader.end();
    const halfLifeMs = halfLifeDays * dayMs;
    const scoreAt = (item: number, nowMs: number): number =>
      halfLifeMs / (halfLifeMs + Math.max(0, nowMs - table.publishedAtMs[item]));
    const newest = followNewest(table, scoreAt);
    const rankScoped = createScopedRank(table);
    return {
      ...stamp,
      retrieve({ nowMs, scope }, limit, hits) {
        if (scope !== undefined) {
          hits.count = rankScoped(scope, Math.min(limit, hits.items.length), hits.items);
          for (let i = 0; i < hits.count; i++) hits.scores[i] = scoreAt(hits.items[i], nowMs);
          return;
        }
        const { items, scores, count } = newest(nowMs);
        hits.count = Math.min(limit, count, hits.items.length);
        hits.items.set(items.subarray(0, hits.count));
        hits.scores.set(scores.subarray(0, hits.count));
      },
      score({ nowMs }, items, count, scores) {
        for (let i = 0; i < count; i++)
          scores[i] = items[i] >= 0 && items[i] < table.size ? scoreAt(items[i], nowMs) : 0;
      },
    };
  },
};

/** The newest items that may be shown, newest first, with their scores. */
interface NewestList {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  count: number;
}

/** The newest items: ranked again when the table has changed, scored again in any case, each at most once a second. */
function followNewest(
  table: ItemTable,
  scoreAt: (item: number, nowMs: number) => number,
): (nowMs: number) => NewestList {
  const newest: NewestList = {
    items: new Int32Array(candidateCapacity),
    scores: new Float32Array(candidateCapacity),
    count: 0,
  };
  let revision = -1;
  let rankedAtMs = Number.NEGATIVE_INFINITY;
  let scoredAtMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    const ranks = revision !== table.revision && Math.abs(nowMs - rankedAtMs) >= refreshMs;
    if (ranks) {
      revision = table.revision;
      rankedAtMs = nowMs;
      newest.count = rankNewest(table, newest.items);
    }
    if (ranks || Math.abs(nowMs - scoredAtMs) >= refreshMs) {
      scoredAtMs = nowMs;
      for (let i = 0; i < newest.count; i++) newest.scores[i] = scoreAt(newest.items[i], nowMs);
    }
    return newest;
  };
}

/** Makes what writes the newest shown items of a scope, and returns how many. No allocation but for growth. */
function createScopedRank(
  table: ItemTable,
): (scope: ItemScope, limit: number, items: Int32Array) => number {
  let found = new Int32Array(0);
  let newness = new Float32Array(0);
  return (scope, limit, items) => {
    const { size, hidden, publishedAtMs } = table;
    if (found.length < size) {
      found = new Int32Array(size * 2);
      newness = new Float32Array(size * 2);
    }
    let count = 0;
    let lastMs = Number.NEGATIVE_INFINITY;
    for (let item = 0; item < size; item++) {
      if (hidden[item] !== 0 || !isInScope(table, scope, item)) continue;
      found[count++] = item;
      lastMs = Math.max(lastMs, publishedAtMs[item]);
    }
    for (let i = 0; i < count; i++) newness[i] = publishedAtMs[found[i]] - lastMs;
    const written = topRows(newness, count, limit, items);
    for (let i = 0; i < written; i++) items[i] = found[items[i]];
    return written;
  };
}

/** Writes the newest shown items, equal times by index, and returns how many. */
function rankNewest({ size, live, hidden, publishedAtMs }: ItemTable, items: Int32Array): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < size; item++)
    if (hidden[item] === 0) lastMs = Math.max(lastMs, publishedAtMs[item]);
  // Ages against the newest fit in f32 with a step of milliseconds for the last hours and of seconds for days.
  const newness = new Float32Array(size);
  for (let item = 0; item < size; item++)
    newness[item] = hidden[item] === 0 ? publishedAtMs[item] - lastMs : Number.NEGATIVE_INFINITY;
  return topRows(newness, size, Math.min(live, items.length), items);
}
