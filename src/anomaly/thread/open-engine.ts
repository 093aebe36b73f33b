import { Worker } from 'node:worker_threads';
import { SightlineError } from '../../domain/errors.ts';
import type { PluginPart } from '../../domain/plugin-part.ts';
import type { EventCodes } from '../../telemetry/event-codes.ts';
import type { EngineInput, EngineOptions, EngineReport } from '../engine/engine.ts';
import type { WatchedSeries } from '../watched-series.ts';
import type { FromEngine, ToEngine } from './worker.ts';

/** The anomaly engine in its thread, seen from the main thread. */
export interface EngineThread {
  /** False once the thread has ended by itself. */
  readonly isAlive: boolean;
  /** Hands over what was measured; the report comes later. */
  tick(input: EngineInput): void;
  /** Tells which detectors of plugins judge their series from now on. */
  setDetectors(parts: readonly PluginPart[]): void;
  /** Resolves when every tick so far is answered. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** How to open the thread. */
export interface EngineThreadOptions {
  readonly engine: EngineOptions;
  /** Gives the codes in the leaves. */
  readonly codes: EventCodes;
  readonly onReport: (report: EngineReport) => void;
  /** Called when a tick failed, or the thread itself. */
  readonly onFailure: (cause: SightlineError) => void;
}

/** Ticks under way after which further ones are left out: the thread is too slow, and waiting would not help. */
const maxUnderWay = 8;

/** Starts the thread. It never keeps the process alive. */
export function openEngine({
  engine,
  codes,
  onReport,
  onFailure,
}: EngineThreadOptions): EngineThread {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    name: 'anomaly',
    workerData: engine,
    execArgv: [],
  });
  let sent = 0;
  /** Series of ticks that were left out; the thread must hear of them all, as places go by their order. */
  let unsaid: readonly WatchedSeries[] = [];
  let answered = 0;
  let isOver = false;
  let waiting: (() => void)[] = [];
  const settle = () => {
    if (answered < sent && !isOver) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const say = (message: ToEngine) => worker.postMessage(message);
  worker.on('message', (told: FromEngine) => {
    answered = told.ticket;
    if ('report' in told) onReport(told.report);
    else
      onFailure(failure('anomaly engine failed in a tick and goes on with the next', told.cause));
    settle();
  });
  worker.on('error', (cause) => onFailure(failure('anomaly thread failed', cause)));
  worker.once('exit', () => {
    isOver = true;
    hush();
    settle();
  });
  worker.unref();
  const hush = codes.listen((code, name) => say({ say: 'name', code, name }));
  return {
    get isAlive() {
      return !isOver;
    },
    tick(input) {
      const added = [...unsaid, ...input.series.added];
      unsaid = [];
      if (isOver || sent - answered >= maxUnderWay) {
        unsaid = added;
        return;
      }
      sent += 1;
      say({
        say: 'tick',
        ticket: sent,
        input: { ...input, series: { ...input.series, added } },
      });
    },
    setDetectors(parts) {
      if (!isOver) say({ say: 'detectors', parts });
    },
    settled: () =>
      answered === sent || isOver
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      await worker.terminate();
    },
  };
}

function failure(message: string, cause: unknown): SightlineError {
  return new SightlineError('SL_ANOMALY_FAILED', message, { cause });
}
