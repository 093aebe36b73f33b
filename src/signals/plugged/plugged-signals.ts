import { callWithin } from '../../domain/call-within.ts';
import { importPart, type PluginPart } from '../../domain/plugin-part.ts';
import type { EventBatch } from '../../telemetry/event-ring.ts';
import type { Reading, Signal, SignalContext } from '../signal.ts';
import { createPluggedSignal } from './plugged-signal.ts';
import type { PluginSignal } from './plugin-signal.ts';

/** What one signal of a plugin reads. */
export interface PluggedReport {
  readonly name: string;
  readonly readings: readonly Reading[];
}

/** The signals of plugins in the signals worker. */
export interface PluggedSignals {
  /** Runs these from now on; those that ran before go on as they are, and one that failed stays out. */
  follow(parts: readonly PluginPart[]): Promise<void>;
  observe(batch: EventBatch, nowMs: number): void;
  report(nowMs: number): readonly PluggedReport[];
}

/** Milliseconds for one call over a run of events, or for one report: so long the other signals wait once. */
const limitMs = 1000;

/** Makes an empty set; `onFailure` hears once of each signal that failed and is left out. */
export function createPluggedSignals(
  context: SignalContext,
  onFailure: (part: PluginPart, cause: unknown) => void,
): PluggedSignals {
  let running = new Map<string, Running>();
  const surroundings = {
    context,
    call: (work: () => void) => callWithin(limitMs, work),
    monotonic: () => performance.now(),
  };
  const start = async (part: PluginPart): Promise<Running> => {
    try {
      const make = await importPart(part);
      let made: unknown;
      callWithin(limitMs, () => {
        made = make();
      });
      const signal = createPluggedSignal(part.name, made as PluginSignal, surroundings);
      return { part, signal };
    } catch (cause) {
      onFailure(part, cause);
      return { part, signal: undefined };
    }
  };
  const attempt = <Result>(one: Running, run: (signal: Signal) => Result): Result | undefined => {
    if (one.signal === undefined) return undefined;
    try {
      return run(one.signal);
    } catch (cause) {
      one.signal = undefined;
      onFailure(one.part, cause);
      return undefined;
    }
  };
  return {
    async follow(parts) {
      const next = new Map<string, Running>();
      for (const part of parts) {
        const key = JSON.stringify(part);
        next.set(key, running.get(key) ?? (await start(part)));
      }
      running = next;
    },
    observe(batch, nowMs) {
      for (const one of running.values()) attempt(one, (signal) => signal.observe(batch, nowMs));
    },
    report: (nowMs) =>
      [...running.values()].flatMap((one) => {
        const report = attempt(one, (signal) => signal.report(nowMs));
        return report === undefined ? [] : [{ name: one.part.name, readings: report.readings }];
      }),
  };
}

interface Running {
  readonly part: PluginPart;
  /** Undefined once it failed. */
  signal: Signal | undefined;
}
