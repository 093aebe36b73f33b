import { SightlineError } from '../domain/errors.ts';
import { type FoldInWindow, isPicked, type Occurrences } from './fold-in-window.ts';

/** How frequent an item is as a negative. */
export interface ItemFrequency {
  /** The logarithm of its weight when negatives are drawn. */
  readonly bias: number;
  /** How many times it is drawn for each time that it is clicked, when one negative is drawn for each click. */
  readonly drawnPerClick: number;
}

/**
 * Makes what tells the frequency of an item with so many clicks in a window, among items of these biases. What an
 * item scores hangs on its share of all clicks, taken as (its clicks + 1) / (events of the window + known items); of a
 * new item, which could not be clicked before there was one, the events since its first click count. Sessions that were picked because they hold the items cannot tell it: then it is the share in training, and for a
 * new item that of the mean one. O(items + events).
 */
export function createFrequencies(
  bias: Float32Array,
  alpha: number,
  window: FoldInWindow,
): (code: number, found: Pick<Occurrences, 'clicks' | 'firstAtMs'>) => ItemFrequency {
  const { known, codes, atMs } = window;
  const counts = trainedCounts(bias, alpha);
  const weights = negativeWeightsOf(bias);
  const [allCounts, allWeights] = [counts, weights].map(sum);
  const picked = isPicked(window);
  const eventsSince = (ms: number) => atMs.reduce((count, at) => count + (at >= ms ? 1 : 0), 0);
  return (code, { clicks, firstAtMs }) => {
    const usual = code < known ? counts[code] / allCounts : 1 / known;
    const events = code < known ? codes.length : eventsSince(firstAtMs);
    const share = picked ? usual : (clicks + 1) / (events + known);
    if (code < known)
      return { bias: bias[code], drawnPerClick: weights[code] / allWeights / share };
    const weight = Math.max(1, share * allCounts) ** alpha;
    return { bias: Math.log(weight), drawnPerClick: weight / (allWeights + weight) / share };
  };
}

/**
 * How often each item was clicked in training, as its bias tells; all alike where alpha is 0 and it tells nothing.
 * Throws `SL_MODEL_CORRUPT`.
 */
export function trainedCounts(bias: Float32Array, alpha: number): Float64Array {
  return exponentials(bias, alpha === 0 ? 0 : 1 / alpha);
}

/** The weights that negatives are drawn with, as the bias of each item tells. Throws `SL_MODEL_CORRUPT`. */
export function negativeWeightsOf(bias: Float32Array): Float64Array {
  return exponentials(bias, 1);
}

function exponentials(bias: Float32Array, factor: number): Float64Array {
  const values = Float64Array.from(bias, (value) => Math.exp(factor * value));
  const total = sum(values);
  if (total > 0 && total < Number.POSITIVE_INFINITY) return values;
  const message = `model payload: bias gives counts of ${total} in all, expected a positive number`;
  throw new SightlineError('SL_MODEL_CORRUPT', message);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
