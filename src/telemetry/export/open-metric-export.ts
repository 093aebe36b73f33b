import type { Clock } from '../../domain/clock.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import type { Emit } from '../facts.ts';
import type { MetricSet } from '../metric-set.ts';
import { createAggregator } from './aggregate.ts';
import { type Collect, createCollector } from './collect.ts';
import { openOtlpSink } from './otlp-sink.ts';
import type { PushHeaders } from './push-headers.ts';
import { startPushLoop } from './push-loop.ts';
import { createPushReport } from './push-report.ts';
import type { PushDestination, PushDestinations } from './push-schema.ts';
import { openRemoteWriteSink } from './remote-write-sink.ts';
import { createSampler, type SampleRule } from './sample.ts';
import type { PushReport, Sink } from './sink.ts';

/** What the export of metrics is opened with. */
export interface MetricExportOptions {
  readonly destinations: PushDestinations;
  readonly metrics: MetricSet;
  readonly headers: PushHeaders;
  /** Attributes of the resource: service name, version, instance, environment. */
  readonly resource: Readonly<Record<string, string>>;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly schedule?: Schedule;
}

/** Metrics on their way to where they are kept. */
export interface MetricExport {
  /** Pushes now to all destinations; resolves when all is delivered, or an attempt of each has failed. */
  flush(): Promise<void>;
  /** Pushes a last time, with one attempt each. */
  close(): Promise<void>;
}

/**
 * Opens the export of metrics by push. Each destination has a life cycle of its own, at its own period: collect,
 * aggregate, sample, persist. Nothing throws; failures are told as facts. Does not keep the process alive outside `flush`
 * and `close`.
 *
 * @example
 * const headers = readPushHeaders(destinations, process.env);
 * const pushed = openMetricExport({ destinations, headers, metrics, resource, emit, clock });
 * await pushed.close();
 */
export function openMetricExport(options: MetricExportOptions): MetricExport {
  const { destinations, metrics, clock } = options;
  const collect = createCollector(metrics, clock);
  const lines = Object.entries(destinations).map(([name, destination]) =>
    openDestination({ ...options, name, destination, collect }),
  );
  return {
    async flush() {
      await Promise.all(lines.map(({ flush }) => flush()));
    },
    async close() {
      await Promise.all(lines.map(({ close }) => close()));
    },
  };
}

interface DestinationOptions extends MetricExportOptions {
  readonly name: string;
  readonly destination: PushDestination;
  readonly collect: Collect;
}

function openDestination(options: DestinationOptions): MetricExport {
  const { name, destination, collect, emit, clock, schedule = systemSchedule } = options;
  const report = createPushReport(name, { emit, clock });
  const aggregate = createAggregator(aggregateRules(destination));
  const sample = createSampler(sampleRules(destination));
  const sink = openSink(options, report);
  const loop = startPushLoop({
    everyMs: destination.everySeconds * 1000,
    clock,
    schedule,
    onSkipped: () => report.skipped({ samples: 0, startedAt: clock.monotonic() }),
    push: async () => {
      const startedAt = clock.monotonic();
      try {
        const sampled = sample(aggregate(await collect()));
        emit('metrics.sampled', { destination: name, leftOut: sampled.leftOut });
        await sink.push(sampled);
      } catch (error) {
        report.failed({ samples: 0, startedAt }, String(error));
      }
    },
  });
  return {
    async flush() {
      await loop.pushNow();
      await sink.flush();
    },
    async close() {
      loop.stop();
      await atMost(destination.timeoutSeconds * 1000, loop.pushNow(), schedule);
      await sink.close();
    },
  };
}

/** Resolves when the work is done, or after a time. */
function atMost(limitMs: number, work: Promise<void>, schedule: Schedule): Promise<void> {
  return new Promise((resolve) => {
    const stop = schedule(limitMs, resolve);
    void work.then(() => {
      stop();
      resolve();
    });
  });
}

function aggregateRules({ aggregate, everySeconds }: PushDestination) {
  return aggregate.map(({ windowSeconds = everySeconds, ...rule }) => ({
    ...rule,
    periods: Math.max(1, Math.round(windowSeconds / everySeconds)),
  }));
}

function sampleRules({ sample }: PushDestination): SampleRule[] {
  return sample.map(({ metrics, oneIn, over = 0, quantile }) =>
    oneIn === undefined ? { metrics, over, quantile } : { metrics, oneIn },
  );
}

function openSink(options: DestinationOptions, report: PushReport): Sink {
  const { name, destination, resource, clock, schedule = systemSchedule } = options;
  const { url, timeoutSeconds } = destination;
  const headers = options.headers.get(name) ?? {};
  const parts = { url, headers, timeoutMs: timeoutSeconds * 1000, report, clock, schedule };
  if (destination.kind === 'remote-write') {
    const identity = { ...identityOf(resource), ...destination.labels };
    return openRemoteWriteSink({ ...parts, identity, maxQueued: destination.maxQueued });
  }
  const version = resource['service.version'] ?? '';
  return openOtlpSink({ ...parts, gzip: destination.gzip, resource, version });
}

/** The labels that Prometheus gives to metrics of OpenTelemetry with the same resource. */
function identityOf(resource: Readonly<Record<string, string>>): Record<string, string> {
  const namespace = resource['service.namespace'];
  const service = resource['service.name'] ?? '';
  return {
    job: namespace ? `${namespace}/${service}` : service,
    instance: resource['service.instance.id'] ?? '',
    environment: resource['deployment.environment.name'] ?? '',
  };
}
