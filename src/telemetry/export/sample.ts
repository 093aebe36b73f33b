import { isNamed } from './aggregate.ts';
import {
  type Aggregated,
  type Sampled,
  type Stage,
  sampleCount,
  type WindowedMetric,
  widthOf,
} from './snapshot.ts';

/** Which of the metrics that it names a rule keeps: each n-th time, or the series beyond a bound. */
export type SampleRule = {
  /** Names as a scraper sees them; undefined names all. */
  readonly metrics?: readonly string[] | undefined;
} & ({ readonly oneIn: number } | { readonly over: number; readonly quantile: number });

/**
 * Makes the third stage: of each metric what the first rule keeps that names it; without a rule, everything.
 *
 * `oneIn` keeps a metric each n-th time, and spreads those it names over the times. `over` keeps the series that were
 * beyond a bound in their window: a counter by what it gained, a gauge by its value, a histogram by a quantile. What
 * stays behind is counted; as counters and histograms count from the start, it comes with the next time.
 */
export function createSampler(rules: readonly SampleRule[]): Stage<Aggregated, Sampled> {
  const turns = rules.map((rule) => ('oneIn' in rule ? createTurns(rule.oneIn) : undefined));
  let time = -1;
  return ({ atMs, startMs, metrics }) => {
    time += 1;
    const kept = metrics.map((metric) => {
      const r = rules.findIndex((one) => isNamed(one, metric.name));
      if (r < 0) return metric;
      const rule = rules[r];
      if ('over' in rule) return keepSeries(metric, (s) => isOver(metric, s, rule));
      return turns[r]?.(metric.name, time) ? metric : keepSeries(metric, () => false);
    });
    const leftOut = sampleCount(metrics) - sampleCount(kept);
    return { stage: 'sampled', atMs, startMs, metrics: kept, leftOut };
  };
}

/** Tells whether it is a metric's time: metrics have their turns in the order in which they came. */
function createTurns(oneIn: number): (name: string, time: number) => boolean {
  const turns = new Map<string, number>();
  return (name, time) => {
    const turn = turns.get(name) ?? turns.size % oneIn;
    turns.set(name, turn);
    return time % oneIn === turn;
  };
}

function isOver(
  { type, bounds, increases }: WindowedMetric,
  s: number,
  { over, quantile }: { readonly over: number; readonly quantile: number },
): boolean {
  if (type !== 'histogram') return increases[s] > over;
  const width = bounds.length + 2;
  const counts = increases.subarray(s * width, (s + 1) * width - 1);
  return shareOver(over, { bounds, counts }) > 1 - quantile;
}

/**
 * The share of values beyond a bound, of which only the bucket is known: those of a bucket are spread evenly over it,
 * and those of the last one, which has no end, are all beyond. 0 without values. It is above 1 − q just where the
 * q-quantile is above the bound. `counts` is one longer than `bounds`.
 *
 * @example shareOver(1.5, { bounds: [1, 2], counts: [2, 2, 0] }) // 0.25
 */
export function shareOver(
  bound: number,
  { bounds, counts }: { bounds: ArrayLike<number>; counts: ArrayLike<number> },
): number {
  let total = 0;
  let over = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const end = bucket < bounds.length ? bounds[bucket] : Number.POSITIVE_INFINITY;
    const start = bucket > 0 ? bounds[bucket - 1] : Math.min(0, end);
    total += counts[bucket];
    if (bound >= end) continue;
    const isWhole = bound <= start || end === Number.POSITIVE_INFINITY;
    over += isWhole ? counts[bucket] : (counts[bucket] * (end - bound)) / (end - start);
  }
  return total > 0 ? over / total : 0;
}

function keepSeries(metric: WindowedMetric, isKept: (s: number) => boolean): WindowedMetric {
  const places = [...metric.series.keys()].filter(isKept);
  if (places.length === metric.series.length) return metric;
  const width = widthOf(metric);
  const pick = (numbers: Float64Array) => {
    const picked = new Float64Array(places.length * width);
    places.forEach((s, p) => {
      picked.set(numbers.subarray(s * width, (s + 1) * width), p * width);
    });
    return picked;
  };
  return {
    ...metric,
    series: places.map((s) => metric.series[s]),
    numbers: pick(metric.numbers),
    increases: pick(metric.increases),
  };
}
