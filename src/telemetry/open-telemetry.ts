import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../domain/clock.ts';
import { createEpoch } from './epoch.ts';
import { createEventFeed } from './event-feed.ts';
import { type MetricExport, openMetricExport } from './export/open-metric-export.ts';
import { type PushHeaders, readPushHeaders } from './export/push-headers.ts';
import type { PushDestinations } from './export/push-schema.ts';
import { createExposer } from './exposition.ts';
import { createFactRecorder } from './fact-recorder.ts';
import { createFactSeries } from './fact-series.ts';
import type { Emit } from './facts.ts';
import { createLog, type Log, type LogLevel, type LogLevelSwitch } from './log.ts';
import { type LogDestination, openLogDestination } from './log-destination.ts';
import { createMetricSet, type MetricSet } from './metric-set.ts';
import { type Environment, planTracing, resourceAttributes } from './otlp-environment.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { createRecorder, type RecordSink } from './recorder.ts';
import { createRequestLog } from './request-log.ts';
import { createRequestMarks, type RequestMarks } from './request-marks.ts';
import { createRequestMetrics } from './request-metrics.ts';
import type { Telemetry } from './telemetry.ts';
import { createTraceBook, type TraceBook } from './trace-book.ts';
import { openTracing, type Tracing } from './tracing.ts';

/** What telemetry is opened with. */
export interface TelemetryOptions {
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** Whether series are fed. */
  readonly metrics: boolean;
  /** Whether spans are made, where the environment names an endpoint. */
  readonly traces: boolean;
  /** Whether exposures and feedback go into the event ring; somebody must drain it. */
  readonly events: boolean;
  /** Types of feedback that events tell apart however many others come. */
  readonly feedbackTypes?: readonly string[];
  /** Which finished requests get a log line: all, those with a degradation or failure, or none. */
  readonly requestLog: 'all' | 'degraded' | 'none';
  /** Least severity of any log line at first; see `logLevel` of `Telemetry`. */
  readonly level: LogLevel;
  /** Values one label of one metric may take; later ones become `__other__`. */
  readonly maxLabelValues: number;
  /** Where metrics are pushed to, by name; nowhere by default. */
  readonly push?: PushDestinations;
  /** Name of the environment that the service runs in, such as `production`. */
  readonly deployment?: string | undefined;
  /** The standard `OTEL_*` variables, and those that `push` names. */
  readonly environment: Environment;
  readonly clock?: Clock;
  /** A file descriptor, or the path of a file to append to; standard output by default. */
  readonly logDestination?: number | string;
}

/** Telemetry, with the parts that the composition root hands on. */
export interface OpenTelemetry extends Telemetry {
  readonly log: Log;
}

/**
 * Opens the telemetry of a process. What `emit` and `finish` are told becomes series, spans, log lines and
 * ring events as the options and the `OTEL_*` variables say; with everything off, `finish` only pools the
 * record. Throws `SL_CONFIG_INVALID` for a log file that cannot be opened and for variables of `push` that are not set;
 * afterwards nothing throws.
 *
 * @example
 * const telemetry = openTelemetry({ ...config.telemetry, serviceVersion: '1.0.0', environment: process.env });
 * const record = telemetry.begin(layout);
 * adoptContext(record, headers, telemetry.emit);
 * telemetry.finish(record); // recorded after the answer has left
 */
export function openTelemetry(options: TelemetryOptions): OpenTelemetry {
  const { clock = systemClock } = options;
  const headers = readPushHeaders(options.push ?? {}, options.environment);
  let emit: Emit = () => {};
  const say: Emit = (name, fact) => emit(name, fact);
  const destination = openLogDestination({
    target: options.logDestination ?? 1,
    onLost: (events) => say('events.dropped', { reason: 'log_write', events }),
  });
  const log = createLog({ destination, level: options.level, clock });
  const moment = { now: () => moment.atMs, monotonic: () => clock.monotonic(), atMs: clock.now() };
  const metrics = createMetricSet({ maxLabelValues: options.maxLabelValues, clock: moment });
  const series = options.metrics ? createFactSeries(metrics, clock) : undefined;
  emit = createFactRecorder({ series, log, clock });
  if (options.metrics) describeProcess(metrics, options.serviceVersion);
  const resource = resourceOf(options);
  const pushed = openPush(options, { headers, metrics, resource, emit, clock });
  const tracing = options.traces ? openTracingOf(options, { resource, emit, log }) : undefined;
  const events = options.events ? createEventFeed({ ...options, emit, clock }) : undefined;
  const traces = createTraceBook();
  const marks = createRequestMarks();
  const logLevel = levelOf(log);
  const epoch = createEpoch(clock);
  const sinks = sinksOf(options, {
    ...{ metrics, moment, emit, tracing },
    ...{ events, traces, marks, destination, logLevel },
  });
  const recorder = createRecorder({ sinks, clock });
  const flush = async () => {
    recorder.drain();
    await Promise.all([tracing?.flush(), pushed?.flush()]);
    await destination.flush();
  };
  const close = async () => {
    recorder.drain();
    await Promise.all([tracing?.close(), pushed?.close()]);
    await destination.close();
  };
  let closed: Promise<void> | undefined;
  return {
    emit,
    log,
    metrics,
    events,
    traces,
    mark: marks.mark,
    logLevel,
    trace(record) {
      tracing?.add?.(record, epoch());
      return tracing?.add !== undefined;
    },
    begin: recorder.begin,
    finish: recorder.finish,
    feedback: (event, item, notes) => events?.feedback(event, item, notes),
    expose: createExposer(metrics.registry, {
      clock,
      onUnread: (metric, reason) => emit('metric.unread', { metric, reason }),
    }),
    flush,
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function levelOf(log: Log): LogLevelSwitch {
  return {
    get: () => log.level as LogLevel,
    set: (level) => {
      log.level = level;
    },
  };
}

type Resource = Readonly<Record<string, string>>;

/** What spans and pushed metrics say of where they come from. */
function resourceOf(options: TelemetryOptions): Resource {
  const { environment, serviceName, serviceVersion, deployment } = options;
  return resourceAttributes(environment, {
    'service.name': serviceName,
    'service.version': serviceVersion,
    'service.instance.id': randomUUID(),
    ...(deployment !== undefined && { 'deployment.environment.name': deployment }),
  });
}

function openTracingOf(
  { environment, serviceVersion: version }: TelemetryOptions,
  parts: { resource: Resource; emit: Emit; log: Log },
): Tracing {
  return openTracing({ plan: planTracing(environment), version, ...parts });
}

function openPush(
  { metrics: withMetrics, push: destinations = {} }: TelemetryOptions,
  parts: {
    readonly headers: PushHeaders;
    readonly metrics: MetricSet;
    readonly resource: Resource;
    readonly emit: Emit;
    readonly clock: Clock;
  },
): MetricExport | undefined {
  if (!withMetrics || Object.keys(destinations).length === 0) return undefined;
  return openMetricExport({ destinations, ...parts });
}

function describeProcess(metrics: MetricSet, version: string): void {
  metrics.gauge('build_info', { version, node: process.versions.node }).set(1);
  collectProcessMetrics(metrics.registry);
}

/** The sinks of finished requests, in the order in which a batch passes through them. */
function sinksOf(
  { metrics: withMetrics, requestLog }: TelemetryOptions,
  parts: {
    readonly metrics: MetricSet;
    /** Gives exemplars their time; reading the clock for each would cost more than the observation. */
    readonly moment: { atMs: number };
    readonly emit: Emit;
    readonly tracing: Tracing | undefined;
    readonly events: ReturnType<typeof createEventFeed> | undefined;
    readonly traces: TraceBook;
    readonly marks: RequestMarks;
    readonly destination: LogDestination;
    readonly logLevel: LogLevelSwitch;
  },
): RecordSink[] {
  const { metrics, moment, emit, tracing, events, traces, marks, destination, logLevel } = parts;
  const sinks: RecordSink[] = [];
  if (withMetrics) {
    const observe = createRequestMetrics(metrics);
    sinks.push((record, originMs) => {
      moment.atMs = originMs + record.endedAt;
      observe(record);
    }, createFallbackTeller(emit));
  }
  if (tracing?.add !== undefined || requestLog !== 'none') sinks.push(marks.see);
  if (tracing?.add !== undefined) sinks.push(unlessUnlogged(tracing.add));
  if (requestLog !== 'none') {
    const log = createRequestLog({ requests: requestLog, level: logLevel.get, destination });
    sinks.push(unlessUnlogged(log));
  }
  if (events !== undefined) sinks.push(events.request, traces.see);
  return sinks;
}

const unlessUnlogged =
  (sink: RecordSink): RecordSink =>
  (record, originMs) => {
    if (!record.isUnlogged) sink(record, originMs);
  };

/** Tells each degradation that changed what was served. */
function createFallbackTeller(emit: Emit): RecordSink {
  return ({ layout, degradations, traceId }) => {
    for (const { stage, reason, changedSlate } of degradations) {
      if (!changedSlate || layout === undefined) continue;
      emit('fallback.served', { work: layout.work, stage, reason, traceId });
    }
  };
}
