/** Events as growing columns, sorted by owner and time when they are read. */
export interface EventColumns {
  push(owner: number, item: number, atMs: number, weight: number): void;
  item(row: number): number;
  atMs(row: number): number;
  weight(row: number): number;
  /**
   * Rows of each owner in order of time, equal times as they came: those of owner o are `order[starts[o]]` to
   * `order[starts[o + 1] - 1]`. O(rows) when they came in order of time.
   */
  byOwner(owners: number): { order: Uint32Array; starts: Uint32Array };
}

/** Makes empty columns: 20 bytes an event. */
export function createEventColumns(): EventColumns {
  let owner = new Uint32Array(4096);
  let item = new Uint32Array(4096);
  let atMs = new Float64Array(4096);
  let weight = new Float32Array(4096);
  let count = 0;
  const grow = (): void => {
    const wide = <A extends Uint32Array | Float32Array | Float64Array>(to: A, from: A): A => {
      to.set(from);
      return to;
    };
    owner = wide(new Uint32Array(2 * count), owner);
    item = wide(new Uint32Array(2 * count), item);
    atMs = wide(new Float64Array(2 * count), atMs);
    weight = wide(new Float32Array(2 * count), weight);
  };
  return {
    push(owns, what, when, counts) {
      if (count === owner.length) grow();
      owner[count] = owns;
      item[count] = what;
      weight[count] = counts;
      atMs[count++] = when;
    },
    item: (row) => item[row],
    atMs: (row) => atMs[row],
    weight: (row) => weight[row],
    byOwner(owners) {
      const starts = new Uint32Array(owners + 1);
      for (let row = 0; row < count; row++) starts[owner[row] + 1] += 1;
      for (let o = 0; o < owners; o++) starts[o + 1] += starts[o];
      const order = new Uint32Array(count);
      const ends = starts.slice(0, owners);
      for (let row = 0; row < count; row++) order[ends[owner[row]]++] = row;
      for (let o = 0; o < owners; o++) sortByTime(order.subarray(starts[o], starts[o + 1]), atMs);
      return { order, starts };
    },
  };
}

/** Most events come in order of time: those are only looked at. */
function sortByTime(rows: Uint32Array, atMs: Float64Array): void {
  for (let i = 1; i < rows.length; i++)
    if (atMs[rows[i]] < atMs[rows[i - 1]]) {
      rows.sort((a, b) => atMs[a] - atMs[b] || a - b);
      return;
    }
}
