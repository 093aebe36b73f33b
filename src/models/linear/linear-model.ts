import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import type { ItemTable } from '../../stores/item-table.ts';
import { type ItemCodes, matchItems } from '../item-codes.ts';
import { type ItemRows, readRows, writeRows } from '../item-rows.ts';
import type { Model, ModelQuery, ModelStamp } from '../model.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { createListedRetrieval } from '../retrieve-listed.ts';
import type { SupportingPath } from '../supporting-path.ts';
import { createHistory } from './query-history.ts';
import { createRowSums } from './row-sums.ts';

/** Links beyond this could add up to more than a score can be. */
const maxWeight = 1e30;

/** What every linear model may be told about learning. */
export const learningSchema = {
  halfLifeDays: z
    .number()
    .min(0.01)
    .max(36_500)
    .optional()
    .describe('Days after which an event counts half; absent is never'),
};

/** What every linear model may be told about serving. */
export const historySchema = {
  sessionDecay: z
    .number()
    .min(0.01)
    .max(1)
    .default(1)
    .describe('Factor of the row of an item for each item of the query after it; 1 is all alike'),
};

const servingSchema = z.strictObject(historySchema);

/** How rows are added up. */
export type LinearServing = z.output<typeof servingSchema>;

/** Makes the payload of a linear model. */
export function writeLinear(
  items: readonly string[],
  rows: ItemRows,
  { sessionDecay }: LinearServing,
): Uint8Array {
  const writer = new PayloadWriter().json(items).json({ sessionDecay });
  writeRows(writer, rows);
  return writer.bytes();
}

/**
 * Loads what `writeLinear` wrote. A score is the sum of the rows of what the query holds, each item once; where that is
 * below 0 it is 0. `similar` is the row of the anchor alone, without the anchor. O(items of the query · entries of a row).
 * Throws `SL_MODEL_CORRUPT`.
 */
export function loadLinear(payload: Uint8Array, stamp: ModelStamp, table: ItemTable): Model {
  const reader = new PayloadReader(payload);
  const ids = reader.ids('items');
  const serving = reader.json('serving', servingSchema);
  const rows = readRows(reader, 'links', ids.length);
  reader.end();
  checkWeights(rows);
  return serve({ rows, serving, table }, matchItems(ids, table), stamp);
}

function checkWeights({ weights }: ItemRows): void {
  for (const weight of weights)
    if (Math.abs(weight) > maxWeight)
      throw new SightlineError(
        'SL_MODEL_CORRUPT',
        `model payload: links holds ${weight}, expected at most ${maxWeight}`,
      );
}

interface Loaded {
  readonly rows: ItemRows;
  readonly serving: LinearServing;
  readonly table: ItemTable;
}

function serve({ rows, serving, table }: Loaded, items: ItemCodes, stamp: ModelStamp): Model {
  const added = createRowSums(rows, items.denseOf.length);
  const history = createHistory(items, serving.sessionDecay);
  const retrieveReached = createListedRetrieval(
    { scores: added.sums, listed: added.reached },
    items,
    table,
  );
  let addedFor: number | undefined;
  /** Retrieval and scoring of one request share the sums. */
  const addUp = (query: ModelQuery): void => {
    if (query.serial !== undefined && query.serial === addedFor) return;
    addedFor = query.serial;
    added.clear();
    const count = history.read(query);
    for (let i = 0; i < count; i++) added.add(history.codes[i], history.factors[i]);
    if (query.purpose === 'similar' && count > 0) added.sums[history.codes[0]] = 0;
  };
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      addUp(query);
      retrieveReached(added.count(), query, { limit, hits });
    },
    score(query, list, count, scores) {
      addUp(query);
      for (let i = 0; i < count; i++) {
        const code = items.codeOf(list[i]);
        scores[i] = code < 0 ? 0 : Math.max(0, added.sums[code]);
      }
    },
    explain(query, item, limit) {
      const target = items.codeOf(item);
      const count = target < 0 ? 0 : history.read(query);
      if (query.purpose === 'similar' && history.codes[0] === target) return [];
      const ways = Array.from({ length: count }, (_, i) => ({
        from: table.ids[items.denseOf[history.codes[i]]],
        weight: history.factors[i] * weightOf(rows, history.codes[i], target),
      }));
      const isFor = ways.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
      return isScored(ways) ? pathsOf(isFor, table.ids[item]).slice(0, limit) : [];
    },
  };
}

/** One item of a query, and what it adds to the score of another. */
interface Way {
  readonly from: string;
  readonly weight: number;
}

function isScored(ways: readonly Way[]): boolean {
  return ways.reduce((sum, { weight }) => sum + weight, 0) > 0;
}

/** Shares are of what speaks for the item. */
function pathsOf(ways: readonly Way[], target: string): SupportingPath[] {
  const total = ways.reduce((sum, { weight }) => sum + weight, 0);
  return ways.map(({ from, weight }) => ({
    nodes: [
      { type: 'item', id: from },
      { type: 'item', id: target },
    ],
    share: weight / total,
  }));
}

function weightOf({ offsets, codes, weights }: ItemRows, row: number, code: number): number {
  const at = codes.subarray(offsets[row], offsets[row + 1]).indexOf(code);
  return at < 0 ? 0 : weights[offsets[row] + at];
}
