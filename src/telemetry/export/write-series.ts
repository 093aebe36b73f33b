import { canonicalNumber } from '../series/sample-text.ts';
import { keyOf, type LabelValues, type Metric, type Sampled, widthOf } from './snapshot.ts';

/** Labels of one series of a receiver, its name among them, sorted by name as the protocol wants it. */
export type WriteLabels = Readonly<Record<string, string>> & { readonly __name__: string };

/** One series of a receiver with its sample. */
export interface WriteSeries {
  labels: WriteLabels;
  samples: { value: number; timestamp: number }[];
}

/** Turns snapshots into what remote write takes. */
export interface SeriesWriter {
  /** The samples of a snapshot, and an end for each series that is gone. */
  write(snapshot: Sampled): WriteSeries[];
  /** An end for every series that was written and has none. */
  end(): WriteSeries[];
}

/** The one NaN that says that a series has ended (prometheus/model/value). */
const [ended] = new Float64Array(new BigUint64Array([0x7ff0000000000002n]).buffer);

/**
 * Makes a writer whose series all carry `identity`: `job`, `instance` and the like; a label of a metric goes before one
 * of the identity. Times always rise, also where the clock goes back.
 */
export function createSeriesWriter(identity: Readonly<Record<string, string>>): SeriesWriter {
  /** By metric and label values, what the samples of a series are called. */
  const known = new Map<string, Map<string, readonly WriteLabels[]>>();
  let timestamp = 0;

  function labelsOf(metric: Metric, values: LabelValues): readonly WriteLabels[] {
    const own = known.get(metric.name) ?? new Map<string, readonly WriteLabels[]>();
    known.set(metric.name, own);
    const key = keyOf(values);
    const labels = own.get(key) ?? writeLabels(metric, values, identity);
    own.set(key, labels);
    return labels;
  }
  const ends = (all: readonly (readonly WriteLabels[])[]) =>
    all.flatMap((labels) => labels.map((one) => at(one, ended)));
  const at = (labels: WriteLabels, value: number): WriteSeries => ({
    labels,
    samples: [{ value, timestamp }],
  });

  return {
    write({ atMs, metrics }) {
      timestamp = Math.max(Math.floor(atMs), timestamp + 1);
      return metrics.flatMap((metric) => {
        const written = metric.series.flatMap((values, s) => {
          const labels = labelsOf(metric, values);
          return sampleValues(metric, s).map((value, n) => at(labels[n], value));
        });
        const own = known.get(metric.name);
        const gone = metric.gone.map(keyOf).flatMap((key) => {
          const labels = own?.get(key);
          own?.delete(key);
          return labels === undefined ? [] : [labels];
        });
        return [...written, ...ends(gone)];
      });
    },
    end() {
      timestamp += 1;
      const all = [...known.values()].flatMap((own) => [...own.values()]);
      known.clear();
      return ends(all);
    },
  };
}

/** The values of a series in the order of the exposition: buckets counted up to their bound, sum, count. */
function sampleValues(metric: Metric, s: number): number[] {
  const width = widthOf(metric);
  const numbers = metric.numbers.subarray(s * width, (s + 1) * width);
  if (metric.type !== 'histogram') return [numbers[0]];
  let count = 0;
  const buckets = Array.from(numbers.subarray(0, -1), (inside) => (count += inside));
  return [...buckets, numbers[width - 1], count];
}

/** What the samples of a series are called, in the order of `sampleValues`. */
function writeLabels(
  metric: Metric,
  values: LabelValues,
  identity: Readonly<Record<string, string>>,
): WriteLabels[] {
  const own = Object.fromEntries(metric.labels.map((label, l) => [label, values[l]]));
  const { name, bounds } = metric;
  const named = (suffix: string, le: Record<string, string> = {}) =>
    sorted({ ...identity, ...own, ...le, __name__: name + suffix });
  if (metric.type !== 'histogram') return [named('')];
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound) =>
    named('_bucket', { le: canonicalNumber(bound) }),
  );
  return [...buckets, named('_sum'), named('_count')];
}

/** An empty label is no label. */
function sorted(labels: WriteLabels): WriteLabels {
  const entries = Object.entries(labels).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) as WriteLabels;
}
