import { degrees, transpose } from '../../../src/math/sparse.ts';
import { type ItemFeatures, itemFeatures } from '../../../src/models/graph/item-features.ts';
import { userItems } from '../../../src/models/user-items.ts';
import type { ColdTask } from './withhold.ts';

/** Scores the withheld items, in their order, for a user with these items. */
export type ScoreCold = (had: readonly string[]) => Float32Array;

/** What the baselines know: features of all items, and how many users had each. */
interface Catalogue {
  readonly features: ItemFeatures;
  readonly rowOf: ReadonlyMap<string, number>;
  readonly coldRows: readonly number[];
  readonly counts: Float64Array;
}

export function catalogueOf({ interactions, cold }: ColdTask): Catalogue {
  const { items, itemAttributes } = interactions;
  const ids = [...new Set([...items, ...cold])];
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const counts = new Float64Array(ids.length);
  counts.set(degrees(transpose(userItems(interactions))));
  return {
    features: itemFeatures(ids, itemAttributes),
    rowOf,
    coldRows: cold.map((id) => rowOf.get(id)!),
    counts,
  };
}

/**
 * Attribute kNN: the sum of the `neighbours` greatest cosines of attributes (rare labels count more) between a withheld item
 * and the user's own, times the popularity of its attributes to the power of `popularity`.
 */
export function attributeKnn(
  catalogue: Catalogue,
  { neighbours, popularity }: { neighbours: number; popularity: number },
): ScoreCold {
  const { features, rowOf, coldRows } = catalogue;
  const { offsets, codes, values } = features.matrix;
  const prior = popularityOfAttributes(catalogue)([]).map((value) => value ** popularity);
  const dense = new Float32Array(features.matrix.columns);
  // Cosines of all items with each withheld one, as many users ask for the same.
  const columns = coldRows.map((cold) => {
    for (let at = offsets[cold]; at < offsets[cold + 1]; at++) dense[codes[at]] = values[at];
    const cosines = Float32Array.from(rowOf.values(), (row) => {
      let sum = 0;
      for (let at = offsets[row]; at < offsets[row + 1]; at++) sum += values[at] * dense[codes[at]];
      return sum;
    });
    for (let at = offsets[cold]; at < offsets[cold + 1]; at++) dense[codes[at]] = 0;
    return cosines;
  });
  return (had) => {
    const near = new Float64Array(Math.min(neighbours, had.length));
    const rows = Int32Array.from(had, (id) => rowOf.get(id)!);
    const scores = new Float32Array(columns.length);
    for (const [i, cosines] of columns.entries()) {
      near.fill(0);
      for (const row of rows) putIn(near, cosines[row]);
      let sum = 0;
      for (const cosine of near) sum += cosine;
      scores[i] = prior[i] * sum;
    }
    return scores;
  };
}

/** Keeps the greatest values, greatest first. */
function putIn(greatest: Float64Array, value: number): void {
  let at = greatest.length - 1;
  if (!(value > greatest[at])) return;
  for (; at > 0 && greatest[at - 1] < value; at--) greatest[at] = greatest[at - 1];
  greatest[at] = value;
}

/** The mean popularity of the items with its labels, rare labels counting more; the same for every user. */
export function popularityOfAttributes({ features, coldRows, counts }: Catalogue): ScoreCold {
  const { matrix } = features;
  const { offsets, codes, values } = matrix;
  const means = new Float64Array(matrix.columns);
  const totals = new Float64Array(matrix.columns);
  for (let row = 0; row < matrix.rows; row++)
    for (let at = offsets[row]; counts[row] > 0 && at < offsets[row + 1]; at++) {
      means[codes[at]] += values[at] * counts[row];
      totals[codes[at]] += values[at];
    }
  const scores = Float32Array.from(coldRows, (row) => {
    let [sum, total] = [0, 1e-9];
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      if (totals[codes[at]] === 0) continue;
      sum += (values[at] * means[codes[at]]) / totals[codes[at]];
      total += values[at];
    }
    return sum / total;
  });
  return () => scores;
}
