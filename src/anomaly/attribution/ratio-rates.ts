import { logRising } from '../../math/log-gamma.ts';
import { largestLeaves } from './count-sample.ts';
import type { LeafTable, Measurement } from './leaf-table.ts';

/** How many trials the rate expected from the labels may be worth. */
const strengths = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096];
/** Nats by which a greater strength may be less likely than the best. */
const indifference = 1;
/** Rounds of fitting; more change nothing that matters. */
const rounds = 4;
/** Hits that a label value needs to be half trusted. */
const trust = 2;

/** The rate that each leaf should have, and how many trials that knowledge is worth. */
export interface LeafRates {
  /** Within 0 to 1, both excluded. */
  readonly rate: Float64Array;
  readonly strength: Float64Array;
}

/**
 * Shrinks the rate that each leaf had to what its label values suggest, so that many small leaves of one value together
 * have the rate of that value: the overall odds times a factor for each value, fitted to the margins in turn as in
 * iterative proportional fitting (Deming & Stephan 1940). It shrinks as much as leaves are alike, which is the most
 * likely one of several strengths (empirical Bayes, beta-binomial). O(leaves · labels) after O(leaves log leaves).
 */
export function leafRates(
  { pastHits, pastTrials }: Extract<Measurement, { kind: 'ratio' }>,
  { codes, values }: Pick<LeafTable, 'codes' | 'values'>,
): LeafRates {
  const suggested = suggestedRates(pastHits, pastTrials, { codes, values });
  const sample = largestLeaves(pastTrials);
  const likelihoods = strengths.map((strength) =>
    sample.reduce((sum, leaf) => {
      const hits = pastHits[leaf];
      const misses = pastTrials[leaf] - hits;
      const prior = suggested[leaf] * strength;
      return (
        sum +
        logRising(prior, hits) +
        logRising(strength - prior, misses) -
        logRising(strength, hits + misses)
      );
    }, 0),
  );
  // Few hits cannot tell how alike leaves are; then they are taken as alike.
  const enough = Math.max(...likelihoods) - indifference;
  const prior = strengths[likelihoods.findLastIndex((likelihood) => likelihood >= enough)];
  return {
    rate: suggested.map(
      (rate, leaf) => (prior * rate + pastHits[leaf]) / (prior + pastTrials[leaf]),
    ),
    strength: pastTrials.map((trials) => prior + trials),
  };
}

function suggestedRates(
  pastHits: Float64Array,
  pastTrials: Float64Array,
  { codes, values }: Pick<LeafTable, 'codes' | 'values'>,
): Float64Array {
  let [hits, trials] = [0.5, 1];
  for (let leaf = 0; leaf < pastHits.length; leaf++) {
    hits += pastHits[leaf];
    trials += pastTrials[leaf];
  }
  const rates = new Float64Array(pastHits.length).fill(hits / trials);
  for (let round = 0; round < rounds; round++)
    for (const [label, column] of codes.entries()) {
      const seen = new Float64Array(values[label].length).fill(trust);
      const foreseen = new Float64Array(values[label].length).fill(trust);
      for (let leaf = 0; leaf < rates.length; leaf++) {
        seen[column[leaf]] += pastHits[leaf];
        foreseen[column[leaf]] += rates[leaf] * pastTrials[leaf];
      }
      const factors = seen.map((hits, value) => hits / foreseen[value]);
      for (let leaf = 0; leaf < rates.length; leaf++) {
        const odds = factors[column[leaf]] * rates[leaf];
        rates[leaf] = Math.max(1e-9, Math.min(1 - 1e-9, odds / (1 - rates[leaf] + odds)));
      }
    }
  return rates;
}
