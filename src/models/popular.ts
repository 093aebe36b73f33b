import { z } from 'zod';
import { isInScope } from '../stores/item-scope.ts';
import { matchItems } from './item-codes.ts';
import type { Interactions, Model, ModelKind } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

const schema = z.strictObject({
  halfLifeDays: z.number().positive().default(30).describe('Days after which an event counts half'),
});

type PopularOptions = z.output<typeof schema>;

const dayMs = 86_400_000;

/**
 * Time-decayed popularity: an item's score is the sum of 2^(-age / half-life) over its events, the age taken
 * against the latest event. The same for every query, but for its scope. Fit O(events). A query is O(limit), and O(items) where few are in
 * scope.
 */
export const popular: ModelKind<PopularOptions> = {
  kind: 'popular',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('popular', schema),
  searchSpace: {
    halfLifeDays: { scale: 'log', min: 0.25, max: 1000 },
  },
  fit(interactions, options, progress) {
    const weights = decayedCounts(interactions, options.halfLifeDays);
    progress(1, `${interactions.codes.length} events`);
    return new PayloadWriter().json(interactions.items).array(weights).bytes();
  },
  load(payload, stamp, table): Model {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const weights = reader.float32('weights', ids.length);
    reader.end();
    const { denseOf } = matchItems(ids, table);
    const { size } = table;
    // One more place, always 0, stands for items that came later.
    const column = new Float32Array(size + 1);
    for (let code = 0; code < ids.length; code++)
      if (denseOf[code] >= 0) column[denseOf[code]] = Math.max(0, weights[code]);
    const ranked = rankedItems(column);
    return {
      ...stamp,
      retrieve({ scope }, limit, hits) {
        const room = Math.min(limit, hits.items.length);
        hits.count = 0;
        for (let at = 0; at < ranked.length && hits.count < room; at++) {
          if (scope !== undefined && !isInScope(table, scope, ranked[at])) continue;
          hits.items[hits.count] = ranked[at];
          hits.scores[hits.count++] = column[ranked[at]];
        }
      },
      score(_query, items, count, scores) {
        for (let i = 0; i < count; i++) scores[i] = column[Math.min(items[i] >>> 0, size)];
      },
    };
  },
};

function decayedCounts({ items, codes, atMs }: Interactions, halfLifeDays: number): Float32Array {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const at of atMs) latestMs = Math.max(latestMs, at);
  const sums = new Float64Array(items.length);
  for (let event = 0; event < codes.length; event++)
    sums[codes[event]] += 2 ** ((atMs[event] - latestMs) / (halfLifeDays * dayMs));
  return Float32Array.from(sums);
}

/** Items with a score, highest first, equal ones by index. */
function rankedItems(column: Float32Array): Int32Array {
  const scored: number[] = [];
  for (let item = 0; item < column.length; item++) if (column[item] > 0) scored.push(item);
  return Int32Array.from(scored.sort((a, b) => column[b] - column[a] || a - b));
}
