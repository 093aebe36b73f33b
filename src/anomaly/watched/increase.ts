/**
 * What a running total grew by, NaN where nothing is known of it: at its first reading (`last` is NaN), where it began
 * anew (it fell, as Prometheus understands resets: what it shows may be less than what happened), and where either
 * number is not finite. O(1).
 *
 * @example increase(7, 5) // 2
 * @example increase(3, 5) // NaN
 */
export function increase(now: number, last: number): number {
  const by = now - last;
  return by >= 0 && by <= Number.MAX_VALUE ? by : Number.NaN;
}

/** How many times longer or shorter than usual a tick may be and still be compared with others. */
const mostUneven = 3;

/**
 * The factor that turns what was counted in a tick of `seconds` into a count for one of `tickSeconds`; NaN where the
 * tick is more than three times longer or shorter, as it is then no evidence of anything. O(1).
 *
 * @example tickScale(60, 30) // 0.5
 * @example tickScale(3600, 30) // NaN
 */
export function tickScale(seconds: number, tickSeconds: number): number {
  const scale = tickSeconds / seconds;
  return scale >= 1 / mostUneven && scale <= mostUneven ? scale : Number.NaN;
}
