import { z } from 'zod';
import type { ItemTable } from '../../stores/item-table.ts';
import type { Model, ModelKind, ModelStamp } from '../model.ts';
import { optionsParser } from '../parse-options.ts';
import { PayloadReader, PayloadWriter } from '../payload.ts';
import { createBestItems } from './best-items.ts';
import { createClosenesses } from './closenesses.ts';
import { createNearest } from './nearest-items.ts';
import { shareOut } from './share-out.ts';

const schema = z.strictObject({
  column: z
    .string()
    .min(1)
    .max(256)
    .default('embedding')
    .describe('Path of the labels at which the vector of an item stands, such as `text.embedding`'),
  recent: z.int().min(1).max(200).default(10).describe('Items of a session that count, the latest'),
  neighbours: z
    .int()
    .min(1)
    .max(256)
    .default(100)
    .describe('Nearest items of each item of a session that may be retrieved'),
});

type EmbeddingOptions = z.output<typeof schema>;

/**
 * Items alike by vectors that somebody else made, and that stand in their labels: 1 / (1 + d), d the Euclidean
 * distance. `similar` is about the anchor; `next` is the sum over the session, and retrieves from the nearest items of
 * each; the items themselves get 0. Exact. Learns nothing but its options: new and changed vectors count at once. Vectors of
 * another length than the first are left out. A query is one scan, O(items · dimensions), for each item of the session whose
 * neighbours are not known since the last change of a vector.
 */
export const embedding: ModelKind<EmbeddingOptions> = {
  kind: 'embedding',
  learns: false,
  defaults: schema.parse({}),
  parseOptions: optionsParser('embedding', schema),
  vectorColumns: ({ column }) => [column],
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

function serve(options: EmbeddingOptions, stamp: ModelStamp, table: ItemTable): Model {
  const { column, recent, neighbours } = options;
  const vectors = table.keepVectors(column);
  const nearest = createNearest(table, vectors);
  const writeBest = createBestItems(table);
  const asked = createClosenesses(vectors, recent);
  let scores = new Float32Array(0);
  return {
    ...stamp,
    retrieve(query, limit, hits) {
      asked.read(query, table.size);
      if (scores.length < table.size) scores = new Float32Array(table.size * 2);
      else scores.fill(0);
      const wanted = query.purpose === 'similar' ? limit : neighbours;
      for (let at = 0; at < asked.count(); at++) {
        const { items: found, count } = nearest(asked.items[at], {
          scope: query.scope,
          limit: wanted,
        });
        for (let i = 0; i < count; i++)
          if (scores[found[i]] === 0) scores[found[i]] = asked.sumFor(found[i]);
      }
      writeBest(scores, query, { limit, hits });
    },
    score(query, items, count, into) {
      asked.read(query, table.size);
      for (let i = 0; i < count; i++) into[i] = asked.sumFor(items[i]);
    },
    explain(query, item, limit) {
      asked.read(query, table.size);
      if (asked.sumFor(item) === 0) return [];
      const ways = Array.from({ length: asked.count() }, (_, at) => ({
        nodes: [asked.items[at], item].map((of) => ({ type: 'item', id: table.ids[of] })),
        weight: asked.closenessOf(at, item),
      }));
      return shareOut(ways, limit);
    },
  };
}
