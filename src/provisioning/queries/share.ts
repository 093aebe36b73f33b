/**
 * The share that one rate has of another of the same labels: 0, not nothing, where there is no part of a whole, and
 * nothing where there is no whole.
 *
 * @example share('sum(rate(bad[5m]))', 'sum(rate(all[5m]))')
 * // '(sum(rate(bad[5m])) or 0 * sum(rate(all[5m]))) / (sum(rate(all[5m])) > 0)'
 */
export function share(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/**
 * A quantity that is never under 0, without the answers that are no number: what no request was measured for shows
 * nothing instead of `NaN`.
 */
export function known(expr: string): string {
  return `(${expr}) >= 0`;
}
