import { degradationReasons, stageNames } from '../../domain/degradation.ts';
import type { WatchedSeries } from '../watched-series.ts';
import { hitLabelName } from './hit-label-name.ts';
import { bucketCount, latencyQuantile } from './latency.ts';
import { type MarkMeaning, markCount, meaningOf } from './marks.ts';
import { isMeasure, type MeasureName, measures } from './measures.ts';

/** One number that is read off the counts of a slice. */
export interface Statistic {
  readonly name: string;
  readonly measure: MeasureName;
  readonly kind: WatchedSeries['kind'];
  readonly direction: WatchedSeries['direction'];
  /** Labels of its hits. */
  readonly labels: Readonly<Record<string, string>>;
  readonly hits: Uint16Array;
  readonly trials: Uint16Array;
  /** The share of a quantile. */
  readonly quantile: number | undefined;
  /** Whether it is watched from the first hit on, and not from the first trial. */
  readonly needsHit: boolean;
}

/** Requests from which a quantile is told. */
const fewestForQuantile = 20;

const marksWhere = (is: (meaning: MarkMeaning) => boolean) =>
  Uint16Array.from({ length: markCount }, (_, mark) => mark).filter((mark) => is(meaningOf(mark)));

/** The shares and numbers that are read off every slice. A share of slow requests needs a bound, so it stands apart. */
export const sliceStatistics: readonly Statistic[] = Object.keys(measures)
  .filter(isMeasure)
  .filter((measure) => measure !== 'slow')
  .map((measure) => statisticOf(measure));

/** The latency quantiles, read off the slices of few labels. */
export const latencyStatistics: readonly Statistic[] = [0.5, 0.95].map((quantile) => {
  const times = marksWhere(measures.slow.isTrial);
  return {
    name: `slow p${100 * quantile}`,
    measure: 'slow',
    kind: 'level',
    direction: 'up',
    labels: {},
    hits: times,
    trials: times,
    quantile,
    needsHit: false,
  };
});

/** The share of requests that took longer than the bound of their slice. */
export const slowStatistic: Statistic = {
  ...latencyStatistics[0],
  name: 'slow',
  kind: 'ratio',
  quantile: undefined,
};

/** The measures whose hits have labels, by each value of these; a reason is watched once it has occurred. */
export const hitStatistics: readonly Statistic[] = (['fallbacks', 'degraded'] as const).flatMap(
  (measure) => [
    ...stageNames.map((_, at) => hitStatistic(measure, { stage: at + 1 })),
    ...degradationReasons.slice(1).map((_, at) => hitStatistic(measure, { reason: at + 1 })),
  ],
);

/** What a statistic reads off the counts of a slice that begin at `first`. */
export function readStatistic(
  { kind, hits, trials, quantile }: Statistic,
  counts: Float64Array,
  first: number,
): { readonly value: number; readonly trials: number } {
  const hit = sumOf(hits, counts, first);
  if (kind === 'count') return { value: hit, trials: Number.NaN };
  if (quantile !== undefined) {
    const value =
      hit < fewestForQuantile
        ? Number.NaN
        : latencyQuantile(bucketsIn(hits, counts, first), quantile);
    return { value, trials: Number.NaN };
  }
  // A click may come in a later tick than the item was shown.
  const tried = Math.max(hit, sumOf(trials, counts, first));
  return { value: tried > 0 ? hit : Number.NaN, trials: tried };
}

/** Whether there is anything to read a statistic off. */
export function isTried(
  { kind, hits, trials, needsHit }: Statistic,
  counts: Float64Array,
  first: number,
): boolean {
  return sumOf(kind === 'count' || needsHit ? hits : trials, counts, first) > 0;
}

function statisticOf(measure: MeasureName): Statistic {
  const { kind, direction, isHit, isTrial } = measures[measure];
  return {
    name: measure,
    measure,
    kind,
    direction,
    labels: {},
    hits: marksWhere((meaning) => isHit(meaning, 0)),
    trials: marksWhere(isTrial),
    quantile: undefined,
    needsHit: false,
  };
}

function hitStatistic(
  measure: 'fallbacks' | 'degraded',
  value: { readonly stage?: number; readonly reason?: number },
): Statistic {
  const label = value.stage === undefined ? 'reason' : 'stage';
  const code = value[label];
  return {
    ...statisticOf(measure),
    labels: { [label]: hitLabelName(label, code ?? 0) },
    hits: marksWhere(
      (meaning) =>
        measures[measure].isHit(meaning) && 'reason' in meaning && meaning[label] === code,
    ),
    needsHit: label === 'reason',
  };
}

function sumOf(marks: Uint16Array, counts: Float64Array, first: number): number {
  let sum = 0;
  for (let m = 0; m < marks.length; m++) sum += counts[first + marks[m]];
  return sum;
}

/** Counts by latency bucket of the time marks in the counts that begin at `first`; the marks stand by stage and then by bucket. */
export function bucketsIn(times: Uint16Array, counts: Float64Array, first: number): Float64Array {
  const buckets = new Float64Array(bucketCount);
  for (let m = 0; m < times.length; m++) buckets[m % bucketCount] += counts[first + times[m]];
  return buckets;
}
