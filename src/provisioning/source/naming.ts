import type { Mistake } from '../../domain/errors.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** One convention: what is wrong with a metric, or nothing. */
type Convention = (metric: MetricDefinition) => string | undefined;

const metricName = /^[a-z][a-z0-9_]{2,99}$/;
const labelName = /^[a-z][a-z0-9_]{0,39}$/;
const maxLabels = 8;

/** Suffixes that parts of histograms and the formats themselves use. */
const reservedSuffixes = /_(?:bucket|sum|count|created)$/;
/** Units that are no base units, by the base unit that belongs there. */
const scaledUnits: Readonly<Record<string, string>> = {
  ms: 'seconds',
  millis: 'seconds',
  milliseconds: 'seconds',
  microseconds: 'seconds',
  nanoseconds: 'seconds',
  minutes: 'seconds',
  hours: 'seconds',
  days: 'seconds',
  kb: 'bytes',
  kilobytes: 'bytes',
  mb: 'bytes',
  megabytes: 'bytes',
  gigabytes: 'bytes',
  percent: 'ratio',
  percentage: 'ratio',
};
/** Labels that Prometheus, the formats or the scrape set. */
const reservedLabels = new Set([
  'le',
  'quantile',
  'job',
  'instance',
  'environment',
  'exported_job',
]);
/** Labels with a value for each user, item, request or moment. */
const unboundedLabels = new Set([
  ...['user', 'user_id', 'item', 'item_id', 'session', 'session_id', 'request_id', 'trace_id'],
  ...[
    'span_id',
    'id',
    'uuid',
    'email',
    'ip',
    'address',
    'url',
    'uri',
    'query',
    'timestamp',
    'time',
  ],
]);

/** The conventions of Prometheus and of the table of series, in the order in which breaches are told. */
const conventions: readonly Convention[] = [
  ({ name }) =>
    metricName.test(name)
      ? undefined
      : 'is no metric name, expected 3 to 100 lower-case letters, digits and underscores',
  ({ name, type }) =>
    type === 'counter' && !name.endsWith('_total')
      ? 'is a counter, expected a name that ends in _total'
      : undefined,
  ({ name, type }) =>
    type !== 'counter' && name.endsWith('_total')
      ? `is a ${type}, expected a name that does not end in _total`
      : undefined,
  ({ name }) =>
    reservedSuffixes.test(name)
      ? 'ends like a part of a histogram, expected none of _bucket, _sum, _count, _created'
      : undefined,
  ({ name, type }) =>
    new RegExp(`(?:^|_)${type}(?:_|$)`).test(name)
      ? `has its type in its name, expected a name without ${type}`
      : undefined,
  scaledUnit,
  ({ name, unit }) =>
    unit !== '' && !name.replace(/_total$/, '').endsWith(`_${unit}`)
      ? `is in ${unit}, expected a name that ends in _${unit}`
      : undefined,
  ({ help }) =>
    help.trim() === '' ? 'has no help, expected what it counts or measures' : undefined,
  ({ owner }) =>
    owner.trim() === '' ? 'has no owner, expected the fact or plugin that feeds it' : undefined,
  ({ panel }) => (panel.trim() === '' ? 'has no panel, expected the title of one' : undefined),
  ({ labels }) =>
    labels.length > maxLabels
      ? `has ${labels.length} labels, expected ${maxLabels} at most`
      : undefined,
  bucketBreach,
];

/**
 * Every breach of the conventions by a list of metrics, with the name as path: naming and units, reserved or
 * unbounded labels, missing help, owner or panel, buckets, and names that stand twice.
 *
 * @example breaches([{ ...metric, name: 'shop_checkouts', type: 'counter' }])
 * // [{ path: 'shop_checkouts', message: 'is a counter, expected a name that ends in _total' }]
 */
export function breaches(metrics: readonly MetricDefinition[]): Mistake[] {
  return metrics.flatMap((metric, m) => [
    ...duplicate(metric, metrics.slice(0, m)),
    ...conventions.flatMap((convention) => {
      const message = convention(metric);
      return message === undefined ? [] : [{ path: metric.name, message }];
    }),
    ...metric.labels.flatMap((label, l) => labelBreaches(metric, label, l)),
  ]);
}

function duplicate({ name }: MetricDefinition, before: readonly MetricDefinition[]): Mistake[] {
  return before.some((other) => other.name === name)
    ? [{ path: name, message: 'stands twice, expected one metric of a name' }]
    : [];
}

function scaledUnit({ name }: MetricDefinition): string | undefined {
  const last = name
    .replace(/_total$/, '')
    .split('_')
    .at(-1)!;
  const base = scaledUnits[last];
  return base === undefined ? undefined : `is in ${last}, expected the base unit ${base}`;
}

function bucketBreach({ type, buckets = [] }: MetricDefinition): string | undefined {
  if (type !== 'histogram') {
    return buckets.length > 0 ? `is a ${type}, expected no buckets` : undefined;
  }
  if (buckets.length === 0) return 'is a histogram, expected buckets';
  const isAscending = buckets.every((bound, b) => b === 0 || bound > buckets[b - 1]);
  return isAscending ? undefined : 'has buckets out of order, expected rising bounds';
}

function labelBreaches({ name, labels }: MetricDefinition, label: string, l: number): Mistake[] {
  const message = labelBreach(label) ?? (labels.indexOf(label) < l ? 'stands twice' : undefined);
  return message === undefined ? [] : [{ path: `${name}.labels.${label}`, message }];
}

function labelBreach(label: string): string | undefined {
  if (!labelName.test(label)) {
    return 'is no label name, expected up to 40 lower-case letters, digits and underscores';
  }
  if (reservedLabels.has(label)) return 'is reserved, expected another name';
  return unboundedLabels.has(label)
    ? 'has no bounded set of values, expected a label of a closed list'
    : undefined;
}
