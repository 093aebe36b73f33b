import { z } from 'zod';
import type { Gateway } from '../../../gateway.ts';
import type { VersionRecord } from '../../../models/version-record.ts';
import { isoTime } from '../../instant.ts';

/** The answer of `GET /api/dashboard/timeseries/{name}`. */
export const timeSeriesSchema = z.array(
  z
    .strictObject({ Name: z.string(), Timestamp: z.string(), Value: z.number() })
    .meta({ id: 'GorsePoint', description: 'One value of a series' }),
);

type Point = z.output<typeof timeSeriesSchema>[number];

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** Which points are asked for. */
export interface Span {
  readonly beginMs: number;
  readonly endMs: number;
  /** Length of the buckets; each shows its last value. */
  readonly bucketMs: number;
}

type Quality = NonNullable<VersionRecord['quality']>;

/** What Gorse's names of series say of the hold-outs of trainings. */
const qualities: Readonly<Record<string, (quality: Quality) => number | undefined>> = {
  cf_ndcg: ({ ndcg }) => ndcg,
  cf_precision: ({ precision }) => precision,
  cf_recall: ({ recall }) => recall,
  ctr_auc: ({ auc }) => auc,
};

/** The signal and the measure behind Gorse's names of what people do with recommendations. */
const measures: Readonly<Record<string, readonly [signal: string, measure: string]>> = {
  positive_feedback_ratio: ['served', 'owner_positive_ratio'],
  click_through_rate: ['served', 'click_ratio'],
};

/** The points of a series, oldest first; none for a name that nobody knows. */
export async function showTimeSeries(gateway: Gateway, name: string, span: Span): Promise<Point[]> {
  const samples = [...(await ofTrainings(gateway, name)), ...ofSignals(gateway, name)];
  const byBucket = new Map<number, number>();
  for (const { atMs, value } of samples.toSorted((a, b) => a.atMs - b.atMs)) {
    if (atMs < span.beginMs || atMs > span.endMs) continue;
    byBucket.set(Math.floor(atMs / span.bucketMs) * span.bucketMs, value);
  }
  return [...byBucket].map(([atMs, Value]) => ({ Name: name, Timestamp: isoTime(atMs), Value }));
}

async function ofTrainings({ training, models }: Gateway, name: string): Promise<Sample[]> {
  const read = Object.hasOwn(qualities, name) ? qualities[name] : undefined;
  if (read === undefined) return [];
  const kept = await Promise.all(
    models().map((model) => training.history(model.name).catch(() => [])),
  );
  return kept.flat().flatMap(({ record }) => {
    const value = record?.quality ? read(record.quality) : undefined;
    return value === undefined ? [] : [{ atMs: record!.trainedAtMs, value }];
  });
}

/** The mean over all parts of the traffic, weighed by their samples. */
function ofSignals({ watch }: Gateway, name: string): Sample[] {
  const [signal, measure] = Object.hasOwn(measures, name) ? measures[name] : [];
  const past = signal === undefined ? undefined : watch?.past(signal);
  if (past === undefined) return [];
  const series = past.series.filter((one) => one.measure === measure);
  return past.atMs.flatMap((atMs, at) => {
    let sum = 0;
    let weight = 0;
    for (const { values, samples } of series) {
      sum += (values[at] ?? 0) * (values[at] === null ? 0 : samples[at]);
      weight += values[at] === null ? 0 : samples[at];
    }
    return weight === 0 ? [] : [{ atMs, value: sum / weight }];
  });
}
