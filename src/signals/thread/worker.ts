import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import type { PluginPart } from '../../domain/plugin-part.ts';
import { EventCodes } from '../../telemetry/event-codes.ts';
import { type EventReader, openEventRing } from '../../telemetry/event-ring.ts';
import { type SignalOptions, type SignalReports, signalCatalogue } from '../index.ts';
import { type ItemColumns, type ItemVectors, noItems } from '../known/item-columns.ts';
import { createPluggedSignals, type PluggedReport } from '../plugged/plugged-signals.ts';
import { createRequestWindow } from '../requests/request-window.ts';
import type { PastEvents, Signal, SignalContext, SignalKind, SignalReport } from '../signal.ts';
import { createSignalGroup } from './signal-group.ts';
import { threadClockOffsetMs } from './thread-clock.ts';

/** What the worker needs to begin. */
export interface WorkerStart {
  readonly shared: SharedArrayBuffer;
  readonly periodMs: number;
  /** `threadClockOffsetMs` of the producer. */
  readonly clockOffsetMs: number;
  /** Epoch milliseconds at the zero of the producer's monotonic clock. */
  readonly epochOffsetMs: number;
  readonly options: SignalOptions;
  readonly items: ItemColumns | undefined;
  readonly vectors: ItemVectors | undefined;
  readonly past: PastEvents | undefined;
  /** Signals of plugins. */
  readonly plugged: readonly PluginPart[];
}

/** What main tells the worker. */
export type ToWorker =
  | { readonly say: 'name'; readonly code: number; readonly name: string }
  | { readonly say: 'items'; readonly items: ItemColumns }
  | { readonly say: 'vectors'; readonly vectors: ItemVectors | undefined }
  | { readonly say: 'plugged'; readonly parts: readonly PluginPart[] }
  | { readonly say: 'report'; readonly ticket: number }
  | { readonly say: 'stop' };

/** What the worker tells main. `ticket` is of the request it answers, 0 for a report in its turn. */
export type FromWorker =
  | {
      readonly say: 'report';
      readonly ticket: number;
      readonly periodSeconds: number;
      readonly reports: Partial<SignalReports>;
      readonly plugged: readonly PluggedReport[];
    }
  | { readonly say: 'failed'; readonly signal: string; readonly cause: unknown };

/** Between two looks at the ring events gather: taking them one by one would cost more than they do. */
const napMs = 20;
/** So many at once and the next are waiting already. */
const manyEvents = 4096;
/** Quiet time after which the first event wakes the worker instead of a timer. */
const quietMs = 500;

if (parentPort !== null) {
  // A promise that a plugin made and nobody waits for may not end the thread.
  process.on('unhandledRejection', () => {});
  await run(workerData as WorkerStart, parentPort);
}

/**
 * Drains the ring until it is told to stop, without returning to the event loop in between but for the import of signals
 * of plugins.
 */
async function run(start: WorkerStart, port: MessagePort): Promise<void> {
  const ring = openEventRing(start.shared);
  const offsetMs = threadClockOffsetMs() - start.clockOffsetMs;
  const nowMs = () => performance.now() + offsetMs;
  const reporter = createReporter({ start, port, ring, nowMs });
  let busyAtMs = nowMs();
  for (;;) {
    await reporter.follow();
    const drained = reporter.drain();
    if (!reporter.listen()) return;
    const at = nowMs();
    if (at >= reporter.dueAtMs()) reporter.report(0);
    if (drained > 0) busyAtMs = at;
    if (drained >= manyEvents) continue;
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
  const context = createContext(start, codes);
  const { requests } = context;
  const tell = (message: FromWorker) => port.postMessage(message);
  const signals = createSignalGroup(createSignals(context, start.options), (signal, cause) =>
    tell({ say: 'failed', signal, cause: cloneable(cause) }),
  );
  if (start.past !== undefined) signals.recall(start.past);
  const plugged = createPluggedSignals(context, ({ name, plugin }, cause) =>
    tell({ say: 'failed', signal: `${name} of plugin ${plugin}`, cause: cloneable(cause) }),
  );
  let wanted: readonly PluginPart[] | undefined = start.plugged;
  let reportedAtMs = nowMs();
  const asked: Extract<ToWorker, { readonly ticket: number } | { readonly say: 'stop' }>[] = [];
  const hear = () => {
    for (;;) {
      const told = receiveMessageOnPort(port)?.message as ToWorker | undefined;
      if (told === undefined) return;
      if (told.say === 'name') codes.set(told.code, told.name);
      else if (told.say === 'items') context.items = told.items;
      else if (told.say === 'vectors') context.vectors = told.vectors;
      else if (told.say === 'plugged') wanted = told.parts;
      else asked.push(told);
    }
  };
  const drain = () =>
    ring.drain((batch) => {
      const at = nowMs();
      // Names are told before the first event that uses them is put.
      hear();
      requests.observe(batch, at);
      signals.observe(batch, at);
      plugged.observe(batch, at);
    });
  /** Runs the signals of plugins that main named last. */
  const follow = async () => {
    hear();
    for (let parts = wanted; parts !== undefined; parts = wanted) {
      wanted = undefined;
      await plugged.follow(parts);
      hear();
    }
  };
  const report = (ticket: number) => {
    const at = nowMs();
    const periodSeconds = (at - reportedAtMs) / 1000;
    reportedAtMs = at;
    requests.expire(at);
    const reports = signals.report(at) as Partial<SignalReports>;
    tell({ say: 'report', ticket, periodSeconds, reports, plugged: plugged.report(at) });
  };
  /** Does what main asked for; false when it is over. */
  const listen = (): boolean => {
    // What was asked for after a change of signals waits for it.
    while (asked.length > 0 && wanted === undefined) {
      const ask = asked.shift()!;
      // What was put before these words counts.
      drain();
      report(ask.say === 'report' ? ask.ticket : 0);
      if (ask.say === 'stop') return false;
    }
    return true;
  };
  return { drain, follow, listen, report, dueAtMs: () => reportedAtMs + start.periodMs };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The surroundings of the signals; main tells what is new. */
function createContext(
  { options, items = noItems, vectors, epochOffsetMs }: WorkerStart,
  codes: EventCodes,
): Mutable<SignalContext> {
  const nameOf = (code: number) => codes.nameOf(code);
  // Both are asked each time: the epoch jumps when the clock is set, and goes on while the machine sleeps.
  const offsetMs = () => Date.now() - performance.now();
  const movedMs = epochOffsetMs - offsetMs();
  const requests = createRequestWindow(options.requests, { nameOf });
  const epochMs = (nowMs: number) => nowMs + offsetMs() + movedMs;
  return { nameOf, epochMs, items, vectors, requests };
}

function createSignals(context: SignalContext, options: SignalOptions): Signal[] {
  return Object.entries(signalCatalogue).map(([name, kind]) =>
    (kind as unknown as SignalKind<unknown, SignalReport>).create(
      context,
      options[name as keyof SignalReports],
    ),
  );
}

/** Anything may be thrown, but not everything may be sent. */
function cloneable(cause: unknown): unknown {
  return cause instanceof Error ? cause : new Error(String(cause));
}
