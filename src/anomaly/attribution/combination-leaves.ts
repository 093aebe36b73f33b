import type { LeafTable } from './leaf-table.ts';

/**
 * Writes the leaves that have the values of `leaf` in all of `labels` (a bit set) into `into`, and returns how many.
 * Starts from the rarest value, so O(its leaves · labels); ascending.
 */
export type GatherLeaves = (labels: number, leaf: number, into: Uint32Array) => number;

/** Sorts the leaves by value, for each label, so that combinations are found fast. O(leaves · labels). */
export function createGatherLeaves({ codes, values, count }: LeafTable): GatherLeaves {
  const starts = values.map((names) => new Uint32Array(names.length + 1));
  const sorted = codes.map((column, label) => sortByValue(column, starts[label], count));
  const size = (label: number, leaf: number) =>
    starts[label][codes[label][leaf] + 1] - starts[label][codes[label][leaf]];
  return (labels, leaf, into) => {
    let rarest = -1;
    for (let label = 0; label < codes.length; label++)
      if ((labels >> label) & 1 && (rarest < 0 || size(label, leaf) < size(rarest, leaf)))
        rarest = label;
    if (rarest < 0) {
      for (let i = 0; i < count; i++) into[i] = i;
      return count;
    }
    const from = starts[rarest][codes[rarest][leaf]];
    let found = size(rarest, leaf);
    into.set(sorted[rarest].subarray(from, from + found));
    for (let label = 0; label < codes.length; label++) {
      if (((labels >> label) & 1) === 0 || label === rarest) continue;
      const column = codes[label];
      let kept = 0;
      for (let i = 0; i < found; i++) if (column[into[i]] === column[leaf]) into[kept++] = into[i];
      found = kept;
    }
    return found;
  };
}

/** Counting sort; `starts` receives where each value begins. */
function sortByValue(column: Uint32Array, starts: Uint32Array, count: number): Uint32Array {
  for (let leaf = 0; leaf < count; leaf++) starts[column[leaf] + 1] += 1;
  for (let value = 1; value < starts.length; value++) starts[value] += starts[value - 1];
  const next = starts.slice();
  const sorted = new Uint32Array(count);
  for (let leaf = 0; leaf < count; leaf++) sorted[next[column[leaf]]++] = leaf;
  return sorted;
}
