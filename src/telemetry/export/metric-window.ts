import { keyOf, type LabelValues, type Metric, type WindowedMetric, widthOf } from './snapshot.ts';
import { combineGauges } from './without-labels.ts';

/** What a gauge shows of a window: its value at the end, or all its values put together. */
export type Within = 'last' | 'avg' | 'min' | 'max';

/** The recent past of one metric. */
export interface MetricWindow {
  /** Takes the metric as it is now, and answers it with what happened since the window began. */
  slide(metric: Metric): WindowedMetric;
}

/**
 * Makes a window over the last `periods` collections, 1 or more. A series that was not there when the window began
 * counts from 0, and so does one whose numbers have fallen. O(numbers) a slide, for gauges times `periods`.
 */
export function createMetricWindow(periods: number, within: Within): MetricWindow {
  /** Oldest first. */
  const past: Finder[] = [];
  return {
    slide(metric) {
      const before = past.at(-1);
      const now = createFinder(metric);
      const gone = before?.metric.series.filter((values, s) => now.find(values, s) < 0) ?? [];
      const numbers =
        metric.type === 'gauge' && within !== 'last'
          ? gaugesOver([...past.slice(1 - periods || past.length), now], now, within)
          : metric.numbers;
      const increases = metric.type === 'gauge' ? numbers : increasesSince(past[0], metric);
      past.push(now);
      if (past.length > periods) past.shift();
      return { ...metric, numbers, increases, gone };
    },
  };
}

/** A metric in which series are found by their label values. */
interface Finder {
  readonly metric: Metric;
  /** Place of a series, -1 where it is not; `guess` is where it stood the time before. */
  find(values: LabelValues, guess: number): number;
}

function createFinder(metric: Metric): Finder {
  const { series } = metric;
  let places: Map<string, number> | undefined;
  return {
    metric,
    find(values, guess) {
      // Series come in the same order each time, save for those that come and go.
      if (guess < series.length && isSame(series[guess], values)) return guess;
      places ??= new Map(series.map((own, s) => [keyOf(own), s]));
      return places.get(keyOf(values)) ?? -1;
    },
  };
}

function isSame(a: LabelValues, b: LabelValues): boolean {
  return a === b || (a.length === b.length && a.every((value, l) => value === b[l]));
}

function increasesSince(start: Finder | undefined, metric: Metric): Float64Array {
  if (start === undefined) return metric.numbers;
  const width = widthOf(metric);
  const counts = metric.type === 'histogram' ? width - 1 : width;
  const increases = metric.numbers.slice();
  metric.series.forEach((values, s) => {
    const from = start.find(values, s) * width;
    if (from < 0) return;
    const at = s * width;
    const earlier = start.metric.numbers;
    for (let n = 0; n < counts; n++) if (increases[at + n] < earlier[from + n]) return;
    for (let n = 0; n < width; n++) increases[at + n] -= earlier[from + n];
  });
  return increases;
}

function gaugesOver(
  window: readonly Finder[],
  { metric }: Finder,
  within: Exclude<Within, 'last'>,
): Float64Array {
  return Float64Array.from(metric.series, (values, s) =>
    combineGauges[within](
      window.flatMap(({ metric: { numbers }, find }) => {
        const at = find(values, s);
        return at < 0 ? [] : [numbers[at]];
      }),
    ),
  );
}
