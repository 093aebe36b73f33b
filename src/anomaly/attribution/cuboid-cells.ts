/** The combinations of a cuboid that occur: for each one of its leaves, and four sums over all of them. */
export class CuboidCells {
  /** A leaf that has the combination. */
  leaves = new Uint32Array(0);
  /** The sums of a combination stand side by side. */
  sums = new Float64Array(0);
  count = 0;

  /** Makes place for `count` combinations whose sums are 0. Their leaves are those of before. */
  reset(count: number): void {
    if (count > this.leaves.length) {
      this.leaves = new Uint32Array(count);
      this.sums = new Float64Array(4 * count);
    } else this.sums.fill(0, 0, 4 * count);
    this.count = count;
  }

  /** Adds the sums of a finer cuboid; `into` holds the place of each of its combinations here. O(its combinations). */
  addUp(finer: CuboidCells, into: Uint32Array): void {
    const { sums } = this;
    const parts = finer.sums;
    for (let i = 0; i < finer.count; i++) {
      const at = 4 * into[i];
      sums[at] += parts[4 * i];
      sums[at + 1] += parts[4 * i + 1];
      sums[at + 2] += parts[4 * i + 2];
      sums[at + 3] += parts[4 * i + 3];
    }
  }
}
