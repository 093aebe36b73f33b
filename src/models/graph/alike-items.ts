import { degrees, type SparseMatrix, transpose } from '../../math/sparse.ts';
import { topRows } from '../../math/top-rows.ts';

/** Entries of labels that are looked at for an item at most, the rarest labels first. */
const maxWork = 50_000;

/**
 * The edges between items that are alike: row i holds at most `keep` of the first `warm` items, but i, with their cosine of
 * features to the power of `sharpness`: 1 counts all that has a label in common, 8 little but what is all but the same.
 * Labels that so many items have that there is no work left for them count for nothing. O(items · work).
 */
export function alikeItems(
  features: SparseMatrix,
  {
    warm,
    keep,
    sharpness,
  }: { readonly warm: number; readonly keep: number; readonly sharpness: number },
): SparseMatrix {
  const postings = transpose(features);
  const counts = degrees(postings);
  const cosines = new Float64Array(warm);
  const offsets = new Uint32Array(features.rows + 1);
  const codes = new Uint32Array(features.rows * keep);
  const values = new Float32Array(features.rows * keep);
  const places = new Int32Array(keep);
  for (let item = 0; item < features.rows; item++) {
    const seen: number[] = [];
    const own = Array.from(
      { length: features.offsets[item + 1] - features.offsets[item] },
      (_, i) => features.offsets[item] + i,
    ).sort((a, b) => counts[features.codes[a]] - counts[features.codes[b]]);
    let work = 0;
    for (const at of own) {
      const feature = features.codes[at];
      work += counts[feature];
      if (work > maxWork && seen.length > 0) break;
      for (let p = postings.offsets[feature]; p < postings.offsets[feature + 1]; p++) {
        const other = postings.codes[p];
        if (other >= warm) break;
        if (other === item) continue;
        if (cosines[other] === 0) seen.push(other);
        cosines[other] += features.values[at] * postings.values[p];
      }
    }
    const scores = Float32Array.from(seen, (other) => cosines[other]);
    const count = topRows(scores, seen.length, keep, places);
    const kept = [...places.subarray(0, count)].sort((a, b) => seen[a] - seen[b]);
    offsets[item + 1] = offsets[item];
    for (const place of kept) {
      const weight = Math.min(1, scores[place]) ** sharpness;
      if (weight < 1e-6) continue;
      codes[offsets[item + 1]] = seen[place];
      values[offsets[item + 1]++] = weight;
    }
    for (const other of seen) cosines[other] = 0;
  }
  const end = offsets[features.rows];
  return {
    rows: features.rows,
    columns: features.rows,
    offsets,
    codes: codes.slice(0, end),
    values: values.slice(0, end),
  };
}

/** The same matrix with rows that sum to 1, or are empty. */
export function withShares(matrix: SparseMatrix): SparseMatrix {
  const { rows, offsets, values } = matrix;
  const shares = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const own = values.subarray(offsets[row], offsets[row + 1]);
    const total = own.reduce((sum, value) => sum + value, 0);
    for (let i = 0; i < own.length; i++) shares[offsets[row] + i] = own[i] / total;
  }
  return { ...matrix, values: shares };
}
