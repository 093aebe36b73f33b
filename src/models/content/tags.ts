import { z } from 'zod';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Model, ModelKind, ModelQuery, ModelStamp } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { createBestItems } from './best-items.ts';
import { LabelIndex } from './label-index.ts';
import { queryItems } from './query-items.ts';
import { shareOut, type Way } from './share-out.ts';

const schema = z.strictObject({
  column: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      'Path of the labels that count, such as `genres` or `brand.country`, or `category`; absent is all labels, attributes and categories',
    ),
  maxShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('Labels on more than this share of the items say nothing and are left out'),
  recent: z
    .int()
    .min(1)
    .max(200)
    .default(100)
    .describe('Items of a session that count, the latest'),
  work: z
    .int()
    .min(1000)
    .max(100_000_000)
    .default(200_000)
    .describe(
      'Entries of the lists of items by label that a query may look at; rare labels come first',
    ),
});

type TagsOptions = z.output<typeof schema>;

/**
 * Items alike by their labels: Σ ln(1 + N / N_l) over the labels l that both have, N_l of N shown items having it. That
 * is the dot product of vectors whose numbers are the roots of the inverse document frequencies. `similar` is about the
 * anchor, `next` the sum over the session; the items themselves get 0. Learns nothing but its options: a new item has
 * neighbours at once, and is found as one at once in a small catalogue, within a second up to 10,000 items, and within
 * five up to 50,000; see `LabelIndex`. A query is O(work + items), and now and then O(labels of all items) while the
 * table changes.
 */
export const tags: ModelKind<TagsOptions> = {
  kind: 'tags',
  learns: false,
  defaults: schema.parse({}),
  parseOptions: optionsParser('tags', schema),
  fit(_interactions, options, progress) {
    progress(1, 'nothing to learn');
    return new PayloadWriter().json(options).bytes();
  },
  load(payload, stamp, table) {
    const reader = new PayloadReader(payload);
    const options = reader.json('options', schema);
    reader.end();
    return serve(options, stamp, table);
  },
};

function serve(options: TagsOptions, stamp: ModelStamp, table: ItemTable): Model {
  const index = new LabelIndex(table, options);
  const own = new Int32Array(options.recent);
  const vote = createVotes(index, own, { table, work: options.work });
  const writeBest = createBestItems(table);
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      writeBest(vote(query), query, { limit, hits });
    },
    score(query, items, count, scores) {
      const votes = vote(query);
      for (let i = 0; i < count; i++) scores[i] = votes[items[i]] ?? 0;
    },
    explain(query, item, limit) {
      const items = own.subarray(0, queryItems(query, table.size, own));
      if (items.includes(item)) return [];
      index.refresh(query.nowMs);
      return shareOut(sharedLabels(index, items, { item, ids: table.ids }), limit);
    },
  };
}

/** A way over each label that an item has in common with one of others. */
function sharedLabels(
  index: LabelIndex,
  others: Int32Array,
  { item, ids }: { item: number; ids: readonly string[] },
): Way[] {
  const labelsOf = (of: number) => index.read.slice(0, index.readLabels(of));
  const wanted = new Set(labelsOf(item).filter((label) => index.weights[label] > 0));
  const node = (of: number) => ({ type: 'item', id: ids[of] });
  return Array.from(others).flatMap((other) =>
    Array.from(labelsOf(other))
      .filter((label) => wanted.has(label))
      .map((label) => ({
        nodes: [node(other), index.nodeOf(label), node(item)],
        weight: index.weights[label],
      })),
  );
}

/** Makes scores by dense item index, which hold until the next query; `own` takes the items of it. */
function createVotes(
  index: LabelIndex,
  own: Int32Array,
  { table, work }: { readonly table: ItemTable; readonly work: number },
): (query: ModelQuery) => Float32Array {
  const labels = createLabelCounts(index);
  let votes = new Float32Array(0);
  let votedFor: number | undefined;
  return (query) => {
    // Retrieval and scoring of one request share the votes.
    if (query.serial !== undefined && query.serial === votedFor) return votes;
    votedFor = query.serial;
    index.refresh(query.nowMs);
    if (votes.length < table.size) votes = new Float32Array(table.size * 2);
    else votes.fill(0);
    const count = queryItems(query, table.size, own);
    for (let i = 0; i < count; i++) labels.add(own[i]);
    labels.spend(work, votes);
    for (let i = 0; i < count; i++) votes[own[i]] = 0;
    return votes;
  };
}

/** The labels of a query, and how many of its items have each. */
interface LabelCounts {
  /** Adds the labels of an item. */
  add(item: number): void;
  /** Adds to the votes for each item what the labels are worth, of at most `work` items, and forgets the labels. */
  spend(work: number, votes: Float32Array): void;
}

function createLabelCounts(index: LabelIndex): LabelCounts {
  const { weights, starts, read } = index;
  const counts = new Uint16Array(weights.length);
  const labels = new Int32Array(weights.length);
  let size = 0;
  const lengthOf = (label: number): number => starts[label + 1] - starts[label];
  return {
    add(item) {
      const count = index.readLabels(item);
      for (let i = 0; i < count; i++) {
        if (weights[read[i]] === 0) continue;
        if (counts[read[i]] === 0) labels[size++] = read[i];
        counts[read[i]] += 1;
      }
    },
    spend(work, votes) {
      let total = 0;
      for (let i = 0; i < size; i++) total += lengthOf(labels[i]);
      if (total > work) labels.subarray(0, size).sort((a, b) => lengthOf(a) - lengthOf(b) || a - b);
      let left = work;
      for (let i = 0; i < size; i++) {
        const label = labels[i];
        const end = Math.min(starts[label + 1], starts[label] + left);
        left -= end - starts[label];
        const worth = counts[label] * weights[label];
        for (let at = starts[label]; at < end; at++) votes[index.items[at]] += worth;
        counts[label] = 0;
      }
      size = 0;
    },
  };
}
