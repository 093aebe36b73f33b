import type { Interactions } from '../model.ts';
import type { ClickFields } from './click-examples.ts';
import { createFeatureRows, type FeatureRows, type FieldsSoFar } from './feature-rows.ts';

/** What a click model knows users and items by. */
export interface ClickFeatures extends ClickFields {
  /** Those with events first, in the order of their codes, then those of which only attributes are known. */
  readonly items: readonly string[];
  readonly users: readonly string[];
  /** The item with code i has the feature `lastAt` + i where it was clicked last. */
  readonly lastAt: number;
  /** The item with code i has the feature `historyAt` + i where it was clicked before that. */
  readonly historyAt: number;
  /** How many items have events, and so features of history. */
  readonly historyItems: number;
  readonly itemRows: FeatureRows;
  readonly userRows: FeatureRows;
}

/**
 * Makes the features of interactions: who it is, labels and buckets of the user, what was clicked last, what before;
 * then which item it is, its labels and buckets. O(users + items + attributes).
 */
export function createClickFeatures(interactions: Interactions): ClickFeatures {
  const { itemAttributes, userAttributes } = interactions;
  const items = withMore(interactions.items, itemAttributes?.ids);
  const users = withMore(interactions.users ?? [], userAttributes?.ids);
  const sofar: FieldsSoFar = { fieldOf: [], fields: 0 };
  const userRows = createFeatureRows(users, interactions.users?.length ?? 0, {
    attributes: userAttributes,
    sofar,
  });
  const historyItems = interactions.items.length;
  const [lastAt, historyAt] = [addField(sofar, historyItems), addField(sofar, historyItems)];
  const itemRows = createFeatureRows(items, historyItems, { attributes: itemAttributes, sofar });
  return {
    ...{ items, users, lastAt, historyAt, historyItems, itemRows, userRows },
    fields: sofar.fields,
    fieldOf: Uint32Array.from(sofar.fieldOf),
  };
}

/** A field of so many codes; answers the first. */
function addField(sofar: FieldsSoFar, codes: number): number {
  const field = sofar.fields++;
  const first = sofar.fieldOf.length;
  for (let code = 0; code < codes; code++) sofar.fieldOf.push(field);
  return first;
}

function withMore(ids: readonly string[], more: readonly string[] = []): readonly string[] {
  return [...new Set([...ids, ...more])];
}

/**
 * Says the features of a history of `count` items: the newest by itself, those before it with 1 / √(their number) each.
 * `codeAt(0)` is the newest.
 */
export function eachHistoryFeature(
  { lastAt, historyAt }: Pick<ClickFeatures, 'lastAt' | 'historyAt'>,
  count: number,
  {
    codeAt,
    say,
  }: { codeAt: (place: number) => number; say: (code: number, value: number) => void },
): void {
  if (count > 0) say(lastAt + codeAt(0), 1);
  const value = 1 / Math.sqrt(count - 1);
  for (let place = 1; place < count; place++) say(historyAt + codeAt(place), value);
}
