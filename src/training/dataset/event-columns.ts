/** Events as growing columns, sorted by owner and time when they are read. */
export interface EventColumns {
  readonly count: number;
  /** `type` tells events apart that are otherwise equal, 0 to 255. */
  push(owner: number, item: number, atMs: number, weight: number, type?: number): void;
  owner(row: number): number;
  item(row: number): number;
  atMs(row: number): number;
  weight(row: number): number;
  type(row: number): number;
  /**
   * Rows of each owner in order of time, equal times as they came: those of owner o are `order[starts[o]]` to
   * `order[starts[o + 1] - 1]`. O(rows) when they came in order of time.
   */
  byOwner(owners: number): OwnedRows;
  /** Drops the oldest rows beyond `limit`, of equal times those that came first; answers how many. O(n log n). */
  keepNewest(limit: number): number;
  /** Changes owners and items to their new numbers. */
  renumber(owners: Uint32Array, items: Uint32Array): void;
}

/** Rows in the order of their owners. */
export interface OwnedRows {
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
}

/** Makes empty columns: 21 bytes an event, 25 where weights are kept with all their digits. */
export function createEventColumns({ hasExactWeights = false } = {}): EventColumns {
  const Weights = hasExactWeights ? Float64Array : Float32Array;
  let owner = new Uint32Array(4096);
  let item = new Uint32Array(4096);
  let atMs = new Float64Array(4096);
  let weight: Float32Array | Float64Array = new Weights(4096);
  let type = new Uint8Array(4096);
  let count = 0;
  const grow = (): void => {
    const wide = <A extends Uint8Array | Uint32Array | Float32Array | Float64Array>(
      to: A,
      from: A,
    ): A => {
      to.set(from);
      return to;
    };
    owner = wide(new Uint32Array(2 * count), owner);
    item = wide(new Uint32Array(2 * count), item);
    atMs = wide(new Float64Array(2 * count), atMs);
    weight = wide(new Weights(2 * count), weight);
    type = wide(new Uint8Array(2 * count), type);
  };
  const move = (from: number, to: number): void => {
    owner[to] = owner[from];
    item[to] = item[from];
    atMs[to] = atMs[from];
    weight[to] = weight[from];
    type[to] = type[from];
  };
  return {
    get count() {
      return count;
    },
    push(owns, what, when, counts, kind = 0) {
      if (count === owner.length) grow();
      owner[count] = owns;
      item[count] = what;
      weight[count] = counts;
      type[count] = kind;
      atMs[count++] = when;
    },
    owner: (row) => owner[row],
    item: (row) => item[row],
    atMs: (row) => atMs[row],
    weight: (row) => weight[row],
    type: (row) => type[row],
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
    keepNewest(limit) {
      const surplus = count - limit;
      if (surplus <= 0) return 0;
      const sorted = atMs.slice(0, count).sort();
      const oldest = sorted[surplus];
      let equalToDrop = surplus - sorted.indexOf(oldest);
      let end = 0;
      for (let row = 0; row < count; row++) {
        if (atMs[row] < oldest || (atMs[row] === oldest && equalToDrop-- > 0)) continue;
        move(row, end++);
      }
      count = end;
      return surplus;
    },
    renumber(owners, items) {
      for (let row = 0; row < count; row++) {
        owner[row] = owners[owner[row]];
        item[row] = items[item[row]];
      }
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
