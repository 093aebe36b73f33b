/** As many leaves are enough to see how much they scatter. */
const sampleSize = 1024;

/**
 * The leaves of the greatest sizes, those of size 0 left out: at most 1,024, in their order. What is estimated over
 * them costs the same however many leaves there are. O(leaves log leaves).
 *
 * @example largestLeaves(Float64Array.of(5, 0, 7)) // Uint32Array [0, 2]
 */
export function largestLeaves(sizes: Float64Array): Uint32Array {
  const ascending = sizes.toSorted();
  const least = ascending[Math.max(0, ascending.length - sampleSize)];
  const largest = new Uint32Array(Math.min(sampleSize, sizes.length));
  let count = 0;
  // Of leaves as large as the least of them those that come first.
  for (const isTie of [0, 1])
    for (let leaf = 0; leaf < sizes.length && count < largest.length; leaf++)
      if (sizes[leaf] > 0 && (isTie ? sizes[leaf] === least : sizes[leaf] > least))
        largest[count++] = leaf;
  return largest.subarray(0, count).sort();
}
