import { principalComponents } from '../../math/principal-components.ts';
import type { ItemVectors } from '../known/item-columns.ts';

/** The principal axes of a reference, frozen: item vectors seen in fewer dimensions. */
export interface EmbeddingSpace {
  readonly components: number;
  /** Writes the coordinates of an item's vector. O(dimensions · components). */
  project(item: number, out: Float64Array): void;
}

/** The covariance of the reference is made of so many products at most. */
const maxProducts = 1e7;

/**
 * Fits the axes on clicked items, each as often as it was clicked, evenly thinned where there are very many.
 * O(min(clicks · dimensions², 1e7) + dimensions³).
 */
export function fitSpace(
  clicked: Int32Array,
  vectors: () => ItemVectors,
  components: number,
): EmbeddingSpace {
  const { dimensions } = vectors();
  const row = (item: number) => {
    const { values } = vectors();
    return values.subarray(item * dimensions, (item + 1) * dimensions);
  };
  const count = Math.min(clicked.length, Math.ceil(maxProducts / dimensions ** 2));
  const values = new Float64Array(count * dimensions);
  for (let i = 0; i < count; i++)
    values.set(row(clicked[Math.floor((i * clicked.length) / count)]), i * dimensions);
  const axes = principalComponents(
    { values, count, dimensions },
    Math.min(components, dimensions, count),
  );
  return {
    components: axes.components,
    project: (item, out) => axes.projectInto(row(item), out),
  };
}

/**
 * Whether two sets of vectors lie in one space: nearly all of the items have the same vector in both. So it is
 * after single items were trained again beside the others.
 */
export function isSameSpace(before: ItemVectors, after: ItemVectors, items: Int32Array): boolean {
  const { dimensions } = before;
  if (after.dimensions !== dimensions) return false;
  let moved = 0;
  for (const item of items) {
    const from = item * dimensions;
    if (item >= before.count || item >= after.count || before.norms[item] === 0) continue;
    let d = 0;
    while (d < dimensions && before.values[from + d] === after.values[from + d]) d += 1;
    if (d < dimensions) moved += 1;
  }
  return moved <= items.length * maxMovedShare;
}

const maxMovedShare = 0.1;
