import type { AssignmentReason } from '../domain/assignment.ts';
import type { DegradationReason, StageName } from '../domain/degradation.ts';
import type {
  AccessRefusal,
  BreakerState,
  BucketedValues,
  ChangeTrigger,
  ControlCall,
  FetchOutcome,
} from './fact-values.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Outcome } from './request-record.ts';

/**
 * The one table of facts: what code may say happened, with its fields. What a fact becomes (series, log
 * line, ring event) is decided here and in `recorder.ts`, never where it happens.
 *
 * The fact of a finished request is the `RequestRecord` itself.
 */
export interface Facts extends ModelFacts {
  'store.fetched': {
    store: string;
    /** The last two: the store was not asked. */
    outcome: FetchOutcome;
    seconds: number;
  };
  'feature.read': { store: string; feature: string; asked: number; missing: number };
  'feature.aged': { store: string; ageSeconds: number };
  'breaker.changed': { store: string; from: BreakerState; to: BreakerState };
  /** The first change of many while a store is away, and the last. */
  'breaker.opened': { store: string };
  'breaker.closed': { store: string };
  /** Once a second, as is the next. */
  'breaker.measured': { store: string; state: BreakerState };
  /** Keys that the snapshot of a store answered and did not, and how often it was emptied, since the fact before. */
  'snapshot.measured': {
    store: string;
    hits: number;
    misses: number;
    dropped: number;
    /** What it holds, roughly. */
    bytes: number;
    /** Whether every change is told; undefined where nothing tells. */
    isLive: boolean | undefined;
  };
  'feedback.accepted': { type: string; events: number };
  'feedback.duplicated': { events: number };
  'feedback.rejected': {
    reason: 'invalid' | 'unknown_item' | 'unknown_user' | 'too_old' | 'future';
    events: number;
  };
  'feedback.unmatched': { events: number };
  /** An import has ended, or broke off; what it put stays. */
  'rows.imported': {
    table: 'users' | 'items' | 'feedback';
    rows: number;
    rejected: number;
    seconds: number;
    outcome: 'done' | 'broken_off';
  };
  'events.dropped': {
    reason: 'ring_full' | 'signal_memory' | 'span_queue_full' | 'span_export' | 'log_write';
    events: number;
  };
  'events.drained': { kind: 'exposure' | 'feedback' | 'request'; events: number };
  'ring.lagged': { meanSeconds: number; maxSeconds: number };
  'coverage.measured': { strategy: string; catalog: string; exposed: number; items: number };
  /** `gini`: how unevenly the exposures fall on the items of the catalogue. */
  'exposures.measured': { catalog: string; gini: number; coldShare: number };
  'slates.measured': {
    strategy: string;
    diversity: BucketedValues;
    novelty: BucketedValues;
    /** Undefined while no session had a slate before. */
    repetition: number | undefined;
  };
  'clicks.judged': { strategy: string; catalog: string; errors: BucketedValues };
  'calibration.measured': {
    strategy: string;
    catalog: string;
    /** Predicted clicks divided by clicks; undefined without clicks. */
    ratio: number | undefined;
    logLoss: number;
    brier: number;
    calibrationError: number;
  };
  'feedback.joined': {
    /** The last two named no request. */
    outcome: 'matched' | 'late' | 'unmatched' | 'attributed' | 'unattributed';
    events: number;
  };
  'similarity.measured': { catalog: string; decayRates: BucketedValues };
  'items.cold': { catalog: string; items: number };
  'retraining.waits': { items: number };
  /** `skipped`: no model found anything to learn them from. */
  'items.retrained': {
    outcome: 'published' | 'skipped' | 'failed';
    items: number;
    seconds: number;
  };
  'sessions.measured': { segment: string; entropies: BucketedValues; freshness: number };
  'drift.measured': {
    source: string;
    target: string;
    coefficient: number;
    distance: number;
    /** The distance at which the coefficient is 1. */
    scale: number;
  };
  /** What a signal of a plugin reads; labels are empty where it names none. */
  'signal.read': {
    signal: string;
    measure: string;
    work: string;
    strategy: string;
    segment: string;
    catalog: string;
    /** Undefined where there is nothing to read any more. */
    value: number | undefined;
  };
  /** What came of the items that were served, over a window; no `positiveRatio` where nobody was seen to look at them. */
  'served.measured': {
    strategy: string;
    catalog: string;
    clickRatio: number;
    positiveRatio: number | undefined;
  };
  /** Exposures whose feedback is no longer waited for, since the fact before. */
  'exposures.judged': {
    strategy: string;
    catalog: string;
    /** `passed`: nothing came of it. `clicked`: neither positive nor read. */
    outcome: 'positive' | 'read' | 'clicked' | 'passed';
    exposures: number;
  };
  /** As `served.measured`, of an arm of an experiment. */
  'arm.measured': {
    experiment: string;
    variant: string;
    clickRatio: number;
    positiveRatio: number | undefined;
  };
  'allocation.measured': { experiment: string; variant: string; ratio: number };
  /** Treatment minus control, with bounds that hold however often they are looked at. */
  'arms.compared': {
    experiment: string;
    outcome: 'clicks' | 'conversions';
    value: number;
    low: number;
    high: number;
  };
  'split.calibrated': {
    experiment: string;
    share: number;
    /** Undefined where it was not measured. */
    drift: number | undefined;
    mismatchPValue: number | undefined;
  };
  'split.changed': { experiment: string; from: number; to: number; drift: number };
  /** A request got a variant of an experiment. */
  'flag.evaluated': { experiment: string; variant: string; reason: AssignmentReason };
  /** One look at all watched series. */
  'series.watched': { series: number; seconds: number };
  'anomaly.changed': {
    anomaly: string;
    /** One line for people. */
    summary: string;
    measure: string;
    state: 'pending' | 'firing' | 'resolved';
    direction: 'up' | 'down';
    /** From the beginning of the change until it fired, where it just did. */
    delaySeconds: number | undefined;
  };
  /** The anomalies that are open after a look. */
  'anomalies.open': { pending: number; firing: number };
  'anomaly.attributed': { measure: string; found: 'explained' | 'unexplained'; seconds: number };
  /** Leaves of the cube, and cells that found no room and are kept as `__other__`. */
  'cube.kept': { leaves: number; cells: number; overflow: number };
  'alert.received': { source: 'alertmanager' | 'grafana'; alerts: number };
  'webhook.attempted': {
    endpoint: string;
    outcome: 'delivered' | 'failed' | 'refused' | 'disabled' | 'dropped';
    seconds: number;
  };
  'webhook.queued': { endpoint: string; deliveries: number };
  /** Said by the recorder for each degradation of a finished request that changed the slate. */
  'fallback.served': {
    work: string;
    stage: StageName;
    reason: Exclude<DegradationReason, 'none'>;
    traceId: string;
  };
  /**
   * What became of one push of metrics; `seconds` from its collection. `failed`: refused or given up; `dropped`: left
   * the queue before it was delivered; `skipped`: not made, as the one before was not done.
   */
  'metrics.pushed': {
    destination: string;
    outcome: 'delivered' | 'failed' | 'dropped' | 'skipped';
    samples: number;
    seconds: number;
  };
  /** Samples that the rules of a destination kept back. */
  'metrics.sampled': { destination: string; leftOut: number };
  'metrics.queued': { destination: string; pushes: number };
  /** The first attempt that fails after one that did not. */
  'destination.failed': { destination: string; reason: string };
  'destination.recovered': { destination: string };
  /** A metric that somebody registered could not be read for a scrape, or not in time. */
  'metric.unread': { metric: string; reason: 'failed' | 'late' };
  'context.replaced': {
    part:
      | 'traceparent'
      | 'baggage'
      | 'x-request-id'
      | 'x-sightline-priority'
      | 'x-sightline-when-shed';
  };
  /** A request that was not served in full because of too much load. */
  'request.shed': {
    priority: 'interactive' | 'batch' | 'shadow';
    reason: 'shed.concurrency' | 'shed.eventloop';
    answer: 'popular' | 'refused';
  };
  /** Once a second; `inFlight`: the most at once since the one before. */
  'admission.measured': { limit: number; inFlight: number };
  /** Work that followed an answer; `late`: given up after its time limit. */
  'effect.ended': { effect: string; outcome: 'done' | 'failed' | 'late'; seconds: number };
  'effect.failed': { effect: string; cause: unknown };
  /** `expired`: it waited for too long; `closed`: the process stops. */
  'effect.dropped': { effect: string; reason: 'full' | 'expired' | 'closed' };
  'effects.queued': { waiting: number };
  /** A request that a shadow was given after the answer of a work. */
  'shadow.finished': {
    work: string;
    shadow: string;
    /** How its run ended; `shed`: too much load; `outdated`: another generation serves than answered. */
    outcome: Outcome | 'shed' | 'outdated';
    /** Share of common items, and Kendall's tau of their order; see `rankAgreement`. */
    overlap?: number | undefined;
    kendallTau?: number | undefined;
    /** Time of its stages divided by that of the answer. */
    latencyRatio?: number | undefined;
    requestId: string;
    traceId: string;
  };
  /** A request that its key, or the lack of one, does not let in; see `Access.admit`. */
  'access.refused': {
    reason: AccessRefusal;
    /** Name of the key, empty where it is not known. */
    key: string;
    /** Of the other end of the connection. */
    address: string;
  };
  /** The query listener has no keys, and others than this machine reach it. */
  'access.exposed': { host: string };
  /** A kept list was asked for; `stale`: of another generation or catalogue; `short`: too little of it is left. */
  'list.asked': { work: string; result: 'hit' | 'miss' | 'stale' | 'short' };
  /** All lists that are kept; `bytes` is about what they take. */
  'lists.kept': { lists: number; bytes: number };
  'http.finished': {
    method: string;
    route: string;
    status: number;
    seconds: number;
    errorType: string;
  };
  /** A call of the control port that needs the token and came with it. */
  'control.changed': ControlCall & {
    /** `refused`: the caller's mistake; `failed`: the gateway's own. */
    outcome: 'done' | 'refused' | 'failed';
    /** Error code where it was not done, or empty. */
    code: string;
  };
  /** A call that needs the token and came without it, or with another one. */
  'control.denied': ControlCall;
  /** A call that was not looked at, as too many came before it. */
  'control.limited': { action: string };
  'log.level_changed': { from: string; to: string; reason: 'asked' | 'time_over' };
  'profile.taken': {
    type: 'cpu' | 'heap' | 'allocations';
    seconds: number;
    /** `cancelled`: the client went away. */
    outcome: 'done' | 'cancelled' | 'failed';
  };
  'generation.published': {
    generation: string;
    trigger: ChangeTrigger;
    works: number;
    models: number;
  };
  /** Generations in memory beside the one that serves. */
  'generations.changed': { kept: number; staged: number; draining: number };
  /** What became of a change: `held` waits to be promoted, `unchanged` was what serves already. */
  'generation.changed': {
    trigger: ChangeTrigger;
    outcome: 'published' | 'held' | 'unchanged' | 'failed';
    generation: string;
    seconds: number;
    /** Why it was held back. */
    reasons: readonly string[];
  };
  'generation.failed': {
    trigger: ChangeTrigger;
    phase: 'load' | 'build' | 'compare';
    cause: unknown;
  };
  /** Another instance told of a change on the channel of announcements. */
  'announcement.heard': { change: 'reload' | 'publish' | 'invalid' };
  'change.announced': {
    change: 'reload' | 'publish';
    outcome: 'sent' | 'failed';
    cause?: unknown;
  };
  'table.loaded': {
    table: string;
    kind: 'set' | 'u64-u32' | 'sorted';
    keys: number;
    bytes: number;
    seconds: number;
  };
  'table.failed': { table: string; cause: unknown };
  'plugin.loaded': { plugin: string; hash: string; isolated: boolean; seconds: number };
  'plugin.failed': { plugin: string; cause: unknown };
  /** The thread of an isolated plugin ended; it is started again after so many milliseconds. */
  'plugin.ended': { plugin: string; reason: string; restartMs: number };
  'store.opened': {
    store: string;
    items: number;
    users: number;
    feedback: number;
    seconds: number;
  };
  /** The names of what is broken on purpose from now on; none is an end. */
  'faults.changed': { faults: readonly string[] };
  'server.listening': { listener: 'query' | 'control'; url: string };
  'server.draining': { inFlight: number };
  'server.failed': { code: string; cause: unknown };
}

/** The name of a fact. */
export type FactName = keyof Facts;

/** Says that something happened. Never throws, never waits. */
export type Emit = <Name extends FactName>(name: Name, fact: Facts[Name]) => void;
