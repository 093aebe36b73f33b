import { z } from 'zod';
import { leafLabels, maxDeclaredLabels } from './cube/leaf-tick.ts';

const taken: readonly string[] = [...leafLabels, 'stage', 'reason', 'alertname', 'measure'];

const declaredLabel = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,31}$/, 'is no label name, expected lower-case letters, digits and _')
  .refine((name) => !taken.includes(name), `is taken, expected none of ${taken.join(', ')}`);

const link = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .optional();

/** What `anomaly:` holds: what is watched, how sensitively, and where the alerts point. */
export const anomalySchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Needs `telemetry.events` and `telemetry.metrics`'),
    tickSeconds: z
      .number()
      .min(1)
      .max(3600)
      .default(30)
      .describe('Time between two looks at all series'),
    falseAlarmsPerDay: z
      .number()
      .positive()
      .max(1000)
      .default(1)
      .describe('False alarms a day that all series together may give; thresholds follow from it'),
    labels: z
      .array(declaredLabel)
      .max(maxDeclaredLabels)
      .default([])
      .describe('Labels of requests, beside our own, by which causes are told apart'),
    maxSeries: z.int().min(1).max(100_000).default(5000).describe('Series watched at most'),
    keep: z.int().min(1).max(10_000).default(500).describe('Closed anomalies that are kept'),
    links: z
      .strictObject({
        dashboard: link.describe('Dashboard that alerts point to; time and labels are added'),
        runbook: link.describe('Page that alerts point to; `#measure` is added'),
        trace: link.describe('Page of a trace; its id is added at the end'),
      })
      .prefault({}),
  })
  .prefault({});

/** The settings of the anomaly engine. */
export type AnomalyOptions = z.output<typeof anomalySchema>;
