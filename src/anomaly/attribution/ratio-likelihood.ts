import { logRising } from '../../math/log-gamma.ts';
import type { CountFamily } from './count-family.ts';
import { createFamilyLikelihood } from './count-family-likelihood.ts';
import type { LeafTable, Measurement } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';
import { type LeafRates, leafRates } from './ratio-rates.ts';

/**
 * Variance of the log odds of a leaf at most. Where nothing was hit before it would have no bound, and then any leaf
 * could have any rate.
 */
const mostUncertainty = 1;

/**
 * Hits among trials: binomial with an uncertain rate, so beta-binomial (Skellam 1948). The rate of a leaf is that of its
 * past, shrunk to what its label values suggest; without a `table`, to that of all. The effect multiplies the odds,
 * which keeps rates below 1 and is a factor of the rate where hits are rare. A leaf without trials says nothing.
 * O(leaves · labels) after O(leaves log leaves).
 */
export function createRatioLikelihood(
  measurement: Extract<Measurement, { kind: 'ratio' }>,
  table: Pick<LeafTable, 'codes' | 'values'> = { codes: [], values: [] },
): Likelihood {
  const { quiet = [] } = measurement;
  const rates = leafRates(measurement, table);
  return createFamilyLikelihood(
    familyOf(measurement, rates),
    quiet.map((stretch) => familyOf(stretch, rates)),
  );
}

function familyOf(
  { hits, trials }: { readonly hits: Float64Array; readonly trials: Float64Array },
  { rate, strength }: LeafRates,
): CountFamily {
  const rateUnder = (leaf: number, factor: number): number => {
    const odds = factor * rate[leaf];
    return odds / (1 - rate[leaf] + odds);
  };
  return {
    actual: hits,
    expected: rate.map((value, leaf) => value * trials[leaf]),
    says: (leaf) => trials[leaf] > 0,
    uncertainty: rate.map((value, leaf) =>
      Math.min(mostUncertainty, 1 / (strength[leaf] * value * (1 - value))),
    ),
    mean: (leaf, factor) => trials[leaf] * rateUnder(leaf, factor),
    slope: (leaf, factor) => 1 - rateUnder(leaf, factor),
    logDensity: (leaf, factor, uncertainty) => {
      const value = rateUnder(leaf, factor);
      // The beta distribution whose log odds have about this variance.
      const a = 1 / (uncertainty * (1 - value));
      const b = 1 / (uncertainty * value);
      return (
        logRising(a, hits[leaf]) +
        logRising(b, trials[leaf] - hits[leaf]) -
        logRising(a + b, trials[leaf])
      );
    },
  };
}
