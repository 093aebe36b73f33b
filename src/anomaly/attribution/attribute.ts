import { createAmountLikelihood } from './amount-likelihood.ts';
import { describeCauses } from './cause-report.ts';
import { checkMeasurement } from './check-measurement.ts';
import { createGatherLeaves } from './combination-leaves.ts';
import { createCountLikelihood } from './count-likelihood.ts';
import type { Attribution, LeafTable, Measurement } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';
import { pursueCauses } from './pursuit.ts';
import { createRatioLikelihood } from './ratio-likelihood.ts';

/** How to attribute. */
export interface AttributionOptions {
  /** Most causes to answer. */
  readonly maxCauses?: number;
  /** Whether all leaves together may be a cause. */
  readonly includeEverything?: boolean;
  /** Milliseconds after which the search ends with what it has; without limit where absent. */
  readonly timeLimitMs?: number;
  /** The clock of the limit, in milliseconds. */
  readonly monotonic?: () => number;
}

/**
 * Names the combinations of label values that explain a change: a likelihood pursuit over all cuboids, with the noise
 * model of the kind of measurement. Where nothing happened the answer is no cause, in all but about 1 % of cases. Of more
 * than 8 labels a search fixes up to 3 at a time. O(labels · combinations of all cuboids) per cause. Throws SL_DATA_INVALID as `checkMeasurement` does.
 *
 * @example attribute(table, { kind: 'amount', actual, expected }).causes[0]?.labels // { segment: 'poland' }
 */
export function attribute(
  table: LeafTable,
  measurement: Measurement,
  {
    maxCauses = 3,
    includeEverything = true,
    timeLimitMs = Number.POSITIVE_INFINITY,
    monotonic = () => 0,
  }: AttributionOptions = {},
): Attribution {
  checkMeasurement(table, measurement);
  const endMs = monotonic() + timeLimitMs;
  const isLate = () => monotonic() > endMs;
  const likelihood = createLikelihood(table, measurement);
  const gather = createGatherLeaves(table);
  const found = pursueCauses(table, { likelihood, gather, includeEverything, isLate });
  return describeCauses(table, { likelihood, gather, found, maxCauses });
}

function createLikelihood(table: LeafTable, measurement: Measurement): Likelihood {
  switch (measurement.kind) {
    case 'amount':
      return createAmountLikelihood(measurement);
    case 'count':
      return createCountLikelihood(measurement);
    case 'ratio':
      return createRatioLikelihood(measurement, table);
  }
}
