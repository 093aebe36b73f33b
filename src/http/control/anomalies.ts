import { z } from 'zod';
import type { Anomaly } from '../../domain/anomaly.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { shorten } from '../errors.ts';
import { isoTime } from '../instant.ts';
import { outsideAlertSchema, showOutsideAlert } from './alerts.ts';

const labels = z.record(z.string(), z.string());
const direction = z.enum(['up', 'down']);
const time = z.iso.datetime();
const number = z.number().nullable();

const seriesSchema = z
  .strictObject({
    name: z.string().meta({ description: 'What it measures' }),
    labels,
    direction,
    actual: number,
    expected: number,
    surprise: number.meta({
      description: 'Minus the decimal logarithm of the chance that a quiet series does this',
    }),
  })
  .meta({ id: 'AnomalousSeries' });

const causeSchema = z
  .strictObject({
    labels: labels.meta({ description: 'Labels that are free are left out; none is all traffic' }),
    share: number.meta({ description: 'Share of the change that lies in it' }),
    ratio: number.meta({ description: 'What was there divided by what was expected' }),
    actual: number,
    expected: number,
    leaves: z.int().meta({ description: 'Combinations of label values that carry it' }),
    p_value: number,
    surprise: number.meta({ description: 'Jensen-Shannon surprise, in bits' }),
    lattice: z.string().meta({ description: 'The way to it through the labels' }),
  })
  .meta({ id: 'AnomalyCause' });

/** One anomaly as it is shown. */
export const anomalySchema = z
  .strictObject({
    id: z.string(),
    measure: z.string().meta({ description: 'What moved' }),
    state: z.enum(['pending', 'firing', 'resolved']),
    direction,
    started_at: time.meta({ description: 'When the change probably began' }),
    fired_at: time.nullable(),
    resolved_at: time.nullable(),
    explained_share: z.number(),
    unexplained: z.boolean().meta({ description: 'Less than half of the change is explained' }),
    series: z.array(seriesSchema),
    causes: z.array(causeSchema).max(3),
    trace_ids: z.array(z.string()),
  })
  .meta({ id: 'Anomaly' });

/** The answer of `GET /control/anomalies`. */
export const anomaliesSchema = z.strictObject({
  enabled: z.boolean().meta({
    description: 'False where `anomaly.enabled`, `telemetry.events` or `telemetry.metrics` is off',
  }),
  tick_seconds: z.number(),
  anomalies: z.array(anomalySchema).meta({ description: 'Newest first' }),
  outside: z.array(outsideAlertSchema).meta({ description: 'Alerts of others, newest first' }),
});

/** The path parameter of an anomaly. */
export const anomalyParams = z.object({
  id: z.string().meta({ description: 'An id that `GET /control/anomalies` lists' }),
});

/** Everything that is open, and what was. */
export function listAnomalies({ alarming, config }: Gateway): z.output<typeof anomaliesSchema> {
  return {
    enabled: alarming.isWatching,
    tick_seconds: config.anomaly.tickSeconds,
    anomalies: alarming.book.anomalies().map(showAnomaly),
    outside: alarming.book.outside().map(showOutsideAlert),
  };
}

/** One anomaly. Throws `SL_NOT_FOUND` for an id that is not known or no longer kept. */
export function findAnomaly({ alarming }: Gateway, id: string): z.output<typeof anomalySchema> {
  const anomaly = alarming.book.anomaly(id);
  if (anomaly !== undefined) return showAnomaly(anomaly);
  const message = `anomaly ${shorten(id, 60)} is unknown, expected an id of /control/anomalies`;
  throw new SightlineError('SL_NOT_FOUND', message, { path: 'id' });
}

function showAnomaly(anomaly: Anomaly): z.output<typeof anomalySchema> {
  const { startedAtMs, firedAtMs, resolvedAtMs, explainedShare, isUnexplained } = anomaly;
  return {
    id: anomaly.id,
    measure: anomaly.measure,
    state: anomaly.state,
    direction: anomaly.direction,
    started_at: isoTime(startedAtMs),
    fired_at: firedAtMs === undefined ? null : isoTime(firedAtMs),
    resolved_at: resolvedAtMs === undefined ? null : isoTime(resolvedAtMs),
    explained_share: rounded(explainedShare) ?? 0,
    unexplained: isUnexplained,
    series: anomaly.series.map(({ name, labels, direction, actual, expected, surprise }) => ({
      name,
      labels,
      direction,
      actual: rounded(actual),
      expected: rounded(expected),
      surprise: rounded(surprise),
    })),
    causes: anomaly.causes.map((cause) => ({
      labels: cause.labels,
      share: rounded(cause.share),
      ratio: rounded(cause.ratio),
      actual: rounded(cause.actual),
      expected: rounded(cause.expected),
      leaves: cause.leaves,
      p_value: rounded(cause.pValue),
      surprise: rounded(cause.surprise),
      lattice: cause.lattice,
    })),
    trace_ids: [...anomaly.traceIds],
  };
}

/** Digits enough for anything here; what is no number in JSON is null. */
const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
