/**
 * An alias table for drawing i with probability weights[i] / sum in O(1): a pair (threshold, alias) per item;
 * draw an item and 32 random bits, and take the alias unless the bits are below the threshold.
 * A. J. Walker 1977, built in O(n) after M. D. Vose 1991. Throws RangeError unless the weights are finite,
 * at least 0 and not all 0.
 *
 * @example createAliasTable([1, 3]) // Uint32Array [2147483648, 1, 4294967295, 1]
 */
export function createAliasTable(weights: ArrayLike<number>): Uint32Array {
  const count = weights.length;
  const table = new Uint32Array(count * 2);
  const sum = sumOf(weights);
  const scaled = Float64Array.from(weights, (weight) => (weight / sum) * count);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) (scaled[i] < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const low = small.pop()!;
    const high = large[large.length - 1];
    table[2 * low] = Math.min(0xffffffff, Math.round(scaled[low] * 2 ** 32));
    table[2 * low + 1] = high;
    scaled[high] -= 1 - scaled[low];
    if (scaled[high] < 1) small.push(large.pop()!);
  }
  // What is left has probability 1 but for rounding.
  for (const i of [...small, ...large]) table.set([0xffffffff, i], 2 * i);
  return table;
}

function sumOf(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    if (!(weights[i] >= 0))
      throw new RangeError(`weight ${i} is ${weights[i]}, expected 0 or more`);
    sum += weights[i];
  }
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw new RangeError(`sum of weights is ${sum}, expected a positive number`);
  return sum;
}
