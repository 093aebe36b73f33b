/** How well predicted click probabilities agree with the clicks that came. */
export interface CalibrationError {
  /** Mean of -ln of the probability given to what happened, in nats. */
  readonly logLoss: number;
  /** Mean squared error, 0 to 1 (Brier 1950). */
  readonly brier: number;
  /** Expected calibration error over equal-mass bins, 0 to 1. */
  readonly ece: number;
  /** Clicks expected for each that came: Σ p / Σ y; undefined without clicks. */
  readonly ratio: number | undefined;
  readonly count: number;
  readonly clicks: number;
}

/** Log loss, Brier score and sums as they grow from the smallest prediction to the greatest. */
interface Sums {
  loss: number;
  squares: number;
  expected: number;
  gap: number;
}

/**
 * Compares predictions, 0 to 1, with outcomes, 0 or 1, the first `count` of both columns. For log loss predictions are
 * clipped to `epsilon` to 1 - `epsilon`. The expected calibration error (Naeini et al. 2015; bins of equal mass as in
 * Nguyen & O'Connor 2015) is Σ |Σ p - Σ y| / count over `bins` stretches of the sorted predictions whose sizes differ
 * by one at most. Equal predictions share their clicks evenly, also where a bin ends among them, so the order of the
 * columns changes nothing. Throws RangeError for no rows, a count beyond the columns, predictions and outcomes out of
 * range, and options out of range. O(count log count).
 *
 * @example calibrationError(Float64Array.of(0.2, 0.6), Uint8Array.of(0, 1), 2, { bins: 1 }).ece // 0.1
 */
export function calibrationError(
  p: Float32Array | Float64Array,
  clicked: Uint8Array,
  count: number,
  { bins = 20, epsilon = 1e-6 }: { readonly bins?: number; readonly epsilon?: number } = {},
): CalibrationError {
  check('count', count, Math.min(p.length, clicked.length));
  check('bins', bins, Number.MAX_SAFE_INTEGER);
  if (!(epsilon > 0 && epsilon < 0.5))
    throw new RangeError(`epsilon is ${epsilon}, expected more than 0 and less than 0.5`);
  const [missed, hit] = splitByOutcome(p, clicked, count);
  const sums = sumUp(missed, hit, { bins: Math.min(bins, count), epsilon });
  const clicks = hit.length - 1;
  return {
    logLoss: sums.loss / count,
    brier: sums.squares / count,
    ece: sums.gap / count,
    ratio: clicks > 0 ? sums.expected / clicks : undefined,
    count,
    clicks,
  };
}

/** Predictions without and with a click, each ascending and closed by Infinity. */
function splitByOutcome(
  p: Float32Array | Float64Array,
  clicked: Uint8Array,
  count: number,
): readonly [Float64Array, Float64Array] {
  let clicks = 0;
  for (let i = 0; i < count; i++) {
    if (!(p[i] >= 0 && p[i] <= 1))
      throw new RangeError(`prediction ${i} is ${p[i]}, expected 0 to 1`);
    if (clicked[i] > 1) throw new RangeError(`outcome ${i} is ${clicked[i]}, expected 0 or 1`);
    clicks += clicked[i];
  }
  const missed = new Float64Array(count - clicks + 1).fill(Number.POSITIVE_INFINITY);
  const hit = new Float64Array(clicks + 1).fill(Number.POSITIVE_INFINITY);
  let hits = 0;
  for (let i = 0; i < count; i++) {
    if (clicked[i] === 1) hit[hits++] = p[i];
    else missed[i - hits] = p[i];
  }
  return [missed.sort(), hit.sort()];
}

/** One walk over both lists, a group of equal predictions at a time. */
function sumUp(
  missed: Float64Array,
  hit: Float64Array,
  { bins, epsilon }: { readonly bins: number; readonly epsilon: number },
): Sums {
  const count = missed.length + hit.length - 2;
  const sums: Sums = { loss: 0, squares: 0, expected: 0, gap: 0 };
  let [m, h, position, bin, difference] = [0, 0, 0, 1, 0];
  while (position < count) {
    const value = Math.min(missed[m], hit[h]);
    const [firstMissed, firstHit] = [m, h];
    while (missed[m] === value) m += 1;
    while (hit[h] === value) h += 1;
    const [misses, hits] = [m - firstMissed, h - firstHit];
    const clipped = Math.min(1 - epsilon, Math.max(epsilon, value));
    sums.loss -= hits * Math.log(clipped) + misses * Math.log1p(-clipped);
    sums.squares += hits * (1 - value) ** 2 + misses * value ** 2;
    sums.expected += (hits + misses) * value;
    const over = value - hits / (hits + misses);
    while (position < m + h) {
      const end = Math.floor((bin * count) / bins);
      const stop = Math.min(end, m + h);
      difference += (stop - position) * over;
      position = stop;
      if (stop < end) continue;
      sums.gap += Math.abs(difference);
      difference = 0;
      bin += 1;
    }
  }
  return sums;
}

function check(name: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= most))
    throw new RangeError(`${name} is ${value}, expected an integer from 1 to ${most}`);
}
