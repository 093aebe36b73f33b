import { weightSum } from './entropy.ts';

/**
 * Gini coefficient (Gini 1912) of how often items were shown: 0 where all are shown equally often, (n - 1) / n where
 * one takes all. Items of the catalogue beyond the list count as never shown, so n is `totalItems`. With counts in
 * ascending order it is Σ (2i - n - 1) · c / (n · Σ c), i from 1 (Dixon et al. 1987). Throws RangeError for fewer
 * `totalItems` than counts and as `weightSum` does. O(m log m) for m counts, whatever n is.
 *
 * @example gini([3, 1], 4) // 0.625
 */
export function gini(counts: ArrayLike<number>, totalItems = counts.length): number {
  if (!(Number.isSafeInteger(totalItems) && totalItems >= counts.length))
    throw new RangeError(
      `total items is ${totalItems}, expected an integer of at least ${counts.length}`,
    );
  const sum = weightSum(counts);
  const ascending = Float64Array.from(counts).sort();
  const unseen = totalItems - ascending.length;
  let excess = 0;
  for (let i = 0; i < ascending.length; i++)
    excess += (2 * (unseen + i + 1) - totalItems - 1) * (ascending[i] / sum);
  return Math.max(0, excess / totalItems);
}
