import type { BlendJudge } from './blend-judge.ts';
import { proposeTrial } from './tpe.ts';

/** Weights of a blend, one a model, and the NDCG that they have. */
export interface BlendWeights {
  readonly weights: readonly number[];
  readonly ndcg: number;
}

/** How weights are searched. */
export interface WeightSearchOptions {
  readonly trials?: number;
  readonly seed?: number;
  /** A model leaves the blend where that costs no more of the NDCG than this. */
  readonly worthNdcg?: number;
  /** Told after each trial. */
  readonly onTrial?: (best: BlendWeights, trial: number) => void;
}

/** The least weight that is tried beside the greatest, which is 1. */
const leastWeight = 0.005;

/**
 * Searches the weights of a blend with the greatest NDCG, beginning with those in use: only their proportions matter, so
 * the greatest is 1. First a tree-structured Parzen estimator looks everywhere, then each weight alone is changed as
 * long as that helps, and in the end models leave that are worth next to nothing. O(trials · cost of the judge).
 *
 * @example searchWeights(judge, [1, 1]).weights // [1, 0.04]
 */
export function searchWeights(
  judge: BlendJudge,
  inUse: readonly number[],
  { trials = 200, seed = 1, worthNdcg = 1e-4, onTrial = () => {} }: WeightSearchOptions = {},
): BlendWeights {
  const space = Object.fromEntries(
    inUse.map((_, m) => [m, { scale: 'log' as const, min: leastWeight, max: 1 }]),
  );
  const rate = (weights: readonly number[]): BlendWeights => {
    const inProportion = scaled(weights);
    return { weights: inProportion, ndcg: judge(inProportion).ndcg };
  };
  let best = rate(inUse);
  const observations: { values: Record<string, number>; score: number }[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const values = proposeTrial(space, observations, { seed }) as Record<string, number>;
    if (values === undefined) break;
    const found = rate(inUse.map((_, m) => values[m]));
    observations.push({ values, score: found.ndcg });
    if (found.ndcg > best.ndcg) best = found;
    onTrial(best, trial + 1);
  }
  return withoutIdle(refine(best, rate), rate, worthNdcg);
}

type Rate = (weights: readonly number[]) => BlendWeights;

/** Changes one weight after the other by ever smaller factors, as long as that helps. */
function refine(start: BlendWeights, rate: Rate): BlendWeights {
  let best = start;
  for (const factor of [2, 1.4, 1.2, 1.1]) {
    let before: BlendWeights;
    do {
      before = best;
      for (const m of best.weights.keys())
        for (const change of [factor, 1 / factor]) {
          const found = rate(best.weights.map((weight, i) => (i === m ? weight * change : weight)));
          if (found.ndcg > best.ndcg) best = found;
        }
    } while (best !== before);
  }
  return best;
}

/** Lets models leave, the one that is missed least first. */
function withoutIdle(start: BlendWeights, rate: Rate, worth: number): BlendWeights {
  let best = start;
  for (;;) {
    const left = best.weights.filter((weight) => weight > 0).length;
    if (left < 2) return best;
    const tries = best.weights.flatMap((weight, m) =>
      weight > 0 ? [rate(best.weights.map((other, i) => (i === m ? 0 : other)))] : [],
    );
    const found = tries.reduce((a, b) => (b.ndcg > a.ndcg ? b : a));
    if (found.ndcg < best.ndcg - worth) return best;
    best = found;
  }
}

/** In three digits, the greatest 1; all alike where none is above 0. */
function scaled(weights: readonly number[]): readonly number[] {
  const greatest = Math.max(...weights);
  if (!(greatest > 0)) return weights.map(() => 1);
  return weights.map((weight) => Number((weight / greatest).toPrecision(3)));
}
