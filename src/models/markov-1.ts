import { z } from 'zod';
import { eachPair } from './click-pairs.ts';
import { matchItems } from './item-codes.ts';
import { buildRows, createRowServer, type ItemRows, readRows, writeRows } from './item-rows.ts';
import { latestClicks } from './latest-clicks.ts';
import type { Interactions, Model, ModelKind, ModelQuery, ModelStamp } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

const schema = z.strictObject({
  window: z
    .int()
    .min(1)
    .max(20)
    .default(1)
    .describe(
      'Clicks after an item that count as its successors: 1 is the Markov chain, more are sequential rules',
    ),
  decay: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Weight of the successor l clicks later is decay^(l - 1)'),
  /** Items kept for each item. */
  keep: z.int().min(1).max(10_000).default(500).describe('Items kept for each item'),
});

type MarkovOptions = z.output<typeof schema>;

/** Clicks between two items that still count as seen together. */
const togetherWindow = 3;

/**
 * First-order Markov chain: `next` scores an item by how often it followed the last click; with a window over 1
 * it becomes sequential rules (Kamehkhosh et al. 2017). `similar` scores by how often both were clicked
 * within three clicks of each other, over the root of the product of their own counts (cosine).
 * Fit O(events · window), a query O(kept entries).
 */
export const markov1: ModelKind<MarkovOptions> = {
  kind: 'markov-1',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('markov-1', schema),
  searchSpace: {
    window: { scale: 'linear', min: 1, max: 10, int: true },
    decay: { scale: 'linear', min: 0.05, max: 1 },
  },
  fit(interactions, options, progress) {
    const { keep } = options;
    const next = buildRows(interactions.items.length, keep, (say) =>
      eachPair(interactions, options.window, (from, to, gap) =>
        say(from, to, options.decay ** (gap - 1)),
      ),
    );
    progress(0.5, 'successors counted');
    const together = coOccurrence(interactions, keep);
    progress(1, `${next.codes.length} transitions`);
    const writer = new PayloadWriter().json(interactions.items);
    writeRows(writer, next);
    writeRows(writer, together);
    return writer.bytes();
  },
  load: loadMarkov,
};

function loadMarkov(
  payload: Uint8Array,
  stamp: ModelStamp,
  table: Parameters<ModelKind['load']>[2],
): Model {
  const reader = new PayloadReader(payload);
  const ids = reader.ids('items');
  const nextRows = readRows(reader, 'successors', ids.length);
  const togetherRows = readRows(reader, 'co-occurrence', ids.length);
  reader.end();
  const items = matchItems(ids, table);
  const next = createRowServer(nextRows, items);
  const together = createRowServer(togetherRows, items);
  const click = new Int32Array(1);
  const rowsFor = ({ purpose }: ModelQuery) => (purpose === 'similar' ? together : next);
  const rowOf = (query: ModelQuery): number => {
    if (query.purpose === 'similar') return items.codeOf(query.anchor);
    return latestClicks(query, items, click) > 0 ? click[0] : -1;
  };
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      rowsFor(query).retrieve(rowOf(query), limit, hits);
    },
    score(query, list, count, scores) {
      rowsFor(query).score(rowOf(query), list, count, scores);
    },
    explain(query, item, limit) {
      const row = rowOf(query);
      const score = new Float32Array(1);
      rowsFor(query).score(row, Int32Array.of(item), 1, score);
      if (limit < 1 || score[0] === 0) return [];
      const nodes = [ids[row], ids[items.codeOf(item)]].map((id) => ({ type: 'item', id }));
      return [{ nodes, share: 1 }];
    },
  };
}

/** Counts of being clicked near each other, as cosine; no item goes with itself. */
function coOccurrence(interactions: Interactions, keep: number): ItemRows {
  const { items, codes } = interactions;
  const counts = new Float64Array(items.length);
  for (const code of codes) counts[code] += 1;
  return buildRows(items.length, keep, (say) =>
    eachPair(interactions, togetherWindow, (from, to) => {
      if (from === to) return;
      const weight = 1 / Math.sqrt(counts[from] * counts[to]);
      say(from, to, weight);
      say(to, from, weight);
    }),
  );
}
