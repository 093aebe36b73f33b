import { z } from 'zod';
import { modelKinds } from './models/index.ts';
import { pushSchema } from './telemetry/export/push-schema.ts';

const port = z.int().min(0).max(65_535);
const positive = z.number().positive();
const listener = (defaultPort: number) =>
  z
    .strictObject({
      host: z.string().default('127.0.0.1').describe('Address to listen on'),
      port: port.default(defaultPort).describe('0 takes a free one'),
    })
    .prefault({});

/** The listeners. */
export const httpSchema = z
  .strictObject({
    query: listener(8080),
    control: z
      .strictObject({
        host: z.string().default('127.0.0.1').describe('Address to listen on'),
        port: port.default(8081).describe('0 takes a free one'),
        publicUrl: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe('How people reach the control port, for the links of alerts'),
        changesPerSecond: z
          .number()
          .min(0.1)
          .max(10_000)
          .default(10)
          .describe('Calls with the token in the long run; ten times as many may come at once'),
      })
      .prefault({}),
    bodyLimitBytes: z
      .int()
      .min(1024)
      .max(64_000_000)
      .default(2_000_000)
      .describe('Bytes a request body may have'),
    drainMs: z
      .int()
      .min(0)
      .max(600_000)
      .default(10_000)
      .describe('How long a stop waits for requests in flight'),
  })
  .prefault({});

/** The store of items, users and feedback. */
export const storeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sqlite'),
      folder: z.string().default('var/data').describe('Made when it is not there'),
    }),
    z.strictObject({ kind: z.literal('memory') }),
  ])
  .prefault({ kind: 'sqlite' });

/** What feedback is taken in. */
export const feedbackSchema = z
  .strictObject({
    unknownItems: z
      .enum(['accept', 'reject'])
      .default('accept')
      .describe('Events of items that are not in the catalogue: keep and count, or refuse'),
    maxBatch: z.int().min(1).max(100_000).default(1000).describe('Events one call may bring'),
    futureSeconds: z
      .int()
      .min(0)
      .default(300)
      .describe('Events later than now by more than this are refused'),
    maxAgeDays: positive.default(36_500).describe('Events older than this are refused'),
  })
  .prefault({});

/** One model. */
export const modelSchema = z.strictObject({
  kind: z.enum(Object.keys(modelKinds) as [string, ...string[]]),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Options of the kind; checked by the kind itself'),
});

/** What is watched, and where it goes. */
export const telemetrySchema = z
  .strictObject({
    serviceName: z
      .string()
      .regex(/^[A-Za-z0-9][\w./-]{0,62}$/, 'must be letters, digits, _ . / and -, 63 at most')
      .default('sightline')
      .describe('The `job` of all series; for spans `OTEL_SERVICE_NAME` goes before it'),
    metrics: z.boolean().default(true).describe('Whether series are fed'),
    traces: z
      .boolean()
      .default(true)
      .describe('Whether spans are made, where `OTEL_*` names an endpoint'),
    events: z.boolean().default(true).describe('Whether the signals worker gets events'),
    requestLog: z
      .enum(['all', 'degraded', 'none'])
      .default('all')
      .describe('Which requests get a log line: all, those with a degradation or error, or none'),
    level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe(
        'Least severity of a log line; calls with the control token are logged at every level',
      ),
    maxLabelValues: z
      .int()
      .min(1)
      .max(10_000)
      .default(50)
      .describe('Values a metric label may take before the rest becomes `__other__`'),
    push: pushSchema.describe(
      'Where metrics are pushed to beside `/metrics`, by names of your own',
    ),
  })
  .prefault({});
