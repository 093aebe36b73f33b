let scratch = new Float32Array(2048);

/** The twin of the `top` kernel: a heap sort of what `selectRowsScalar` finds. */
export function topRowsScalar(
  scores: Float32Array,
  count: number,
  limit: number,
  rows: Int32Array,
): number {
  const size = selectRowsScalar(scores, count, limit, rows);
  for (let at = (size >> 1) - 1; at >= 0; at--) siftDown(scores, rows, at, size);
  for (let end = size - 1; end > 0; end--) {
    const worst = rows[0];
    rows[0] = rows[end];
    rows[end] = worst;
    siftDown(scores, rows, 0, end);
  }
  return size;
}

/** The twin of the `select` kernel: quickselect (Hoare 1961), then one pass. Expected O(count). */
export function selectRowsScalar(
  scores: Float32Array,
  count: number,
  limit: number,
  rows: Int32Array,
): number {
  const size = Math.min(limit, count);
  if (size <= 0) return 0;
  if (size === count) {
    for (let row = 0; row < count; row++) rows[row] = row;
    return size;
  }
  const least = quickselect(scores, count, size - 1);
  let above = 0;
  for (let row = 0; row < count; row++) if (scores[row] > least) above += 1;
  let ties = size - above;
  let at = 0;
  for (let row = 0; row < count; row++) {
    const score = scores[row];
    if (score > least) rows[at++] = row;
    else if (score === least && ties > 0) {
      rows[at++] = row;
      ties -= 1;
    }
  }
  return size;
}

/** The score that has `place` scores before it in falling order. */
function quickselect(scores: Float32Array, count: number, place: number): number {
  if (scratch.length < count) scratch = new Float32Array(count * 2);
  const values = scratch;
  for (let i = 0; i < count; i++) values[i] = scores[i];
  let from = 0;
  let to = count - 1;
  while (from < to) {
    const pivot = medianOfThree(values[from], values[(from + to) >> 1], values[to]);
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i] > pivot) i += 1;
      while (values[j] < pivot) j -= 1;
      if (i > j) break;
      const value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    if (place <= j) to = j;
    else if (place >= i) from = i;
    else break;
  }
  return values[place];
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Keeps the worst row at the root: lowest score, and among equals the latest row. */
function siftDown(scores: Float32Array, rows: Int32Array, from: number, size: number): void {
  const row = rows[from];
  const score = scores[row];
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    let childScore = scores[rows[child]];
    if (child + 1 < size) {
      const otherScore = scores[rows[child + 1]];
      if (otherScore < childScore || (otherScore === childScore && rows[child + 1] > rows[child])) {
        child += 1;
        childScore = otherScore;
      }
    }
    if (!(childScore < score || (childScore === score && rows[child] > row))) break;
    rows[at] = rows[child];
    at = child;
  }
  rows[at] = row;
}
