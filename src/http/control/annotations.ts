import { z } from 'zod';
import type { OutsideAlert } from '../../anomaly/anomaly-book.ts';
import { summaryOf } from '../../anomaly/describe-alert.ts';
import type { Anomaly } from '../../domain/anomaly.ts';
import type { Gateway } from '../../gateway.ts';
import { parse } from '../errors.ts';
import { parseQuery } from '../query-string.ts';

const moment = z.int().min(0).max(8_640_000_000_000_000);

/** The parameters of `GET /control/annotations`. */
export const annotationsQuery = z.strictObject({
  from: moment.default(0).meta({ description: 'Epoch milliseconds' }),
  to: moment.optional().meta({ description: 'Epoch milliseconds; now where it is left out' }),
  limit: z.int().min(1).max(1000).default(100).meta({ description: 'The newest so many' }),
});

/** The answer of `GET /control/annotations`, in Grafana's form. */
export const annotationsSchema = z.array(
  z
    .strictObject({
      id: z.string(),
      time: z.int().meta({ description: 'Epoch milliseconds' }),
      timeEnd: z.int().meta({ description: 'Epoch milliseconds; now while it lasts' }),
      title: z.string(),
      text: z.string(),
      tags: z.array(z.string()),
    })
    .meta({ id: 'Annotation' }),
);

type Annotation = z.output<typeof annotationsSchema>[number];

/** Anomalies that fired and alerts of others that touch a stretch of time, newest first. */
export function listAnnotations(
  { alarming, generation }: Gateway,
  { url, nowMs }: { readonly url: string; readonly nowMs: number },
): Annotation[] {
  const kinds = { from: 'number', to: 'number', limit: 'number' } as const;
  const { from, to = nowMs, limit } = parse(annotationsQuery, parseQuery(url, kinds));
  const { id, publishedAtMs } = generation();
  const published: Annotation = {
    id: `generation-${id}`,
    time: Math.round(publishedAtMs),
    timeEnd: Math.round(publishedAtMs),
    title: `generation ${id}`,
    text: `generation ${id} was published`,
    tags: ['generation'],
  };
  const fired = alarming.book.anomalies().filter(({ firedAtMs }) => firedAtMs !== undefined);
  const all = [
    ...fired.map((anomaly) => ofAnomaly(anomaly, nowMs)),
    ...alarming.book.outside().map((alert) => ofAlert(alert, nowMs)),
    published,
  ];
  return all
    .filter(({ time, timeEnd }) => timeEnd >= from && time <= to)
    .sort((a, b) => b.time - a.time)
    .slice(0, limit);
}

function ofAnomaly(anomaly: Anomaly, nowMs: number): Annotation {
  const { id, measure, state, startedAtMs, resolvedAtMs = nowMs, causes } = anomaly;
  const labels = Object.entries(causes[0]?.labels ?? {}).map(([name, value]) => `${name}:${value}`);
  return {
    id,
    time: Math.round(startedAtMs),
    timeEnd: Math.round(resolvedAtMs),
    title: `${measure} ${state}`,
    text: summaryOf(anomaly),
    tags: ['anomaly', measure, ...labels],
  };
}

function ofAlert(alert: OutsideAlert, nowMs: number): Annotation {
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs = nowMs, source } = alert;
  const name = labels.alertname ?? 'alert';
  return {
    id: fingerprint,
    time: Math.round(startsAtMs),
    timeEnd: Math.round(endsAtMs),
    title: name,
    text: annotations.summary ?? annotations.description ?? name,
    tags: ['alert', source],
  };
}
