import type { Unit } from '../../src/provisioning/dashboards/dashboard.ts';

/** How exactly a number is written: digits after the point, else by the distance of its neighbours, else three in all. */
export interface Precision {
  readonly decimals?: number | undefined;
  /** Distance to the next tick of an axis. */
  readonly step?: number | undefined;
}

type Step = readonly [size: number, suffix: string];

const thousands: readonly Step[] = [
  [1e9, ' Bil'],
  [1e6, ' Mil'],
  [1e3, ' K'],
  [1, ''],
];
const times: readonly Step[] = [
  [86_400, ' days'],
  [3600, ' hours'],
  [60, ' mins'],
  [1, ' s'],
  [1e-3, ' ms'],
  [1e-6, ' µs'],
];
const binary = (suffix: string): readonly Step[] => [
  [2 ** 30, ` Gi${suffix}`],
  [2 ** 20, ` Mi${suffix}`],
  [2 ** 10, ` Ki${suffix}`],
  [1, ` ${suffix}`],
];
const rates = (suffix: string): readonly Step[] =>
  thousands.map(([size, thousand]) => [size, `${thousand} ${suffix}`]);

const steps: Readonly<Record<Exclude<Unit, 'dateTimeFromNow'>, readonly Step[]>> = {
  short: thousands,
  none: [[1, '']],
  s: times,
  bytes: binary('B'),
  bits: binary('b'),
  percentunit: [[0.01, '%']],
  reqps: rates('req/s'),
  ops: rates('ops/s'),
  eps: rates('evt/s'),
};

/**
 * A number in a unit, as Grafana writes it. Moments count from `nowSeconds`.
 *
 * @example formatValue(0.0123, 's') // '12.3 ms'
 */
export function formatValue(
  value: number,
  unit: Unit,
  { nowSeconds = 0, ...precision }: Precision & { readonly nowSeconds?: number } = {},
): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  if (unit === 'dateTimeFromNow') return ago(nowSeconds - value / 1000);
  const [size, suffix] = stepOf(value, unit);
  return `${digits(value / size, size, precision)}${suffix}`;
}

/** The size of the unit that a value is written in: 0.001 for a value in milliseconds. */
export const unitSize = (value: number, unit: Unit): number =>
  unit === 'dateTimeFromNow' ? 1 : stepOf(value, unit)[0];

function stepOf(value: number, unit: Exclude<Unit, 'dateTimeFromNow'>): Step {
  const known = steps[unit];
  const fitting = known.find(([size]) => Math.abs(value) >= size * 0.9995);
  const one = known.find(([size]) => size === 1) ?? known[0];
  return value === 0 ? one : (fitting ?? known.at(-1)!);
}

function digits(scaled: number, size: number, { decimals, step }: Precision): string {
  if (decimals !== undefined) return scaled.toFixed(decimals);
  if (step !== undefined && scaled !== 0) return scaled.toFixed(decimalsOf(step / size));
  return String(Number(scaled.toPrecision(3)));
}

/** Digits after the point that a step of an axis has, six at most. */
function decimalsOf(step: number): number {
  const [, fraction = ''] = String(Number(step.toPrecision(3))).split('.');
  return step < 1e-6 ? 6 : Math.min(6, fraction.length);
}

function ago(seconds: number): string {
  if (seconds < 45) return 'a few seconds ago';
  if (seconds < 90) return 'a minute ago';
  if (seconds < 2700) return `${Math.round(seconds / 60)} minutes ago`;
  return seconds < 79_200
    ? `${Math.round(seconds / 3600)} hours ago`
    : `${Math.round(seconds / 86_400)} days ago`;
}
