import { ageSeconds } from '../../telemetry/buckets.ts';
import { aDayLater, growing, observed } from '../rules/proof-series.ts';
import { type AlertMaker, ago, leastEvents, query, where } from './symptom.ts';

/** What rows may be old where nobody promised anything: two days. */
const usualSeconds = 172_800;

/** Stores that fail, and features that are missing or old. */
export const storeSymptoms: AlertMaker = (context) => [
  ...storeFailing(context),
  ...featuresMissing(context),
  ...featuresStale(context),
];

const storeFailing: AlertMaker = ({ q }) => {
  const name = 'store_fetch_duration_seconds';
  const failed = q.count(name, { where: { outcome: '!=ok' }, by: ['store'] });
  const fetched = (outcome: string, perStep: number) => ({
    [q.select(name, { store: 'sqlite', outcome }, '_count')]: growing(perStep),
  });
  return [
    {
      alert: 'SightlineStoreFailing',
      expr: where(
        q,
        [
          `${q.recorded('sightline:store_failure_rate:5m')} > 0.01`,
          `${failed} * 300 >= ${leastEvents}`,
        ],
        ['store'],
      ),
      severity: 'warning',
      forSeconds: 300,
      keepFiringForSeconds: 600,
      summary: 'Reads from a store fail or come too late.',
      description:
        '{{ $value | humanizePercentage }} of the fetches from store {{ $labels.store }} are not ok.',
      dashboard: { key: 'freshness', panel: 'store-outcomes' },
      runbook: {
        meaning:
          'More than one wave of reads in a hundred has timed out, found the store unavailable, got an error or only a part of the rows, for five minutes.',
        impact:
          'These requests are answered without the features of their user. Writes may fail as well.',
        diagnosis: `How: ${query(q.count(name, { by: ['store', 'outcome'] }))}. \`timeout\`: ${query(q.quantile(0.99, name, { by: ['store'] }))}, load and network of the store. \`unavailable\` and \`error\`: log lines with \`SL_STORE_\` carry the cause. On SQLite look at free space and at the disk.`,
        mitigation:
          'Bring the store back, free disk space. Where it is just slow, a lower `budgetMs` of the features stage protects the latency.',
      },
      proof: {
        firing: {
          series: { ...fetched('ok', 570), ...fetched('timeout', 30) },
          atMinutes: 8,
          labels: { store: 'sqlite' },
          value: 0.05,
        },
        silent: { series: { ...fetched('ok', 597), ...fetched('timeout', 3) }, atMinutes: 8 },
      },
    },
  ];
};

const featuresMissing: AlertMaker = ({ q, over }) => {
  const missing = q.level('feature_missing_ratio', { by: ['store', 'feature'] });
  const reads = over(3600).count('store_fetch_duration_seconds', { by: ['store'] });
  const series = (values: string) => ({
    [q.select('feature_missing_ratio', { store: 'sqlite', feature: 'user' })]: values,
    [q.select('store_fetch_duration_seconds', { store: 'sqlite', outcome: 'ok' }, '_count')]:
      growing(3600),
  });
  return [
    {
      alert: 'SightlineFeaturesMissing',
      expr: `(\n${missing} > 0.05\nand\n${missing} > 2 * ${ago('1d', missing)}\n)\nand on (${q.labels('store')})\n${reads} * 3600 >= 100`,
      severity: 'warning',
      forSeconds: 900,
      keepFiringForSeconds: 1800,
      summary: 'A feature is missing far more often than a day ago.',
      description:
        'Feature {{ $labels.feature }} of store {{ $labels.store }} is missing in {{ $value | humanizePercentage }} of the reads, over twice of the day before.',
      dashboard: { key: 'freshness', panel: 'missing-features' },
      runbook: {
        meaning:
          'The share of reads that found nothing is over 5 % and over twice of what it was at this time of the day before, for a quarter of an hour.',
        impact: 'These requests are answered as if nothing were known of their user.',
        diagnosis: `${query(missing)} by feature. Did the job that writes the rows stop, or do callers send ids of another form since their last deploy? More new visitors than usual read like this as well: compare the segments.`,
        mitigation: 'Run the job again, or mend the ids of the caller.',
      },
      proof: {
        firing: {
          series: series('0.1x50 0.3x60'),
          ...aDayLater,
          labels: { store: 'sqlite', feature: 'user' },
          value: 0.3,
        },
        silent: { series: series('0.1x50 0.15x60'), ...aDayLater },
      },
    },
  ];
};

const featuresStale: AlertMaker = ({ definition, q }) => {
  const age = q.recorded('sightline:feature_age_p95:5m');
  const promised = definition.works
    .flatMap(({ stages }) => stages)
    .flatMap(({ slo }) => slo.freshnessP95Seconds ?? []);
  const bound = promised.length === 0 ? usualSeconds : Math.min(...promised);
  // What is over the last bucket reads as its bound.
  const oldest = ageSeconds.at(-1)!;
  if (bound >= oldest) return [];
  const read = (value: number) =>
    observed(q, 'feature_age_seconds', { where: { store: 'sqlite' }, value, perStep: 60 });
  return [
    {
      alert: 'SightlineFeaturesStale',
      expr: where(
        q,
        [`${age} > ${bound}`, `${q.count('feature_age_seconds', { by: ['store'] })} * 300 >= 20`],
        ['store'],
      ),
      severity: 'warning',
      forSeconds: 900,
      keepFiringForSeconds: 900,
      summary: 'Feature rows are older than they may be.',
      description:
        '5 % of the feature rows read from store {{ $labels.store }} are older than {{ $value | humanizeDuration }}.',
      dashboard: { key: 'freshness', panel: 'feature-age' },
      runbook: {
        meaning:
          'The 95th percentile of the age of the feature rows read has been over the freshness objective of the features stage for a quarter of an hour; over two days where none is set.',
        impact: 'Answers follow what people were like some time ago.',
        diagnosis: `${query(age)}. When did the job that writes the rows last end, and how many rows did it write? A few very old users can carry a percentile: look at the buckets in Data and model freshness.`,
        mitigation: 'Run the job again. Where rows age by nature, raise the objective.',
      },
      proof: {
        firing: {
          series: read(1e9),
          atMinutes: 18,
          labels: { store: 'sqlite' },
          value: oldest,
        },
        silent: { series: read(0.01), atMinutes: 18 },
      },
    },
  ];
};
