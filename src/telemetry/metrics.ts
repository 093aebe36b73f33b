import type { FactName } from './facts.ts';

/** What feeds a series: a fact, the record of a finished request, the set itself, or a signal. */
type MetricOwner =
  | FactName
  | 'request.finished'
  | 'telemetry.opened'
  | 'metric-set'
  | `signal.${string}`;

/** One row of the table of series. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Number among the seventeen key metrics. */
  readonly key?: number;
  /** Number of the key metric it explains. */
  readonly companion?: number;
  /** Base unit; empty where the values are plain counts or coefficients. */
  readonly unit: '' | 'seconds' | 'bytes' | 'ratio' | 'bits';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending, without infinity; histograms only. */
  readonly buckets?: readonly number[];
  readonly owner: MetricOwner;
  /** Title of the panel that shows it. */
  readonly panel: string;
  /** What is worth an alert, in a few words. */
  readonly alert?: string;
  /** Declared, but nothing feeds it yet. */
  readonly pending?: true;
  /** The exposed name has no `sightline_` in front. */
  readonly unprefixed?: true;
}

const requestSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5,
] as const;
const stageSeconds = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;
const ageSeconds = [1, 10, 60, 300, 900, 3600, 21_600, 86_400, 604_800, 2_592_000] as const;
const counts = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000] as const;
const tenths = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/**
 * The one table of series. A name gets the prefix `sightline_` when it is exposed, unless `unprefixed`.
 * Label names, panels, alerts and documents all follow from here.
 */
export const metricTable = {
  request_duration_seconds: {
    type: 'histogram',
    key: 1,
    unit: 'seconds',
    help: 'Time from the arrival of a recommendation request to its answer',
    labels: ['work', 'strategy', 'segment', 'catalog', 'outcome'],
    buckets: requestSeconds,
    owner: 'request.finished',
    panel: 'Request latency',
    alert: 'p95 over the latency objective of the work',
  },
  stage_duration_seconds: {
    type: 'histogram',
    key: 2,
    unit: 'seconds',
    help: 'Time a pipeline stage took',
    labels: ['work', 'stage', 'component', 'outcome'],
    buckets: stageSeconds,
    owner: 'request.finished',
    panel: 'Stage latency',
    alert: 'p99 over the budget of the stage',
  },
  stage_candidates: {
    type: 'histogram',
    key: 3,
    unit: '',
    help: 'Candidates that went into a stage and came out of it',
    labels: ['work', 'stage', 'direction'],
    buckets: counts,
    owner: 'request.finished',
    panel: 'Candidate funnel',
    alert: 'median out of retrieve near zero',
  },
  fallback_total: {
    type: 'counter',
    key: 4,
    unit: '',
    help: 'Degradations that changed what was served, by stage and reason',
    labels: ['work', 'stage', 'reason'],
    owner: 'fallback.served',
    panel: 'Fallbacks',
    alert: 'share of requests over 5 %',
  },
  store_fetch_duration_seconds: {
    type: 'histogram',
    key: 5,
    unit: 'seconds',
    help: 'Time of one wave of reads from a store',
    labels: ['store', 'outcome'],
    buckets: stageSeconds,
    owner: 'store.fetched',
    panel: 'Store latency',
    alert: 'share of fetches that are not ok over 1 %',
  },
  feature_missing_ratio: {
    type: 'gauge',
    key: 6,
    unit: 'ratio',
    help: 'Share of feature reads that found nothing, over the recent past',
    labels: ['store', 'feature'],
    owner: 'feature.read',
    panel: 'Missing features',
    alert: 'twice the ratio of the day before',
  },
  feature_age_seconds: {
    type: 'histogram',
    key: 7,
    unit: 'seconds',
    help: 'Age of the feature rows that were read',
    labels: ['store'],
    buckets: ageSeconds,
    owner: 'feature.aged',
    panel: 'Feature age',
    alert: 'p95 over the freshness objective',
  },
  events_dropped_total: {
    type: 'counter',
    key: 8,
    unit: '',
    help: 'Telemetry events, spans and log lines that were lost, by reason',
    labels: ['reason'],
    owner: 'events.dropped',
    panel: 'Dropped telemetry',
    alert: 'any',
  },
  model_age_seconds: {
    type: 'gauge',
    key: 9,
    unit: 'seconds',
    help: 'Time since the model in use was trained',
    labels: ['model'],
    owner: 'model.loaded',
    panel: 'Model age',
    alert: 'older than twice the training interval',
  },
  ctr_prediction_error: {
    type: 'histogram',
    key: 10,
    unit: '',
    help: 'Absolute difference between predicted click probability and click, 0 to 1',
    labels: ['strategy', 'catalog'],
    buckets: tenths,
    owner: 'signal.calibration',
    panel: 'Click prediction error',
    alert: 'mean rises by a quarter in a day',
    pending: true,
  },
  ctr_calibration_ratio: {
    type: 'gauge',
    companion: 10,
    unit: 'ratio',
    help: 'Predicted clicks divided by clicks, 1 is calibrated',
    labels: ['strategy', 'catalog'],
    owner: 'signal.calibration',
    panel: 'Click calibration',
    alert: 'outside 0.8 to 1.25',
    pending: true,
  },
  catalog_coverage_ratio: {
    type: 'gauge',
    key: 11,
    unit: 'ratio',
    help: 'Distinct items shown in the window divided by the live items of the catalogue',
    labels: ['strategy', 'catalog'],
    owner: 'coverage.measured',
    panel: 'Catalogue coverage',
    alert: 'half of the week before',
  },
  slate_diversity_ratio: {
    type: 'histogram',
    key: 12,
    unit: 'ratio',
    help: 'Mean pairwise distance of the items of a slate, 0 to 1',
    labels: ['strategy'],
    buckets: tenths,
    owner: 'signal.diversity',
    panel: 'Slate diversity',
    pending: true,
  },
  slate_novelty_bits: {
    type: 'histogram',
    key: 13,
    unit: 'bits',
    help: 'Mean self-information of the items of a slate under their popularity',
    labels: ['strategy'],
    buckets: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20],
    owner: 'signal.novelty',
    panel: 'Slate novelty',
    pending: true,
  },
  item_similarity_decay_rate: {
    type: 'histogram',
    key: 14,
    unit: '',
    help: 'Loss of similarity between an item and its neighbours per hour; 0 is stable',
    labels: ['catalog'],
    buckets: [0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    owner: 'signal.similarity',
    panel: 'Similarity decay',
    alert: 'share of items over the retrain threshold',
    pending: true,
  },
  cold_items: {
    type: 'gauge',
    companion: 14,
    unit: '',
    help: 'Items that wait for their first vector',
    labels: ['catalog'],
    owner: 'signal.similarity',
    panel: 'Cold items waiting',
    alert: 'grows for a day',
    pending: true,
  },
  session_freshness_entropy_bits: {
    type: 'histogram',
    key: 15,
    unit: 'bits',
    help: 'Entropy of the gaps between the events of a session over fixed log-spaced bins',
    labels: ['segment'],
    buckets: [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3],
    owner: 'signal.freshness',
    panel: 'Session entropy',
    pending: true,
  },
  session_freshness_ratio: {
    type: 'gauge',
    companion: 15,
    unit: 'ratio',
    help: 'Mean freshness of the recent sessions, 0 to 1',
    labels: ['segment'],
    owner: 'signal.freshness',
    panel: 'Session freshness',
    alert: 'two deviations under the week',
    pending: true,
  },
  domain_drift_coefficient: {
    type: 'gauge',
    key: 16,
    unit: '',
    help: 'Drift between two domains, 0.05 is none and 1 is complete',
    labels: ['source', 'target'],
    owner: 'signal.drift',
    panel: 'Domain drift',
    alert: 'over the calibrated threshold of the pair',
    pending: true,
  },
  domain_distance: {
    type: 'gauge',
    companion: 16,
    unit: '',
    help: 'Wasserstein-1 distance between two domains before scaling',
    labels: ['source', 'target'],
    owner: 'signal.drift',
    panel: 'Domain distance',
    pending: true,
  },
  experiment_allocation_ratio: {
    type: 'gauge',
    key: 17,
    unit: 'ratio',
    help: 'Share of the exposures of an experiment that a variant received',
    labels: ['experiment', 'variant'],
    owner: 'signal.allocation',
    panel: 'Experiment allocation',
    alert: 'sample ratio mismatch',
    pending: true,
  },
  http_server_request_duration_seconds: {
    type: 'histogram',
    unprefixed: true,
    unit: 'seconds',
    help: 'Duration of HTTP server requests',
    labels: ['http_request_method', 'http_route', 'http_response_status_code', 'error_type'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    owner: 'http.finished',
    panel: 'HTTP latency',
    alert: 'share of 5xx over the availability objective',
  },
  component_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time one component took inside its stage',
    labels: ['work', 'stage', 'component'],
    buckets: stageSeconds,
    owner: 'request.finished',
    panel: 'Component latency',
  },
  retriever_hits_total: {
    type: 'counter',
    unit: '',
    help: 'Candidates a retriever brought',
    labels: ['work', 'component'],
    owner: 'request.finished',
    panel: 'Retriever hits',
    alert: 'a retriever brings nothing for ten minutes',
  },
  filter_removed_total: {
    type: 'counter',
    unit: '',
    help: 'Candidates a filter removed',
    labels: ['work', 'component'],
    owner: 'request.finished',
    panel: 'Filtered candidates',
  },
  feedback_events_total: {
    type: 'counter',
    unit: '',
    help: 'Feedback events by what became of them',
    labels: ['outcome'],
    owner: 'feedback.accepted',
    panel: 'Feedback events',
    alert: 'rejected share over 10 %',
  },
  context_replaced_total: {
    type: 'counter',
    unit: '',
    help: 'Inbound context headers that were invalid and replaced',
    labels: ['part'],
    owner: 'context.replaced',
    panel: 'Replaced context',
  },
  ring_events_total: {
    type: 'counter',
    unit: '',
    help: 'Events the signals worker took from the ring',
    labels: ['kind'],
    owner: 'events.drained',
    panel: 'Ring events',
  },
  ring_lag_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'Mean time events spent in the ring in the last report period',
    labels: [],
    owner: 'ring.lagged',
    panel: 'Ring lag',
  },
  ring_lag_max_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'Longest time an event spent in the ring in the last report period',
    labels: [],
    owner: 'ring.lagged',
    panel: 'Ring lag',
    alert: 'over one second for five minutes',
  },
  model_loaded: {
    type: 'gauge',
    unit: '',
    help: 'Whether a model is loaded, 1 or 0',
    labels: ['model'],
    owner: 'model.loaded',
    panel: 'Models',
    alert: '0 for ten minutes',
  },
  model_failures_total: {
    type: 'counter',
    unit: '',
    help: 'Models that could not be loaded, by error code',
    labels: ['model', 'code'],
    owner: 'model.failed',
    panel: 'Model failures',
    alert: 'any',
  },
  model_size_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Size of the model bytes of the last training',
    labels: ['model'],
    owner: 'training.finished',
    panel: 'Model size',
  },
  training_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Time a training run took',
    labels: ['model'],
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400],
    owner: 'training.finished',
    panel: 'Training time',
  },
  generation_info: {
    type: 'gauge',
    unit: '',
    help: 'The generation that serves, always 1',
    labels: ['generation'],
    owner: 'generation.published',
    panel: 'Generation',
  },
  generation_published_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'Unix time at which the generation that serves was published',
    labels: [],
    owner: 'generation.published',
    panel: 'Generation',
  },
  store_rows: {
    type: 'gauge',
    unit: '',
    help: 'Rows of a store when it was opened',
    labels: ['store', 'table'],
    owner: 'store.opened',
    panel: 'Store rows',
  },
  build_info: {
    type: 'gauge',
    unit: '',
    help: 'Versions of Sightline and of Node.js, always 1',
    labels: ['version', 'node'],
    owner: 'telemetry.opened',
    panel: 'Build',
  },
  series: {
    type: 'gauge',
    unit: '',
    help: 'Time series that the metrics of this table take in the exposition',
    labels: [],
    owner: 'metric-set',
    panel: 'Series',
    alert: 'over 10,000',
  },
  label_overflow_total: {
    type: 'counter',
    unit: '',
    help: 'Label sets asked for beyond the cap, kept as __other__',
    labels: ['metric'],
    owner: 'metric-set',
    panel: 'Label overflow',
    alert: 'any',
  },
  observations_rejected_total: {
    type: 'counter',
    unit: '',
    help: 'Values that were not finite, or negative for a counter, and were left out',
    labels: ['metric'],
    owner: 'metric-set',
    panel: 'Rejected values',
    alert: 'any',
  },
} as const satisfies Record<string, MetricRow>;

/** The name of a series in the table. */
export type MetricName = keyof typeof metricTable;

type NamesOfType<Type extends MetricRow['type']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends Type ? Name : never;
}[MetricName];

export type CounterName = NamesOfType<'counter'>;
export type GaugeName = NamesOfType<'gauge'>;
export type HistogramName = NamesOfType<'histogram'>;

/** The label names of a series. */
export type LabelName<Name extends MetricName> = (typeof metricTable)[Name]['labels'][number];

/** The name a scraper sees. */
export function exposedName(name: MetricName): string {
  const row: MetricRow = metricTable[name];
  return row.unprefixed ? name : `sightline_${name}`;
}
