import { z } from 'zod';
import { SightlineError } from '../domain/errors.ts';
import type { ItemTable } from '../stores/item-table.ts';
import { eachPair } from './click-pairs.ts';
import { createForwardPush } from './forward-push.ts';
import { type ItemCodes, matchItems } from './item-codes.ts';
import { buildRows, type ItemRows, readRows, writeRows } from './item-rows.ts';
import { latestClicks } from './latest-clicks.ts';
import type { Model, ModelKind, ModelQuery, ModelStamp } from './model.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { createListedRetrieval } from './retrieve-listed.ts';

const schema = z.strictObject({
  alpha: z
    .union([z.literal('entropy'), z.number().min(0).max(0.99)])
    .default(0.3)
    .describe(
      'Share of the walks that go on after a step; 0 is one step and no more, `entropy` is `alphaOfEntropy`',
    ),
  epsilon: z
    .number()
    .min(1e-9)
    .max(0.1)
    .default(1e-5)
    .describe('Share of the walks that may stay unfinished at an item, for each of its successors'),
  work: z
    .int()
    .min(1000)
    .max(100_000_000)
    .default(300_000)
    .describe(
      'Successors that one query may look at; what it has not finished by then is scored less exactly',
    ),
  seeds: z.int().min(1).max(50).default(3).describe('Latest clicks that walks start from'),
  sessionDecay: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.1)
    .describe('Factor of the walks for each click further back'),
  window: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Clicks after an item that count as its successors'),
  decay: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.3)
    .describe('Weight of the successor l clicks later is decay^(l - 1)'),
  /** Successors kept for each item. */
  keep: z.int().min(1).max(10_000).default(50).describe('Items kept for each item'),
});

type ItemRankOptions = z.output<typeof schema>;

/**
 * The alpha of `alpha: entropy`, by the normalised entropy of the session: .95 below .3, .82 below .7, else .60, and
 * .82 where it is unknown. Walks from a regular session go far.
 *
 * @example alphaOfEntropy(0.8) // 0.6
 */
export function alphaOfEntropy(sessionEntropy: number | undefined): number {
  if (sessionEntropy === undefined) return 0.82;
  if (sessionEntropy < 0.3) return 0.95;
  return sessionEntropy < 0.7 ? 0.82 : 0.6;
}

/**
 * ItemRank (Gori & Pucci 2007): personalised PageRank r = alpha · Sᵀr + (1 - alpha) · seed on the graph S of what was
 * clicked after what, seeded by the latest clicks, by forward push. A score is what r holds beside the seed itself, over
 * alpha: walks of one step and more. So alpha 0 is one step, and a click is no reason to show the same item again.
 * `similar` starts from the anchor alone and never tells it.
 * Fit O(events · window); a query is O(work) at the most and does not grow with the catalogue.
 *
 * The default alpha is constant: alpha(H) did not beat a constant, nor one step, on the demo and on MovieLens 100K, see
 * docs/benchmarks.md.
 */
export const itemRank: ModelKind<ItemRankOptions> = {
  kind: 'item-rank',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('item-rank', schema),
  searchSpace: {
    alpha: { scale: 'linear', min: 0, max: 0.9 },
    seeds: { scale: 'log', min: 1, max: 20, int: true },
    sessionDecay: { scale: 'log', min: 0.01, max: 1 },
    window: { scale: 'linear', min: 1, max: 10, int: true },
    decay: { scale: 'linear', min: 0.05, max: 1 },
    keep: { scale: 'log', min: 20, max: 1000, int: true },
  },
  fit(interactions, options, progress) {
    const { keep, window, decay } = options;
    const rows = buildRows(interactions.items.length, keep, (say) =>
      eachPair(interactions, window, (from, to, gap) => say(from, to, decay ** (gap - 1))),
    );
    progress(1, `${rows.codes.length} transitions`);
    const writer = new PayloadWriter().json(interactions.items).json(options);
    writeRows(writer, rows);
    return writer.bytes();
  },
  load(payload, stamp, table) {
    const reader = new PayloadReader(payload);
    const ids = reader.ids('items');
    const options = reader.json('options', schema);
    const rows = readRows(reader, 'successors', ids.length);
    reader.end();
    checkWeights(rows);
    return serve(rows, { options, items: matchItems(ids, table), table, stamp });
  },
};

function checkWeights({ weights }: ItemRows): void {
  for (const weight of weights)
    if (!(weight > 0))
      throw new SightlineError(
        'SL_MODEL_CORRUPT',
        `model payload: weights of successors holds ${weight}, expected more than 0`,
      );
}

interface Serving {
  readonly options: ItemRankOptions;
  readonly items: ItemCodes;
  readonly table: ItemTable;
  readonly stamp: ModelStamp;
}

function serve(rows: ItemRows, { options, items, table, stamp }: Serving): Model {
  const { alpha, seeds, sessionDecay } = options;
  const walks = createForwardPush(rows, options);
  const { estimate, reached } = walks;
  const retrieveReached = createListedRetrieval(
    { scores: estimate, listed: reached },
    items,
    table,
  );
  const clicks = new Int32Array(seeds);
  const anchorOnly = { anchor: -1, recent: new Int32Array(0) };
  let walkedFor: number | undefined;
  /** Retrieval and scoring of one request share the walks. */
  const walk = (query: ModelQuery): void => {
    if (query.serial !== undefined && query.serial === walkedFor) return;
    walkedFor = query.serial;
    walks.clear();
    const similar = query.purpose === 'similar';
    anchorOnly.anchor = query.anchor;
    const count = latestClicks(similar ? anchorOnly : query, items, clicks);
    for (let i = 0; i < count; i++) walks.start(clicks[i], sessionDecay ** i);
    walks.push(alpha === 'entropy' ? alphaOfEntropy(query.sessionEntropy) : alpha);
    if (similar && count > 0) estimate[clicks[0]] = 0;
  };
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      walk(query);
      retrieveReached(walks.count(), query, { limit, hits });
    },
    score(query, list, count, scores) {
      walk(query);
      for (let i = 0; i < count; i++) {
        const code = items.codeOf(list[i]);
        scores[i] = code < 0 ? 0 : estimate[code];
      }
    },
  };
}
