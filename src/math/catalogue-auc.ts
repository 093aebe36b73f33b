/**
 * Probability that a wanted item of a list of scored items stands above one that is not wanted, ties counting half (the
 * area under the ROC curve of the whole list): the sum of the mid-ranks of the wanted, less the least it can be, over all
 * pairs (Mann & Whitney 1947). NaN where nothing or everything is wanted. Scores are numbers. O(scores · log wanted).
 *
 * @example catalogueAuc(Float32Array.of(3, 2, 1), (row) => row === 1) // 0.5: above one, below one
 */
export function catalogueAuc(
  scores: ArrayLike<number>,
  isWanted: (row: number) => boolean,
): number {
  const wanted: number[] = [];
  for (let row = 0; row < scores.length; row++) if (isWanted(row)) wanted.push(scores[row]);
  wanted.sort((a, b) => a - b);
  let sum = 0;
  for (let row = 0; row < scores.length; row++) {
    if (isWanted(row)) continue;
    const score = scores[row];
    // Wanted scores above it, and half of those that are equal.
    const notAbove = countWhile(wanted, (value) => value <= score);
    const below = countWhile(wanted, (value) => value < score);
    sum += wanted.length - notAbove + (notAbove - below) / 2;
  }
  return sum / (wanted.length * (scores.length - wanted.length));
}

/** How many values at the head of a sorted list pass: bisection. */
function countWhile(sorted: readonly number[], passes: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
