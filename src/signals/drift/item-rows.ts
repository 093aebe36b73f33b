/** Numbers worked out for items once and kept, at most `maxRows` items at a time. */
export interface ItemRows {
  readonly width: number;
  /** How many rows were worked out so far. */
  readonly filled: number;
  /** Copies an item's numbers to `out` from `at` on, working them out where they are not kept. */
  copy(item: number, out: Float64Array, at: number): void;
  /** Forgets everything. */
  clear(): void;
}

/**
 * Makes an empty store of rows. When it is full it begins anew, which costs each item its work once more.
 *
 * @example createItemRows({ width: 64, maxRows: 16_384, fill: (item, row) => project(item, row) });
 */
export function createItemRows({
  width,
  maxRows,
  fill,
}: {
  readonly width: number;
  readonly maxRows: number;
  /** Writes the numbers of an item. */
  readonly fill: (item: number, row: Float64Array) => void;
}): ItemRows {
  const places = new Map<number, number>();
  let filled = 0;
  let values = new Float64Array(width * Math.min(64, maxRows));
  const place = (item: number): number => {
    if (places.size >= maxRows) places.clear();
    const at = places.size * width;
    if (at + width > values.length) {
      const grown = new Float64Array(Math.min(values.length * 2, maxRows * width));
      grown.set(values);
      values = grown;
    }
    fill(item, values.subarray(at, at + width));
    places.set(item, at);
    filled += 1;
    return at;
  };
  return {
    width,
    get filled() {
      return filled;
    },
    copy(item, out, at) {
      const from = places.get(item) ?? place(item);
      for (let d = 0; d < width; d++) out[at + d] = values[from + d];
    },
    clear: () => places.clear(),
  };
}
