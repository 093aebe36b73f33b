import { expect, test } from 'vitest';
import { createFactRecorder } from '../../src/telemetry/fact-recorder.ts';
import { createFactSeries } from '../../src/telemetry/fact-series.ts';
import type { Emit, FactName, Facts } from '../../src/telemetry/facts.ts';
import type { Log, LogLevel } from '../../src/telemetry/log.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { LogDestination } from '../../src/telemetry/log-destination.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { type HistogramName, metricTable } from '../../src/telemetry/metrics.ts';
import { exposed } from './exposed.ts';

const day = 86_400_000;

/** A value in each bucket of a histogram. */
const inBuckets = (metric: HistogramName) => {
  const { buckets } = metricTable[metric];
  return { counts: new Array<number>(buckets.length + 1).fill(1), sum: buckets.length };
};

/** One fact of each name. */
const facts: { [Name in FactName]: Facts[Name] } = {
  'store.fetched': { store: 'memory', outcome: 'ok', seconds: 0.002 },
  'feature.read': { store: 'memory', feature: 'age', asked: 4, missing: 1 },
  'feature.aged': { store: 'memory', ageSeconds: 30 },
  'breaker.measured': { store: 'catalogue', state: 'half_open' },
  'breaker.changed': { store: 'catalogue', from: 'half_open', to: 'open' },
  'snapshot.measured': {
    store: 'catalogue',
    ...{ hits: 90, misses: 10, dropped: 1, bytes: 4096, isLive: true },
  },
  'feedback.accepted': { type: 'click', events: 5 },
  'feedback.duplicated': { events: 2 },
  'feedback.rejected': { reason: 'too_old', events: 3 },
  'feedback.unmatched': { events: 1 },
  'events.dropped': { reason: 'ring_full', events: 7 },
  'events.drained': { kind: 'exposure', events: 20 },
  'ring.lagged': { meanSeconds: 0.01, maxSeconds: 0.02 },
  'coverage.measured': { strategy: 'blend', catalog: 'shoes', exposed: 5, items: 20 },
  'exposures.measured': { catalog: 'shoes', gini: 0.4, coldShare: 0.1 },
  'slates.measured': {
    strategy: 'blend',
    diversity: inBuckets('slate_diversity_ratio'),
    novelty: inBuckets('slate_novelty_bits'),
    repetition: 0.2,
  },
  'clicks.judged': {
    strategy: 'blend',
    catalog: 'shoes',
    errors: inBuckets('ctr_prediction_error'),
  },
  'calibration.measured': {
    strategy: 'blend',
    catalog: 'shoes',
    ratio: 1.1,
    logLoss: 0.3,
    brier: 0.1,
    calibrationError: 0.02,
  },
  'flag.evaluated': { experiment: 'new-blend', variant: 'control', reason: 'no_key' },
  'series.watched': { series: 120, seconds: 0.004 },
  'anomaly.changed': {
    ...{ anomaly: 'a1', summary: 'slow is up: unexplained', measure: 'slow' },
    ...{ state: 'firing', direction: 'up', delaySeconds: 45 },
  },
  'anomalies.open': { pending: 1, firing: 1 },
  'anomaly.attributed': { measure: 'slow', found: 'explained', seconds: 0.02 },
  'cube.kept': { leaves: 40, cells: 300, overflow: 2 },
  'alert.received': { source: 'grafana', alerts: 1 },
  'webhook.attempted': { endpoint: 'ops', outcome: 'delivered', seconds: 0.03 },
  'webhook.queued': { endpoint: 'ops', deliveries: 2 },
  'feedback.joined': { outcome: 'matched', events: 9 },
  'similarity.measured': {
    catalog: 'shoes',
    decayRates: inBuckets('item_similarity_decay_rate'),
  },
  'items.cold': { catalog: 'shoes', items: 3 },
  'retraining.waits': { items: 2 },
  'items.retrained': { outcome: 'published', items: 2, seconds: 0.3 },
  'sessions.measured': {
    segment: 'de',
    entropies: inBuckets('session_freshness_entropy_bits'),
    freshness: 0.6,
  },
  'drift.measured': { source: 'shoes', target: 'bags', coefficient: 0.5, distance: 1, scale: 2 },
  'signal.read': {
    ...{ signal: 'dwell', measure: 'mean_seconds', work: 'home', strategy: '' },
    ...{ segment: '', catalog: '', value: 4.5 },
  },
  'served.measured': { strategy: 'blend', catalog: 'shoes', clickRatio: 0.2, positiveRatio: 0.5 },
  'exposures.judged': { strategy: 'blend', catalog: 'shoes', outcome: 'read', exposures: 4 },
  'arm.measured': {
    ...{ experiment: 'new-blend', variant: 'treatment' },
    ...{ clickRatio: 0.2, positiveRatio: 0.5 },
  },
  'allocation.measured': { experiment: 'new-blend', variant: 'treatment', ratio: 0.1 },
  'arms.compared': { experiment: 'new', outcome: 'clicks', value: 0.02, low: 0.01, high: 0.03 },
  'split.calibrated': { experiment: 'new-blend', share: 0.1, drift: 0.2, mismatchPValue: 0.4 },
  'split.changed': { experiment: 'new-blend', from: 0.1, to: 0.25, drift: 0.4 },
  'fallback.served': { work: 'home', stage: 'score', reason: 'timeout.stage', traceId: '' },
  'context.replaced': { part: 'baggage' },
  'request.shed': { priority: 'batch', reason: 'shed.concurrency', answer: 'popular' },
  'admission.measured': { limit: 200, inFlight: 30 },
  'effect.ended': { effect: 'shadow', outcome: 'done', seconds: 0.002 },
  'effect.failed': { effect: 'shadow', cause: new Error('why') },
  'effect.dropped': { effect: 'shadow', reason: 'full' },
  'effects.queued': { waiting: 3 },
  'list.asked': { work: 'home', result: 'hit' },
  'lists.kept': { lists: 2, bytes: 3000 },
  'shadow.finished': {
    ...{ work: 'home', shadow: 'next', outcome: 'ok', requestId: 'r1', traceId: '' },
    ...{ overlap: 0.75, kendallTau: 0.5, latencyRatio: 1.5 },
  },
  'metrics.pushed': { destination: 'prom', outcome: 'delivered', samples: 900, seconds: 0.02 },
  'metrics.sampled': { destination: 'prom', leftOut: 12 },
  'metrics.queued': { destination: 'prom', pushes: 1 },
  'metric.unread': { metric: 'shop_carts', reason: 'late' },
  'destination.failed': { destination: 'prom', reason: 'status 503' },
  'destination.recovered': { destination: 'prom' },
  'http.finished': { method: 'GET', route: '/healthz', status: 200, seconds: 0.001, errorType: '' },
  'model.loaded': {
    ...{ model: 'popular', version: 'v1', trainedAtMs: 9 * day },
    ...{ sampledEdgesRatio: 0.75, coverageRatio: 0.9 },
  },
  'vectors.compared': {
    ...{ model: 'popular', version: 'v2', replaced: 'v1', drift: 0.125, items: 20 },
  },
  'model.failed': { model: 'item2vec', code: 'SL_MODEL_CORRUPT', cause: new Error('short') },
  'generation.published': { generation: 'g1', trigger: 'start', works: 3, models: 5 },
  'generations.changed': { kept: 1, staged: 0, draining: 2 },
  'generation.changed': {
    ...{ trigger: 'control', outcome: 'held', generation: 'g2', seconds: 0.2 },
    reasons: ['overlap is 0.10, expected at least 0.50'],
  },
  'generation.failed': { trigger: 'file', phase: 'load', cause: new Error('cut') },
  'announcement.heard': { change: 'reload' },
  'change.announced': { change: 'reload', outcome: 'sent' },
  'table.loaded': { table: 'blocked', kind: 'set', keys: 3, bytes: 128, seconds: 0.05 },
  'table.failed': { table: 'blocked', cause: new Error('cut') },
  'plugin.loaded': { plugin: 'margin', hash: 'c0ffee123456', isolated: true, seconds: 0.2 },
  'plugin.failed': { plugin: 'margin', cause: new Error('no default export') },
  'plugin.ended': { plugin: 'margin', reason: 'took too long', restartMs: 100 },
  'training.started': { run: 'r1', trigger: 'timer', models: 2 },
  'training.loaded': { users: 1, items: 20, sessions: 30, events: 90 },
  'training.phase_ended': { run: 'r1', phase: 'gate', model: 'popular', seconds: 0.1 },
  'training.failed': { run: 'r1', model: 'wild', cause: new Error('too much') },
  'training.ended': {
    ...{ run: 'r1', trigger: 'timer', outcome: 'partial', seconds: 3, peakBytes: 1e8 },
  },
  'model.judged': {
    ...{ model: 'popular', verdict: 'reject', reasons: ['worse'] },
    ...{ recall: 0.2, ndcg: 0.1, mrr: 0.05, hitRate: 0.2, coverage: 0.3 },
  },
  'model.promoted': { model: 'popular', version: 'v2', trigger: 'training' },
  'training.finished': { model: 'popular', seconds: 2, bytes: 1000 },
  'rows.imported': {
    ...{ table: 'feedback', rows: 9, rejected: 1, seconds: 0.5, outcome: 'done' },
  },
  'store.opened': { store: 'sqlite', items: 1, users: 2, feedback: 3, seconds: 0.5 },
  'faults.changed': { faults: ['slow store'] },
  'breaker.opened': { store: 'catalogue' },
  'breaker.closed': { store: 'catalogue' },
  'control.changed': {
    ...{ action: 'drain', path: '/control/drain', requestId: 'r1', address: '10.0.0.7' },
    ...{ token: 'control', outcome: 'done', code: '' },
  },
  'control.denied': {
    ...{ action: 'drain', path: '/control/drain', requestId: 'r2', address: '10.0.0.8' },
    token: 'wrong',
  },
  'control.limited': { action: 'drain' },
  'log.level_changed': { from: 'info', to: 'debug', reason: 'asked' },
  'profile.taken': { type: 'cpu', seconds: 10, outcome: 'done' },
  'access.refused': { reason: 'rate', key: 'web', address: '10.0.0.7' },
  'access.exposed': { host: '0.0.0.0' },
  'server.listening': { listener: 'query', url: 'http://127.0.0.1:8080' },
  'server.draining': { inFlight: 2 },
  'server.failed': { code: 'SL_INTERNAL', cause: new Error('why') },
};

function open(level: LogLevel = 'info') {
  const now = { ms: 10 * day };
  const clock = { now: () => now.ms, monotonic: () => now.ms };
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line)),
  } as LogDestination;
  const log = createLog({ destination, level, clock });
  const set = createMetricSet();
  const emit = createFactRecorder({ series: createFactSeries(set, clock), log, clock });
  return { emit, set, lines, now };
}

const emitAll = (emit: Emit) => {
  for (const [name, fact] of Object.entries(facts)) emit(name as FactName, fact);
};

test('facts feed every series that they own', async () => {
  const { emit, set } = open();
  emitAll(emit);
  const names = Object.entries(await exposed(set)).filter(([, value]) => value > 0);
  const text = names.map(([name]) => name).join('\n');
  for (const [name, { owner }] of Object.entries(metricTable)) {
    if (owner in facts) expect(text).toContain(name);
  }
});

test('the values of facts become the values of series', async () => {
  const { emit, set } = open();
  emitAll(emit);
  expect(await exposed(set)).toMatchObject({
    'sightline_store_fetch_duration_seconds_sum{store="memory",outcome="ok"}': 0.002,
    'sightline_feature_missing_ratio{store="memory",feature="age"}': 0.25,
    'sightline_feature_age_seconds_sum{store="memory"}': 30,
    'sightline_events_dropped_total{reason="ring_full"}': 7,
    'sightline_ring_events_total{kind="exposure"}': 20,
    sightline_ring_lag_max_seconds: 0.02,
    'sightline_catalog_coverage_ratio{strategy="blend",catalog="shoes"}': 0.25,
    'sightline_fallback_total{work="home",stage="score",reason="timeout.stage"}': 1,
    'sightline_context_replaced_total{part="baggage"}': 1,
    'sightline_access_refused_total{reason="rate",key="web"}': 1,
    'sightline_control_changes_total{action="drain",outcome="done"}': 1,
    'sightline_control_changes_total{action="drain",outcome="denied"}': 1,
    'sightline_control_changes_total{action="drain",outcome="limited"}': 1,
    'sightline_requests_shed_total{priority="batch",reason="shed.concurrency",answer="popular"}': 1,
    'sightline_requests_shed_total{priority="shadow",reason="shed.eventloop",answer="refused"}': 0,
    'sightline_shadow_runs_total{work="home",shadow="next",outcome="ok"}': 1,
    'sightline_shadow_overlap_ratio_sum{work="home",shadow="next"}': 0.75,
    'sightline_shadow_concordance_ratio_sum{work="home",shadow="next"}': 0.75,
    'sightline_shadow_latency_ratio_sum{work="home",shadow="next"}': 1.5,
    'sightline_effects_dropped_total{effect="shadow",reason="full"}': 1,
    sightline_effects_waiting: 3,
    'sightline_kept_list_lookups_total{work="home",result="hit"}': 1,
    sightline_kept_lists: 2,
    sightline_kept_lists_size_bytes: 3000,
    sightline_admission_limit: 200,
    sightline_admission_in_flight: 30,
    'sightline_model_age_seconds{model="popular"}': 86_400,
    'sightline_model_loaded{model="popular"}': 1,
    'sightline_graph_sampled_edges_ratio{model="popular"}': 0.75,
    'sightline_graph_coverage_ratio{model="popular"}': 0.9,
    'sightline_embedding_drift_ratio{model="popular"}': 0.125,
    'sightline_model_loaded{model="item2vec"}': 0,
    'sightline_model_failures_total{model="item2vec",code="SL_MODEL_CORRUPT"}': 1,
    'sightline_generation_info{generation="g1"}': 1,
    sightline_generation_published_timestamp_seconds: 864_000,
    'sightline_store_rows{store="sqlite",table="feedback"}': 3,
    'sightline_training_runs_total{outcome="partial",trigger="timer"}': 1,
    'sightline_training_runs_total{outcome="published",trigger="timer"}': 0,
    'sightline_training_data{kind="sessions"}': 30,
    'sightline_model_quality_ratio{model="popular",measure="hit_rate"}': 0.2,
    'sightline_model_gate_rejections_total{model="popular",reason="worse"}': 1,
    'sightline_model_gate_rejections_total{model="popular",reason="slow"}': 0,
  });
});

test('each feedback event counts once, also when its item is unknown', async () => {
  const { emit, set } = open();
  emit('feedback.unmatched', { events: 2 });
  emit('feedback.accepted', { type: 'click', events: 3 });
  emit('feedback.accepted', { type: 'view', events: 4 });
  emit('feedback.rejected', { reason: 'invalid', events: 1 });
  expect(await exposed(set)).toMatchObject({
    'sightline_feedback_events_total{outcome="unmatched"}': 2,
    'sightline_feedback_events_total{outcome="accepted"}': 5,
    'sightline_feedback_events_total{outcome="rejected_invalid"}': 1,
  });
});

test('the share of missing features forgets the past', async () => {
  const { emit, set, now } = open();
  const read = (missing: number) =>
    emit('feature.read', { store: 's', feature: 'f', asked: 100, missing });
  const ratio = async () =>
    (await exposed(set))['sightline_feature_missing_ratio{store="s",feature="f"}'];
  read(100);
  expect(await ratio()).toBe(1);
  now.ms += 60_000;
  read(0);
  expect(await ratio()).toBeCloseTo(1 / 3, 9);
  now.ms += 3_600_000;
  read(50);
  expect(await ratio()).toBeCloseTo(0.5, 9);
});

test('a new generation takes the place of the old one', async () => {
  const { emit, set } = open();
  for (let g = 1; g <= 200; g++) {
    const generation = `g${g}`;
    emit('generation.published', { generation, trigger: 'start', works: 1, models: 1 });
  }
  const samples = await exposed(set);
  const shown = Object.keys(samples).filter((name) => name.startsWith('sightline_generation_info'));
  expect(shown).toEqual(['sightline_generation_info{generation="g200"}']);
});

test('a model that fails to load again stays loaded', async () => {
  const { emit, set } = open();
  emit('model.loaded', { ...facts['model.loaded'], trainedAtMs: 0 });
  emit('model.failed', { model: 'popular', code: 'SL_MODEL_CORRUPT', cause: undefined });
  expect((await exposed(set))['sightline_model_loaded{model="popular"}']).toBe(1);
});

test('a model that no longer learns from a graph shows none of its numbers', async () => {
  const { emit, set } = open();
  emit('model.loaded', facts['model.loaded']);
  expect(Object.keys(await exposed(set)).join()).toContain('sightline_graph_coverage_ratio');
  const none = { sampledEdgesRatio: undefined, coverageRatio: undefined };
  emit('model.loaded', { ...facts['model.loaded'], ...none });
  expect(Object.keys(await exposed(set)).join()).not.toContain('sightline_graph_');
});

test('facts of the life of the process are logged with their fields in snake case', () => {
  const { emit, lines } = open();
  emitAll(emit);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'events.dropped',
    'anomaly.changed',
    'items.retrained',
    'split.changed',
    'destination.failed',
    'destination.recovered',
    'model.loaded',
    'vectors.compared',
    'model.failed',
    'generation.published',
    'generation.changed',
    'generation.failed',
    'announcement.heard',
    'change.announced',
    'table.loaded',
    'table.failed',
    'plugin.loaded',
    'plugin.failed',
    'plugin.ended',
    'training.started',
    'training.failed',
    'training.ended',
    'model.judged',
    'model.promoted',
    'training.finished',
    'rows.imported',
    'store.opened',
    'faults.changed',
    'breaker.opened',
    'breaker.closed',
    'control.changed',
    'control.denied',
    'log.level_changed',
    'profile.taken',
    'access.exposed',
    'server.listening',
    'server.draining',
    'server.failed',
  ]);
  expect(lines[6]).toEqual({
    level: 'info',
    time: '1970-01-11T00:00:00.000Z',
    model: 'popular',
    version: 'v1',
    trained_at_ms: 9 * day,
    sampled_edges_ratio: 0.75,
    coverage_ratio: 0.9,
    msg: 'model.loaded',
  });
  expect(lines[8]).toMatchObject({ level: 'error', cause: ['Error: short'] });
});

test('shadows, effects that fail and keys turned away are logged for who looks closely', () => {
  const { emit, lines } = open('debug');
  emitAll(emit);
  const debug = lines.filter(({ level }) => level === 'debug');
  expect(debug).toMatchObject([
    { msg: 'effect.failed', effect: 'shadow', cause: ['Error: why'] },
    { msg: 'shadow.finished', shadow: 'next', request_id: 'r1', overlap: 0.75, kendall_tau: 0.5 },
    { msg: 'access.refused', reason: 'rate', key: 'web', address: '10.0.0.7' },
  ]);
});

test('losses are logged once in ten seconds for each reason, summed up, and never for the log', () => {
  const { emit, lines, now } = open();
  for (let i = 0; i < 5; i++) emit('events.dropped', { reason: 'span_export', events: 10 });
  emit('events.dropped', { reason: 'log_write', events: 1 });
  now.ms += 10_000;
  emit('events.dropped', { reason: 'span_export', events: 10 });
  expect(lines.map(({ reason, events }) => [reason, events])).toEqual([
    ['span_export', 10],
    ['span_export', 50],
  ]);
});

test('hostile text of a fact does not leave its field', () => {
  const raw: string[] = [];
  const clock = { now: () => 0, monotonic: () => 0 };
  const destination = { write: (line: string) => void raw.push(line) } as LogDestination;
  const log = createLog({ destination, level: 'info', clock });
  const emit = createFactRecorder({ series: undefined, log, clock });
  const text = '"}\n{"level":"x\u001b[2J\u009b\u2028';
  emit('server.failed', { code: text, cause: new Error(text) });
  expect(raw).toHaveLength(1);
  expect(raw[0].slice(0, -1)).not.toMatch(/[\p{Cc}\u2028]/u);
  expect(JSON.parse(raw[0])).toMatchObject({ code: text, cause: [`Error: ${text}`] });
});

test('a log or a series that fails is no failure of who emits', () => {
  const fail = () => {
    throw new Error('no');
  };
  const emit = createFactRecorder({
    series: { 'server.draining': fail },
    log: { info: fail } as unknown as Log,
    clock: { now: () => 0, monotonic: () => 0 },
  });
  expect(() => emit('server.draining', { inFlight: 1 })).not.toThrow();
  expect(() => emit('server.listening', { listener: 'query', url: '' })).not.toThrow();
});
