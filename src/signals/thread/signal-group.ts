import type { EventBatch } from '../../telemetry/event-ring.ts';
import type { PastEvents, Signal } from '../signal.ts';

/** Signals that run together: one that throws is left out from then on, and the others go on. */
export interface SignalGroup {
  observe(batch: EventBatch, nowMs: number): void;
  /** The report of every signal still running, by name. */
  report(nowMs: number): Record<string, unknown>;
  /** Lets each signal that wants to know take in what happened before the start. */
  recall(past: PastEvents): void;
}

/** Groups signals; `onFailure` hears once of each that threw. */
export function createSignalGroup(
  signals: readonly Signal[],
  onFailure: (name: string, cause: unknown) => void,
): SignalGroup {
  const running = new Set(signals);
  const attempt = <T>(signal: Signal, run: () => T): T | undefined => {
    try {
      return run();
    } catch (cause) {
      running.delete(signal);
      onFailure(signal.name, cause);
      return undefined;
    }
  };
  return {
    observe: (batch, nowMs) => {
      for (const signal of running) attempt(signal, () => signal.observe(batch, nowMs));
    },
    recall: (past) => {
      for (const signal of running) attempt(signal, () => signal.recall?.(past));
    },
    report: (nowMs) => {
      const reports: Record<string, unknown> = {};
      for (const signal of running) {
        const made = attempt(signal, () => signal.report(nowMs));
        if (made !== undefined) reports[signal.name] = made;
      }
      return reports;
    },
  };
}
