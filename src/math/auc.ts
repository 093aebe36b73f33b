/**
 * Area under the ROC curve: how often a positive scores above a negative, a tie as half. By mid-ranks (Mann & Whitney
 * 1947): (sum of ranks of positives - P(P + 1) / 2) / (P · N). Undefined where only one class occurs. Throws RangeError
 * for a score that is no number, and columns of different lengths. O(n log n).
 *
 * @example auc(Float32Array.of(1, 2, 2), Uint8Array.of(0, 0, 1)) // 0.75
 */
export function auc(scores: Float32Array | Float64Array, positive: Uint8Array): number | undefined {
  checkColumns(scores, positive.length);
  const order = Uint32Array.from(scores, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  return areaOf(order, scores, positive);
}

/**
 * AUC of each group, weighted by its rows (Zhu et al. 2017, there by impressions). Groups of one class say nothing and
 * are left out; undefined where all are. `groups` holds a number for each row. Throws RangeError as `auc` does.
 * O(n log n).
 *
 * @example groupedAuc(Float32Array.of(5, 9, 1, 2), Uint8Array.of(1, 0, 0, 1), Uint32Array.of(0, 0, 7, 7)) // 0.5
 */
export function groupedAuc(
  scores: Float32Array | Float64Array,
  positive: Uint8Array,
  groups: Uint32Array,
): number | undefined {
  checkColumns(scores, positive.length);
  checkColumns(scores, groups.length);
  const order = Uint32Array.from(scores, (_, i) => i).sort(
    (a, b) => groups[a] - groups[b] || scores[a] - scores[b],
  );
  let [sum, rows] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && groups[order[end]] === groups[order[start]]) end += 1;
    const area = areaOf(order.subarray(start, end), scores, positive);
    if (area === undefined) continue;
    sum += area * (end - start);
    rows += end - start;
  }
  return rows > 0 ? sum / rows : undefined;
}

/** AUC of the rows of `order`, which stand by rising score. */
function areaOf(
  order: Uint32Array,
  scores: Float32Array | Float64Array,
  positive: Uint8Array,
): number | undefined {
  let [ranks, positives] = [0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    let hits = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++)
      hits += positive[order[end]];
    // Ranks count from 1: start + 1 to end.
    ranks += (hits * (start + 1 + end)) / 2;
    positives += hits;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function checkColumns(scores: Float32Array | Float64Array, length: number): void {
  if (scores.length !== length)
    throw new RangeError(`column has ${length} rows, expected ${scores.length}`);
  if (scores.some(Number.isNaN)) throw new RangeError('score is NaN, expected a number');
}
