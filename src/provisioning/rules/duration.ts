const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/**
 * Seconds as Prometheus and Grafana write them, in the greatest unit that fits.
 *
 * @example durationText(300) // '5m'
 * @example durationText(90) // '90s'
 */
export function durationText(seconds: number): string {
  const unit = units.find(([, size]) => seconds >= size && seconds % size === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
}
