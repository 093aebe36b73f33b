import type { DriftFit } from './drift-fit.ts';
import type { DriftSettings } from './drift-options.ts';
import { judgedPairs } from './null-scales.ts';
import type { DistanceName } from './window-distance.ts';

/** What was found for a pair; of the distances and window sizes, the one nearest to its scale. */
export interface PairDrift {
  readonly source: string;
  readonly target: string;
  /** min(1, distance / scale). */
  readonly coefficient: number;
  readonly distance: number;
  /** The distance at which the coefficient is 1. */
  readonly scale: number;
  /** Which distance it is. */
  readonly measure: DistanceName;
  /** Clicks in the window. */
  readonly clicks: number;
  /** Place of the pair in the plan. */
  readonly pair: number;
}

/** Compares the last clicks of a domain with the references of all its sources; pairs without any scale yet are left out. */
export function judgeDomain(
  { plan, distances, scales, recent }: DriftFit,
  target: number,
  { windowSizes, fixedScale }: Pick<DriftSettings, 'windowSizes' | 'fixedScale'>,
): PairDrift[] {
  const found = new Map<number, PairDrift>();
  const window = new Int32Array(Math.max(...windowSizes));
  for (const [k, distance] of distances.entries()) {
    const judged = judgedPairs(distance, plan.pairs, target);
    const sources = judged.map((p) => plan.pairs[p].source);
    const measured = new Float64Array(sources.length);
    for (const [z, clicks] of windowSizes.entries()) {
      const scaleOf = (pair: number) => fixedScale ?? scales.get(k, pair, z);
      if (clicks > recent[target].count || judged.every((p) => Number.isNaN(scaleOf(p)))) continue;
      distance.measure(recent[target].last(clicks, window), sources, measured);
      for (const [j, pair] of judged.entries()) {
        const scale = scaleOf(pair);
        const ratio = measured[j] / scale;
        const best = found.get(pair);
        if (Number.isNaN(ratio) || (best && ratio <= best.distance / best.scale)) continue;
        found.set(pair, {
          source: plan.domains[sources[j]].name,
          target: plan.domains[target].name,
          coefficient: Math.min(1, ratio),
          distance: measured[j],
          scale,
          measure: distance.name,
          clicks,
          pair,
        });
      }
    }
  }
  return [...found.values()];
}
