import type { Panel } from '../dashboards/dashboard.ts';

type Coloured = Pick<Panel, 'thresholds'>;

/** Green under the lowest of these bounds and red from it on; nothing without a bound. */
export function staysUnder(...bounds: readonly (number | undefined)[]): Coloured {
  const known = bounds.filter((bound) => bound !== undefined);
  if (known.length === 0) return {};
  return { thresholds: [{ colour: 'green' }, { from: Math.min(...known), colour: 'red' }] };
}

/** Green from the highest of these bounds on and red under it; nothing without a bound. */
export function staysOver(...bounds: readonly (number | undefined)[]): Coloured {
  const known = bounds.filter((bound) => bound !== undefined);
  if (known.length === 0) return {};
  return { thresholds: [{ colour: 'red' }, { from: Math.max(...known), colour: 'green' }] };
}

/** Green from `low` on, red under it and from `high` on. */
export function staysWithin(low: number, high: number): Coloured {
  return {
    thresholds: [{ colour: 'red' }, { from: low, colour: 'green' }, { from: high, colour: 'red' }],
  };
}
