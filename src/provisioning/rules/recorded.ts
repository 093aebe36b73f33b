/** A series that a recording rule makes. */
export interface RecordedSeries {
  readonly help: string;
  readonly labels: readonly string[];
}

/** Windows of the burn rates, as they are called in a period of 30 days; other periods scale them. */
export const burnWindows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'] as const;

const slo = ['slo', 'work', 'stage'] as const;

const burnRate = (window: (typeof burnWindows)[number]) => ({
  help: `Speed at which an error budget is spent, over ${window} of 30 days`,
  labels: slo,
});

/**
 * The series that recording rules make, beside `job` and `environment` with these labels. Dashboards and alerts read
 * them by name.
 */
export const recordedSeries = {
  'sightline:rec_latency_p50:5m': { help: 'Median latency of a work', labels: ['work'] },
  'sightline:rec_latency_p95:5m': {
    help: '95th percentile of the latency of a work',
    labels: ['work'],
  },
  'sightline:rec_latency_p99:5m': {
    help: '99th percentile of the latency of a work',
    labels: ['work'],
  },
  'sightline:stage_latency_p99:5m': {
    help: '99th percentile of the time of a stage',
    labels: ['work', 'stage'],
  },
  'sightline:requests:rate5m': {
    help: 'Requests a second',
    labels: ['work', 'strategy', 'outcome'],
  },
  'sightline:error_rate:5m': { help: 'Share of requests that ended in an error', labels: ['work'] },
  'sightline:empty_rate:5m': { help: 'Share of answers without an item', labels: ['work'] },
  'sightline:fallback_rate:5m': {
    help: 'Share of requests that a fallback served',
    labels: ['work'],
  },
  'sightline:store_failure_rate:5m': {
    help: 'Share of store fetches that were not ok',
    labels: ['store'],
  },
  'sightline:feature_age_p95:5m': {
    help: '95th percentile of the age of feature rows',
    labels: ['store'],
  },
  'sightline:ctr_prediction_error_mean:1h': {
    help: 'Mean difference between predicted click probability and click',
    labels: ['strategy', 'catalog'],
  },
  'sightline:slate_diversity_mean:1h': { help: 'Mean diversity of slates', labels: ['strategy'] },
  'sightline:slate_novelty_mean:1h': {
    help: 'Mean novelty of slates in bits',
    labels: ['strategy'],
  },
  'sightline:similarity_decay_share:1h': {
    help: 'Share of items whose similarity decays faster than the retrain threshold',
    labels: ['catalog'],
  },
  'sightline:session_entropy_median:1h': {
    help: 'Median entropy of sessions in bits',
    labels: ['segment'],
  },
  'sightline:session_freshness:mean': {
    help: 'Mean freshness of the recent sessions',
    labels: ['segment'],
  },
  'sightline:slo_objective:ratio': { help: 'Share that an objective promises', labels: slo },
  'sightline:slo_bad:rate5m': {
    help: 'What broke an objective, a second or of the time',
    labels: slo,
  },
  'sightline:slo_total:rate5m': {
    help: 'What an objective counts, a second or of the time',
    labels: slo,
  },
  'sightline:slo_burn:5m': burnRate('5m'),
  'sightline:slo_burn:30m': burnRate('30m'),
  'sightline:slo_burn:1h': burnRate('1h'),
  'sightline:slo_burn:2h': burnRate('2h'),
  'sightline:slo_burn:6h': burnRate('6h'),
  'sightline:slo_burn:1d': burnRate('1d'),
  'sightline:slo_burn:3d': burnRate('3d'),
  'sightline:slo_burn:30d': burnRate('30d'),
  'sightline:slo_budget_left:ratio': {
    help: 'Share of the error budget of the period that is left',
    labels: slo,
  },
} as const satisfies Record<string, RecordedSeries>;

/** The name of a recorded series. */
export type RecordedName = keyof typeof recordedSeries;
