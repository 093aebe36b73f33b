/**
 * A time span as programs in Go read it, in whole microseconds.
 *
 * @example goDuration(0.00025) // '250us'
 * @example goDuration(2.5) // '2500ms'
 */
export function goDuration(seconds: number): string {
  const micros = Math.round(seconds * 1e6);
  if (micros % 1000 !== 0) return `${micros}us`;
  return micros % 1_000_000 === 0 ? `${micros / 1_000_000}s` : `${micros / 1000}ms`;
}
