import { z } from 'zod';
import { exposedName, type MetricName, metricTable } from '../metrics.ts';

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'must be the name of an environment variable');
const labelName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'must be the name of a label');
const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((name) => !ownHeaders.test(name), 'is set by the sender itself');
/** Headers that belong to the message itself. */
const ownHeaders =
  /^(content-(length|type|encoding)|transfer-encoding|connection|host|expect|x-prometheus-remote-write-version)$/i;

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2000)
  .refine((text) => !/^[^:]+:\/\/[^/?#]*@/.test(text), 'must not hold a password, use tokenEnv');

const tableNames = new Set((Object.keys(metricTable) as MetricName[]).map(exposedName));
const metrics = z
  .array(
    z
      .string()
      .max(200)
      .refine(
        (name) => !name.startsWith('sightline_') || tableNames.has(name),
        'is no series of docs/metrics.md',
      ),
  )
  .min(1)
  .max(500)
  .optional()
  .describe(
    'Names as a scraper sees them; left out, all. The first rule that names a metric counts',
  );

const aggregateSchema = z.strictObject({
  metrics,
  without: z
    .array(labelName)
    .max(16)
    .default([])
    .describe('Labels to drop; counters and histograms are added up'),
  windowSeconds: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe('Sliding window, in whole periods; left out, one period'),
  gauges: z
    .strictObject({
      across: z
        .enum(['avg', 'sum', 'min', 'max'])
        .default('avg')
        .describe('How gauges become one where labels are dropped'),
      within: z
        .enum(['last', 'avg', 'min', 'max'])
        .default('last')
        .describe('What is sent of the values of a gauge inside the window'),
    })
    .prefault({}),
});

const sampleSchema = z
  .strictObject({
    metrics,
    oneIn: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Each n-th push has the metric; Prometheus loses sight of what comes less often than each five minutes',
      ),
    over: z
      .number()
      .optional()
      .describe(
        'Only series beyond it in their window: what a counter gained, a gauge, a quantile of a histogram',
      ),
    quantile: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.99)
      .describe('The quantile of a histogram that `over` looks at'),
  })
  .refine(
    ({ oneIn, over }) => (oneIn === undefined) !== (over === undefined),
    'must have either oneIn or over',
  );

const common = {
  everySeconds: z.int().min(1).max(3600).default(15).describe('Time between two pushes'),
  timeoutSeconds: z.number().min(0.1).max(60).default(10).describe('Limit of one attempt'),
  tokenEnv: variable
    .optional()
    .describe('Environment variable with the token of `Authorization: Bearer`'),
  headersEnv: z
    .record(headerName, variable)
    .default({})
    .describe('Headers whose values stand in environment variables'),
  aggregate: z
    .array(aggregateSchema)
    .max(32)
    .default([])
    .describe('What becomes of metrics before they leave'),
  sample: z.array(sampleSchema).max(32).default([]).describe('Which of them leave'),
};

/** Periods that a window may span: so many snapshots are kept of what it is about. */
const maxPeriods = 120;

/** One destination as it stands under `telemetry.push:`; its key there is its name. */
const destinationSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('remote-write'),
      url: url.describe('The whole address, such as `http://127.0.0.1:9090/api/v1/write`'),
      ...common,
      labels: z
        .record(labelName, z.string().min(1).max(200))
        .default({})
        .describe('Labels of all series beside `job`, `instance` and `environment`, or over them'),
      maxQueued: z
        .int()
        .min(1)
        .max(1000)
        .default(60)
        .describe(
          'Pushes that may wait for a receiver that is away; beyond it the oldest is dropped',
        ),
    }),
    z.strictObject({
      kind: z.literal('otlp'),
      url: url.describe('The whole address, such as `http://127.0.0.1:4318/v1/metrics`'),
      ...common,
      gzip: z.boolean().default(false).describe('Whether bodies are compressed'),
    }),
  ])
  .refine(
    ({ aggregate, everySeconds }) =>
      aggregate.every(({ windowSeconds = 0 }) => windowSeconds <= maxPeriods * everySeconds),
    { path: ['aggregate'], message: `must have no window over ${maxPeriods} periods` },
  );

/** What `telemetry.push:` holds: destinations by name. */
export const pushSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and dashes, 40 at most'),
    destinationSchema,
  )
  .refine((destinations) => Object.keys(destinations).length <= 8, 'must be 8 at most')
  .default({});

/** Where metrics are pushed to, by name. */
export type PushDestinations = z.output<typeof pushSchema>;

/** One of them. */
export type PushDestination = PushDestinations[string];
