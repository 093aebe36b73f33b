import type { Clock } from '../domain/clock.ts';
import { createAnomalySeries } from './anomaly-series.ts';
import { within } from './bounded-map.ts';
import { createEffectSeries } from './effect-series.ts';
import { createExportSeries } from './export-series.ts';
import type { FactName, Facts } from './facts.ts';
import { createFeatureStoreSeries } from './feature-store-series.ts';
import { createGenerationSeries } from './generation-series.ts';
import { createHttpSeries } from './http-series.ts';
import { createKeptSeries } from './kept-series.ts';
import type { Counter, Gauge, Histogram, MetricSet } from './metric-set.ts';
import { createSignalSeries } from './signal-series.ts';
import { createTrainingSeries } from './training-series.ts';

/** What turns each fact into observations; a fact without an entry feeds no series. */
export type FactSeries = { readonly [Name in FactName]?: (fact: Facts[Name]) => void };

/** Binds every series that a fact feeds. Facts of the request path find their series bound already. */
export function createFactSeries(set: MetricSet, clock: Clock): FactSeries {
  return {
    ...storeSeries(set, clock),
    ...createFeatureStoreSeries(set),
    ...feedbackSeries(set),
    ...pipelineSeries(set),
    ...admissionSeries(set),
    ...createEffectSeries(set),
    ...createKeptSeries(set),
    ...controlSeries(set),
    ...modelSeries(set, clock),
    ...createGenerationSeries(set, clock),
    ...createTrainingSeries(set),
    ...ringSeries(set),
    ...createSignalSeries(set),
    ...createAnomalySeries(set),
    ...createExportSeries(set),
  };
}

function storeSeries(set: MetricSet, clock: Clock) {
  const fetches = new Map<string, Map<string, Histogram>>();
  const ages = new Map<string, Histogram>();
  const missing = new Map<string, Map<string, (asked: number, missing: number) => void>>();
  return {
    'store.fetched': ({ store, outcome, seconds }) => {
      const outcomes = within(fetches, store, () => new Map<string, Histogram>());
      within(outcomes, outcome, () =>
        set.histogram('store_fetch_duration_seconds', { store, outcome }),
      ).observe(seconds);
    },
    'feature.read': ({ store, feature, asked, missing: absent }) => {
      const features = within(missing, store, () => new Map());
      within(features, feature, () =>
        createRecentShare(set.gauge('feature_missing_ratio', { store, feature }), clock),
      )(asked, absent);
    },
    'feature.aged': ({ store, ageSeconds }) => {
      within(ages, store, () => set.histogram('feature_age_seconds', { store })).observe(
        ageSeconds,
      );
    },
    'store.opened': ({ store, items, users, feedback }) => {
      for (const [table, rows] of Object.entries({ items, users, feedback })) {
        set.gauge('store_rows', { store, table }).set(rows);
      }
    },
  } satisfies FactSeries;
}

/** Reads of this age count half in a share of the recent past. */
const halfLifeMs = 60_000;

/** Shows the share of what was asked that was missing, older reads counting less and less. */
function createRecentShare(gauge: Gauge, clock: Clock): (asked: number, missing: number) => void {
  let askedBefore = 0;
  let missingBefore = 0;
  let at = clock.monotonic();
  return (asked, missing) => {
    const now = clock.monotonic();
    const weight = 2 ** ((at - now) / halfLifeMs);
    at = now;
    askedBefore = askedBefore * weight + asked;
    missingBefore = missingBefore * weight + missing;
    if (askedBefore > 0) gauge.set(missingBefore / askedBefore);
  };
}

function feedbackSeries(set: MetricSet) {
  const outcomes = new Map<string, Counter>();
  const add = (outcome: string, events: number) =>
    within(outcomes, outcome, () => set.counter('feedback_events_total', { outcome })).add(events);
  let unmatched = 0;
  return {
    // Accepted events of unknown items are said twice, first as unmatched: each event counts once.
    'feedback.unmatched': ({ events }) => {
      unmatched += events;
      add('unmatched', events);
    },
    'feedback.accepted': ({ events }) => {
      const counted = Math.min(unmatched, events);
      unmatched -= counted;
      if (events > counted) add('accepted', events - counted);
    },
    'feedback.duplicated': ({ events }) => add('duplicated', events),
    'feedback.rejected': ({ reason, events }) => add(`rejected_${reason}`, events),
  } satisfies FactSeries;
}

function pipelineSeries(set: MetricSet) {
  const http = createHttpSeries(set);
  const fallbacks = new Map<string, Map<string, Map<string, Counter>>>();
  return {
    'fallback.served': ({ work, stage, reason, traceId }) => {
      const stages = within(fallbacks, work, () => new Map<string, Map<string, Counter>>());
      const reasons = within(stages, stage, () => new Map<string, Counter>());
      within(reasons, reason, () => set.counter('fallback_total', { work, stage, reason })).add(
        1,
        traceId,
      );
    },
    'http.finished': (answer) => http(answer).observe(answer.seconds),
    'access.refused': ({ reason, key }) =>
      set.counter('access_refused_total', { reason, key }).add(1),
    'context.replaced': ({ part }) => set.counter('context_replaced_total', { part }).add(1),
    'metric.unread': ({ metric, reason }) =>
      set.counter('metrics_unread_total', { metric, reason }).add(1),
    'events.dropped': ({ reason, events }) =>
      set.counter('events_dropped_total', { reason }).add(events),
    'profile.taken': ({ type, outcome }) => set.counter('profiles_total', { type, outcome }).add(1),
  } satisfies FactSeries;
}

function admissionSeries(set: MetricSet) {
  let isBegun = false;
  const count = (shed: Facts['request.shed'], requests: number) =>
    set.counter('requests_shed_total', shed).add(requests);
  // A counter that begins at 0 shows its first increment as a rate.
  const begin = () => {
    isBegun = true;
    for (const priority of ['interactive', 'batch', 'shadow'] as const)
      for (const reason of ['shed.concurrency', 'shed.eventloop'] as const)
        for (const answer of ['popular', 'refused'] as const)
          count({ priority, reason, answer }, 0);
  };
  return {
    'request.shed': (shed) => count(shed, 1),
    'admission.measured': ({ limit, inFlight }) => {
      if (!isBegun) begin();
      set.gauge('admission_limit').set(limit);
      set.gauge('admission_in_flight').set(inFlight);
    },
  } satisfies FactSeries;
}

function controlSeries(set: MetricSet) {
  const count = (action: string, outcome: string) =>
    set.counter('control_changes_total', { action, outcome }).add(1);
  return {
    'control.changed': ({ action, outcome }) => count(action, outcome),
    'control.denied': ({ action }) => count(action, 'denied'),
    'control.limited': ({ action }) => count(action, 'limited'),
  } satisfies FactSeries;
}

type GraphGauge = 'graph_sampled_edges_ratio' | 'graph_coverage_ratio';

function modelSeries(set: MetricSet, clock: Clock) {
  const loaded = new Set<string>();
  // The kind of a model may change with the configuration.
  const show = (name: GraphGauge, model: string, ratio: number | undefined) =>
    ratio === undefined ? set.remove(name, { model }) : set.gauge(name, { model }).set(ratio);
  return {
    'model.loaded': ({ model, trainedAtMs, sampledEdgesRatio, coverageRatio }) => {
      loaded.add(model);
      show('graph_sampled_edges_ratio', model, sampledEdgesRatio);
      show('graph_coverage_ratio', model, coverageRatio);
      set.gauge('model_loaded', { model }).set(1);
      set
        .gauge('model_age_seconds', { model })
        .follow(() => Math.max(0, clock.now() - trainedAtMs) / 1000);
    },
    'model.failed': ({ model, code }) => {
      set.counter('model_failures_total', { model, code }).add(1);
      // A model that was loaded before goes on serving.
      if (!loaded.has(model)) set.gauge('model_loaded', { model }).set(0);
    },
    'vectors.compared': ({ model, drift }) =>
      set.gauge('embedding_drift_ratio', { model }).set(drift),
    'training.finished': ({ model, seconds, bytes }) => {
      set.histogram('training_duration_seconds', { model }).observe(seconds);
      set.gauge('model_size_bytes', { model }).set(bytes);
    },
  } satisfies FactSeries;
}

function ringSeries(set: MetricSet) {
  return {
    'events.drained': ({ kind, events }) => set.counter('ring_events_total', { kind }).add(events),
    'ring.lagged': ({ meanSeconds, maxSeconds }) => {
      set.gauge('ring_lag_seconds').set(meanSeconds);
      set.gauge('ring_lag_max_seconds').set(maxSeconds);
    },
  } satisfies FactSeries;
}
