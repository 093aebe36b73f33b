/**
 * Writes the rows of the `limit` greatest scores into `rows`, greatest first; equal scores in row order.
 * Bounded heap: O(count · log limit), no allocation. Returns how many were written.
 *
 * @example topRows(Float32Array.of(1, 3, 2), 3, 2, rows) // 2, rows = [1, 2]
 */
export function topRows(
  scores: Float32Array,
  count: number,
  limit: number,
  rows: Int32Array,
): number {
  const size = Math.min(limit, count);
  if (size === 0) return 0;
  for (let row = 0; row < size; row++) rows[row] = row;
  for (let at = (size >> 1) - 1; at >= 0; at--) siftDown(scores, rows, at, size);
  for (let row = size; row < count; row++) {
    // A later row with an equal score never displaces an earlier one.
    if (!(scores[row] > scores[rows[0]])) continue;
    rows[0] = row;
    siftDown(scores, rows, 0, size);
  }
  for (let end = size - 1; end > 0; end--) {
    const worst = rows[0];
    rows[0] = rows[end];
    rows[end] = worst;
    siftDown(scores, rows, 0, end);
  }
  return size;
}

/** The root of the heap is the row to give up first: lowest score, and among equals the latest row. */
function siftDown(scores: Float32Array, rows: Int32Array, from: number, size: number): void {
  const row = rows[from];
  const score = scores[row];
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isBefore(scores, rows[child + 1], rows[child])) child += 1;
    const childScore = scores[rows[child]];
    if (!(childScore < score || (childScore === score && rows[child] > row))) break;
    rows[at] = rows[child];
    at = child;
  }
  rows[at] = row;
}

function isBefore(scores: Float32Array, a: number, b: number): boolean {
  return scores[a] < scores[b] || (scores[a] === scores[b] && a > b);
}
