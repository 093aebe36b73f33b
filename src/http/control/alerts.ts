import { z } from 'zod';
import type { OutsideAlert } from '../../anomaly/anomaly-book.ts';
import type { Gateway } from '../../gateway.ts';
import { fingerprint } from '../../webhooks/fingerprint.ts';
import { parse } from '../errors.ts';
import { isoTime } from '../instant.ts';

const maxAlerts = 1000;
const maxTexts = 64;
const maxTextLength = 4096;
/** How Alertmanager writes the end of what has not ended. */
const noTime = /^0001-01-01/;

const texts = z
  .record(z.string().max(200), z.string().max(maxTextLength))
  .refine((given) => Object.keys(given).length <= maxTexts, `has more than ${maxTexts} entries`)
  .default({});
const sentTime = z.union([z.iso.datetime({ offset: true }), z.literal('')]).optional();

const sentAlertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: texts,
  annotations: texts,
  startsAt: sentTime,
  endsAt: sentTime,
  generatorURL: z.string().max(maxTextLength).default(''),
  fingerprint: z.string().max(64).optional(),
});

/** What Alertmanager (version 4) and Grafana (version 1) send; what is not named here may be there and is ignored. */
export const alertsBodySchema = z
  .looseObject({
    version: z.union([z.literal('1'), z.literal('4')], {
      error: 'is no known version, expected "4" of Alertmanager or "1" of Grafana',
    }),
    alerts: z.array(sentAlertSchema).max(maxAlerts),
    orgId: z.unknown().optional(),
  })
  .meta({ id: 'AlertsMessage', description: 'The webhook message of Alertmanager or Grafana' });

/** An alert of somebody else as it is shown. */
export const outsideAlertSchema = z
  .strictObject({
    source: z.enum(['alertmanager', 'grafana']),
    fingerprint: z.string(),
    state: z.enum(['firing', 'resolved']),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    started_at: z.iso.datetime(),
    ended_at: z.iso.datetime().nullable(),
    received_at: z.iso.datetime(),
  })
  .meta({ id: 'OutsideAlert' });

/** The answer of `POST /control/alerts`. */
export const alertsReceiptSchema = z.strictObject({ accepted: z.int() });

/** Takes in what an alerting system sent. Throws `SL_REQUEST_INVALID` with every mistake. */
export function receiveAlerts(
  { alarming, telemetry }: Gateway,
  body: unknown,
  nowMs: number,
): z.output<typeof alertsReceiptSchema> {
  const { version, alerts, orgId } = parse(alertsBodySchema, body);
  // A receiver of Grafana may speak in Alertmanager's version, and still names its organisation.
  const source = version === '1' || orgId !== undefined ? 'grafana' : 'alertmanager';
  for (const sent of alerts) alarming.book.receive(toOutsideAlert(sent, { source, nowMs }));
  telemetry.emit('alert.received', { source, alerts: alerts.length });
  return { accepted: alerts.length };
}

function toOutsideAlert(
  sent: z.output<typeof sentAlertSchema>,
  { source, nowMs }: { source: OutsideAlert['source']; nowMs: number },
): OutsideAlert {
  const startsAtMs = timeOf(sent.startsAt) ?? nowMs;
  return {
    source,
    fingerprint: sent.fingerprint ?? fingerprint(sent.labels),
    labels: sent.labels,
    annotations: sent.annotations,
    startsAtMs,
    endsAtMs: sent.status === 'firing' ? undefined : (timeOf(sent.endsAt) ?? nowMs),
    generatorUrl: sent.generatorURL,
    receivedAtMs: nowMs,
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' || noTime.test(text) ? undefined : Date.parse(text);
}

/** An alert of somebody else for the list. */
export function showOutsideAlert(alert: OutsideAlert): z.output<typeof outsideAlertSchema> {
  const { source, fingerprint, labels, annotations, startsAtMs, endsAtMs, receivedAtMs } = alert;
  return {
    source,
    fingerprint,
    state: endsAtMs === undefined ? 'firing' : 'resolved',
    labels,
    annotations,
    started_at: isoTime(startsAtMs),
    ended_at: endsAtMs === undefined ? null : isoTime(endsAtMs),
    received_at: isoTime(receivedAtMs),
  };
}
