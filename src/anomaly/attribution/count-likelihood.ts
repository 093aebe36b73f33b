import { logRising } from '../../math/log-gamma.ts';
import type { CountFamily } from './count-family.ts';
import { createFamilyLikelihood } from './count-family-likelihood.ts';
import type { Measurement } from './leaf-table.ts';
import type { Likelihood } from './likelihood.ts';

/** What a leaf without history is worth: Jeffreys' prior of a Poisson mean. */
const priorEvents = 0.5;

/**
 * Numbers of events: Poisson with an uncertain mean, so negative binomial (Greenwood & Yule 1920). The mean of a leaf
 * is known as well as its `baseline` events tell; how much burstier than that the quiet leaves are is estimated. The
 * effect multiplies means. A leaf without baseline is in the table only because it had events now, so its probability
 * is that among one event or more. A leaf with neither says nothing. O(leaves) after O(leaves log leaves).
 */
export function createCountLikelihood(
  measurement: Extract<Measurement, { kind: 'count' }>,
): Likelihood {
  const { quiet = [] } = measurement;
  return createFamilyLikelihood(
    familyOf(measurement),
    quiet.map(({ actual }) => familyOf({ ...measurement, actual })),
  );
}

function familyOf({
  actual,
  expected,
  baseline,
}: Extract<Measurement, { kind: 'count' }>): CountFamily {
  const scale = sum(expected) / Math.max(sum(baseline), Number.MIN_VALUE);
  const means = expected.map((mean) => (mean > 0 ? mean : priorEvents * scale));
  const isNew = expected.map((mean) => (mean > 0 ? 0 : 1));
  return {
    actual,
    expected,
    says: (leaf) => isNew[leaf] === 0 || (actual[leaf] > 0 && scale > 0),
    uncertainty: baseline.map((events) => 1 / (events + priorEvents)),
    mean: (leaf, factor) => {
      const mean = means[leaf] * factor;
      return isNew[leaf] === 0 ? mean : mean / -Math.expm1(-mean);
    },
    slope: (leaf, factor) => {
      const mean = means[leaf] * factor;
      return isNew[leaf] === 0 ? 1 : 1 - mean / Math.expm1(mean);
    },
    logDensity: (leaf, factor, uncertainty) => {
      const count = actual[leaf];
      const mean = means[leaf] * factor;
      const shape = 1 / uncertainty;
      const none = -shape * Math.log1p(mean * uncertainty);
      const density =
        none + logRising(shape, count) - (count === 0 ? 0 : count * Math.log1p(shape / mean));
      return isNew[leaf] === 0 ? density : density - Math.log(-Math.expm1(none));
    },
  };
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, number) => total + number, 0);
}
