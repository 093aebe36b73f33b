import type { SparseMatrix } from '../../math/sparse.ts';
import type { ItemCodes } from '../item-codes.ts';
import { latestClicks } from '../latest-clicks.ts';
import type { Model } from '../model.ts';
import type { PathNode, SupportingPath } from '../supporting-path.ts';
import type { GraphPayload } from './graph-payload.ts';
import { attributeOf } from './item-features.ts';
import { attentionShares } from './sequence-embedding.ts';

/**
 * Makes explanations: from each item that the user had, by its share of the user's vector and its cosine with the
 * item in question, over the labels and users that both have, each by the product of its weights there, or straight where
 * they have none in common. O(user's items · (dimensions + labels)).
 */
export function createExplainer(
  payload: GraphPayload,
  items: ItemCodes,
): NonNullable<Model['explain']> {
  const { ids, vectors, options } = payload;
  const { dimensions, attention } = options;
  const clicks = new Int32Array(options.recent);
  const shares = new Float32Array(options.recent);
  return (query, item, limit) => {
    const code = items.codeOf(item);
    if (code < 0) return [];
    const isSimilar = query.purpose === 'similar';
    const asked = isSimilar ? { anchor: query.anchor, recent: new Int32Array(0) } : query;
    const count = latestClicks(asked, items, clicks);
    attentionShares({ vectors, dimensions }, clicks, { count, attention, shares });
    const paths: SupportingPath[] = [];
    for (let i = 0; i < count; i++) {
      if (clicks[i] === code) continue;
      let cosine = 0;
      for (let d = 0; d < dimensions; d++)
        cosine += vectors[clicks[i] * dimensions + d] * vectors[code * dimensions + d];
      if (cosine <= 0) continue;
      for (const { node, share } of between(payload, clicks[i], code)) {
        const ends = [clicks[i], code].map((end) => ({ type: 'item', id: ids[end] }));
        const nodes = node === undefined ? ends : [ends[0], node, ends[1]];
        paths.push({ nodes, share: cosine * shares[i] * share });
      }
    }
    const total = paths.reduce((sum, { share }) => sum + share, 0);
    return paths
      .map(({ nodes, share }) => ({ nodes, share: share / total }))
      .sort((a, b) => b.share - a.share)
      .slice(0, limit);
  };
}

/** What two items have in common, with its share; one entry without a node where there is nothing. */
function between(
  { labels, labelNames, users, userNames }: GraphPayload,
  a: number,
  b: number,
): { node?: PathNode; share: number }[] {
  const shared = [
    ...common(labels, a, b).map(({ column, weight }) => {
      const type = attributeOf(labelNames[column]);
      return { node: { type, id: labelNames[column].slice(type.length + 1) }, share: weight };
    }),
    ...common(users, a, b).map(({ column, weight }) => ({
      node: { type: 'user', id: userNames[column] },
      share: weight,
    })),
  ];
  const total = shared.reduce((sum, { share }) => sum + share, 0);
  if (!(total > 0)) return [{ share: 1 }];
  return shared.map((entry) => ({ ...entry, share: entry.share / total }));
}

/** Columns that two rows have both, and the product of their values. */
function common(
  { offsets, codes, values }: SparseMatrix,
  a: number,
  b: number,
): { column: number; weight: number }[] {
  const found: { column: number; weight: number }[] = [];
  let [i, j] = [offsets[a], offsets[b]];
  while (i < offsets[a + 1] && j < offsets[b + 1]) {
    if (codes[i] === codes[j]) {
      found.push({ column: codes[i], weight: Math.abs(values[i] * values[j]) });
      i += 1;
      j += 1;
    } else if (codes[i] < codes[j]) i += 1;
    else j += 1;
  }
  return found;
}
