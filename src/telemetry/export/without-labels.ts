import { keyOf, type Metric, widthOf } from './snapshot.ts';

/** How the gauges of several series become one. */
export type Across = 'sum' | 'avg' | 'min' | 'max';

/**
 * The metric without some of its labels: series that differ in nothing else become one. Counters and histograms are
 * added, gauges put together as `across` says; a gauge that is not a number is left out. Labels that the metric does not
 * have change nothing. O(numbers).
 *
 * @example withoutLabels(fallbacks, ['reason'], 'sum').labels // ['work', 'stage']
 */
export function withoutLabels(metric: Metric, without: readonly string[], across: Across): Metric {
  const kept = metric.labels.flatMap((label, l) => (without.includes(label) ? [] : [l]));
  if (kept.length === metric.labels.length) return metric;
  const groups = Map.groupBy(metric.series.keys(), (s) =>
    keyOf(kept.map((l) => metric.series[s][l])),
  );
  const width = widthOf(metric);
  const numbers = new Float64Array(groups.size * width);
  const combine = metric.type === 'gauge' ? combineGauges[across] : add;
  [...groups.values()].forEach((members, g) => {
    for (let n = 0; n < width; n++) {
      numbers[g * width + n] = combine(members.map((s) => metric.numbers[s * width + n]));
    }
  });
  return {
    ...metric,
    labels: kept.map((l) => metric.labels[l]),
    series: Array.from(groups.values(), ([first]) => kept.map((l) => metric.series[first][l])),
    numbers,
  };
}

const add = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Ways to make one gauge of several; NaN where none of them is a number. */
export const combineGauges: Readonly<Record<Across, (values: readonly number[]) => number>> = {
  sum: (values) => of(values, add),
  avg: (values) => of(values, (numbers) => add(numbers) / numbers.length),
  min: (values) => of(values, (numbers) => Math.min(...numbers)),
  max: (values) => of(values, (numbers) => Math.max(...numbers)),
};

function of(values: readonly number[], combine: (numbers: readonly number[]) => number): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? Number.NaN : combine(numbers);
}
