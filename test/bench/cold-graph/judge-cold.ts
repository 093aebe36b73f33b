import { listQuality } from '../../../src/math/ranking.ts';
import { createRng } from '../../../src/math/rng.ts';
import { topRows } from '../../../src/math/top-rows.ts';
import type { ScoreCold } from './attribute-baselines.ts';
import type { ColdTask } from './withhold.ts';

/** Recall@20 of each case over all withheld items. */
export function judgeCold({ cold, cases }: ColdTask, score: ScoreCold): Float64Array {
  const placeOf = new Map(cold.map((id, i) => [id, i]));
  const rows = new Int32Array(20);
  return Float64Array.from(cases, ({ had, wanted }) => {
    const count = topRows(score(had), cold.length, rows.length, rows);
    const wants = new Set(wanted.map((id) => placeOf.get(id)));
    const isWanted = (place: number) => place < count && wants.has(rows[place]);
    return listQuality(isWanted, wanted.length, 20).recall;
  });
}

/** The middle 95 % of the mean difference over `draws` resamples of the cases: a paired bootstrap. */
export function differenceInterval(
  a: Float64Array,
  b: Float64Array,
  { draws = 1000, seed = 7 } = {},
): readonly [low: number, high: number] {
  const rng = createRng(seed);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) {
      const drawn = rng.below(a.length);
      sum += a[drawn] - b[drawn];
    }
    return sum / a.length;
  }).sort();
  return [means[Math.floor(0.025 * draws)], means[Math.ceil(0.975 * draws) - 1]];
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
