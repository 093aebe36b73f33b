import type { Definition } from '../source/definition.ts';

type Bounds = readonly (number | undefined)[];

/** What the works promise about the 95th percentile of their latency, in seconds. */
export function latencyBounds({ works }: Definition): Bounds {
  return works.map(({ slo: { latencyP95Ms } }) =>
    latencyP95Ms === undefined ? undefined : latencyP95Ms / 1000,
  );
}

/** Shares of requests that may fail by what the works promise. */
export function failureBounds({ works }: Definition): Bounds {
  return works.map(({ slo }) => budgetOf(slo.availability));
}

/** Shares of answers that may be empty by what the works promise. */
export function emptyBounds({ works }: Definition): Bounds {
  return works.map(({ slo }) => budgetOf(slo.nonEmpty));
}

/** Share of answers that were not what was asked for, from which on somebody should look. */
export const tolerableDegradation = 0.05;

/**
 * What an objective leaves room for, without the digits that the subtraction leaves behind.
 *
 * @example budgetOf(0.999) // 0.001
 */
export function budgetOf(objective: number | undefined): number | undefined {
  return objective === undefined ? undefined : Number((1 - objective).toPrecision(12));
}
