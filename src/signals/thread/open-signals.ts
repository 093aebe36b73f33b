import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { PluginPart } from '../../domain/plugin-part.ts';
import type { EventCodes } from '../../telemetry/event-codes.ts';
import type { EventRing } from '../../telemetry/event-ring.ts';
import type { SignalOptions, SignalReports } from '../index.ts';
import type { ItemColumns, ItemVectors } from '../known/item-columns.ts';
import type { PluggedReport } from '../plugged/plugged-signals.ts';
import type { PastEvents } from '../signal.ts';
import { threadClockOffsetMs } from './thread-clock.ts';
import { createTickets } from './tickets.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker.ts';

/** What the signals measured since the last report; a signal that failed has none. */
export interface SignalsReport extends Partial<SignalReports> {
  readonly periodSeconds: number;
  /** What the signals of plugins read. */
  readonly plugged: readonly PluggedReport[];
}

/** The signals worker, seen from the main thread. */
export interface Signals {
  /** Resolves with a report that includes every event put before the call. */
  report(): Promise<SignalsReport>;
  /** Tells of items that came, changed or went. */
  setItems(items: ItemColumns): void;
  /** Tells of the vectors of another model version. */
  setVectors(vectors: ItemVectors | undefined): void;
  /** Tells which signals of plugins run from now on; those that ran before go on as they are. */
  setPlugged(parts: readonly PluginPart[]): void;
  /** Takes in what is left in the ring, reports it and ends the worker. */
  close(): Promise<void>;
}

/** How to open the signals worker. */
export interface SignalsOptions {
  readonly ring: EventRing;
  /** Gives the codes in the events. */
  readonly codes: EventCodes;
  /** Called on the main thread once a period, and for the reports asked for. */
  readonly onReport: (report: SignalsReport) => void;
  /** Called when a signal threw and was left out, or when the worker itself ended. */
  readonly onFailure: (cause: SightlineError) => void;
  readonly periodMs?: number;
  /** The clock of the ring. */
  readonly clock?: Clock;
  readonly options?: SignalOptions;
  /** What is known at the start. */
  readonly items?: ItemColumns | undefined;
  readonly vectors?: ItemVectors | undefined;
  readonly past?: PastEvents | undefined;
  readonly plugged?: readonly PluginPart[];
}

/** How long a closing worker may take before it is ended by force. */
const closeLimitMs = 2000;

/**
 * Starts the worker thread that drains the ring into the signals of the catalogue. It never keeps the
 * process alive, and costs the main thread one small message a period.
 *
 * @example
 * const signals = openSignals({ ring, codes, onReport: ({ coverage }) => show(coverage), onFailure: log });
 * await signals.close();
 */
export function openSignals(wiring: SignalsOptions): Signals {
  const { ring, codes } = wiring;
  const worker = startWorker(wiring);
  const tickets = createTickets<SignalsReport>();
  let closing = false;
  let over = false;
  const say = (message: ToWorker) => {
    const isAwaited = message.say === 'report' || message.say === 'stop';
    // Somebody waits for what comes of it, so the process may not end before.
    if (isAwaited) worker.ref();
    worker.postMessage(message);
    if (isAwaited) ring.wake();
  };
  hear(worker, wiring, (ticket, report) => {
    tickets.settle(ticket, report);
    if (tickets.open === 0 && !closing) worker.unref();
  });
  const hush = codes.listen((code, name) => say({ say: 'name', code, name }));
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      hush();
      over = true;
      tickets.fail(hasEnded());
      resolve();
    });
  });
  return {
    report: () => {
      if (over) return Promise.reject(hasEnded());
      const { ticket, answer } = tickets.issue();
      say({ say: 'report', ticket });
      return answer;
    },
    setItems: (items) => say({ say: 'items', items }),
    setVectors: (vectors) => say({ say: 'vectors', vectors }),
    setPlugged: (parts) => {
      say({ say: 'plugged', parts });
      ring.wake();
    },
    close: async () => {
      if (!closing && !over) say({ say: 'stop' });
      closing = true;
      const limit = setTimeout(() => worker.terminate(), closeLimitMs);
      await ended;
      clearTimeout(limit);
    },
  };
}

function hear(
  worker: Worker,
  { onReport, onFailure }: SignalsOptions,
  onAnswer: (ticket: number, report: SignalsReport) => void,
): void {
  worker.on('message', (told: FromWorker) => {
    if (told.say === 'failed') {
      onFailure(failure(`signal ${told.signal} failed and is left out`, told.cause));
      return;
    }
    const { periodSeconds, plugged } = told;
    const report = { periodSeconds, plugged, ...told.reports };
    onReport(report);
    onAnswer(told.ticket, report);
  });
  worker.on('error', (cause) => onFailure(failure('signals worker failed', cause)));
  // Only now: listening for messages would hold the process again.
  worker.unref();
}

function failure(message: string, cause: unknown): SightlineError {
  return new SightlineError('SL_SIGNAL_FAILED', message, { cause });
}

const hasEnded = () => failure('signals worker has ended', undefined);

function startWorker(wiring: SignalsOptions): Worker {
  const { ring, clock = systemClock, periodMs = 1000, options = {}, plugged = [] } = wiring;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const start: WorkerStart = {
    shared: ring.shared,
    periodMs,
    clockOffsetMs: threadClockOffsetMs(clock),
    epochOffsetMs: clock.now() - clock.monotonic(),
    options,
    items: wiring.items,
    vectors: wiring.vectors,
    past: wiring.past,
    plugged,
  };
  return new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    name: 'signals',
    workerData: start,
    // What the process was started with (a telemetry preload, a debugger port) is for the main thread.
    execArgv: [],
  });
}
