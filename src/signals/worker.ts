import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { EventCodes } from '../telemetry/event-codes.ts';
import { type EventReader, openEventRing } from '../telemetry/event-ring.ts';
import { type SignalOptions, type SignalReports, signalCatalogue } from './index.ts';
import { createSignalGroup } from './signal-group.ts';
import { threadClockOffsetMs } from './thread-clock.ts';

/** What the worker needs to begin. */
export interface WorkerStart {
  readonly shared: SharedArrayBuffer;
  readonly periodMs: number;
  /** `threadClockOffsetMs` of the producer. */
  readonly clockOffsetMs: number;
  readonly options: SignalOptions;
}

/** What main tells the worker. */
export type ToWorker =
  | { readonly say: 'name'; readonly code: number; readonly name: string }
  | { readonly say: 'report'; readonly ticket: number }
  | { readonly say: 'stop' };

/** What the worker tells main. `ticket` is of the request it answers, 0 for a report in its turn. */
export type FromWorker =
  | {
      readonly say: 'report';
      readonly ticket: number;
      readonly periodSeconds: number;
      readonly reports: Partial<SignalReports>;
    }
  | { readonly say: 'failed'; readonly signal: string; readonly cause: unknown };

const napMs = 20;
/** Quiet time after which the first event wakes the worker instead of a timer. */
const quietMs = 500;

if (parentPort !== null) run(workerData as WorkerStart, parentPort);

/** Drains the ring until it is told to stop, without returning to the event loop in between. */
function run(start: WorkerStart, port: MessagePort): void {
  const ring = openEventRing(start.shared);
  const offsetMs = threadClockOffsetMs() - start.clockOffsetMs;
  const nowMs = () => performance.now() + offsetMs;
  const reporter = createReporter({ start, port, ring, nowMs });
  let busyAtMs = nowMs();
  for (;;) {
    const drained = reporter.drain();
    // Names were told before the events that use them, so they are read before any report.
    if (!reporter.listen()) return;
    const at = nowMs();
    if (at >= reporter.dueAtMs()) reporter.report(0);
    if (drained > 0) {
      busyAtMs = at;
      continue;
    }
    const restMs = Math.max(1, reporter.dueAtMs() - at);
    if (at - busyAtMs > quietMs) ring.rest('sleep', restMs);
    else ring.rest('nap', Math.min(napMs, restMs));
  }
}

/** The signals and their conversation with main. */
function createReporter({
  start,
  port,
  ring,
  nowMs,
}: {
  start: WorkerStart;
  port: MessagePort;
  ring: EventReader;
  nowMs: () => number;
}) {
  const codes = new EventCodes();
  const context = { nameOf: (code: number) => codes.nameOf(code) };
  const tell = (message: FromWorker) => port.postMessage(message);
  const signals = createSignalGroup(
    Object.values(signalCatalogue).map((create) => create(context, start.options)),
    (signal, cause) => tell({ say: 'failed', signal, cause: cloneable(cause) }),
  );
  let reportedAtMs = nowMs();
  const drain = () => ring.drain((batch) => signals.observe(batch, nowMs()));
  const report = (ticket: number) => {
    const at = nowMs();
    const periodSeconds = (at - reportedAtMs) / 1000;
    reportedAtMs = at;
    const reports = signals.report(at) as Partial<SignalReports>;
    tell({ say: 'report', ticket, periodSeconds, reports });
  };
  /** Hears what main said; false when it is over. */
  const listen = (): boolean => {
    for (;;) {
      const told = receiveMessageOnPort(port)?.message as ToWorker | undefined;
      if (told === undefined) return true;
      if (told.say === 'name') codes.set(told.code, told.name);
      if (told.say === 'name') continue;
      // What was put before these words counts.
      drain();
      report(told.say === 'report' ? told.ticket : 0);
      if (told.say === 'stop') return false;
    }
  };
  return { drain, listen, report, dueAtMs: () => reportedAtMs + start.periodMs };
}

/** Anything may be thrown, but not everything may be sent. */
function cloneable(cause: unknown): unknown {
  return cause instanceof Error ? cause : new Error(String(cause));
}
