import type { EventBatch } from '../telemetry/event-ring.ts';
import { type EventKind, eventKinds } from '../telemetry/ring-event.ts';
import type { Signal } from './signal.ts';

/** The events since the last report and the time they spent in the ring. */
export interface FlowReport {
  readonly events: Readonly<Record<EventKind, number>>;
  readonly lagMeanSeconds: number;
  readonly lagMaxSeconds: number;
}

/** Counts events by kind and measures their transit through the ring. */
export function createFlow(): Signal<FlowReport> {
  const counts = new Float64Array(eventKinds.length);
  let lagSumMs = 0;
  let lagMaxMs = 0;
  const observe = (batch: EventBatch, nowMs: number) => {
    for (let i = 0; i < batch.count; i++) {
      counts[batch.kind(i)] += 1;
      // Clocks of two threads agree to microseconds only, so a transit may read below zero.
      const lagMs = Math.max(0, nowMs - batch.putAtMs(i));
      lagSumMs += lagMs;
      if (lagMs > lagMaxMs) lagMaxMs = lagMs;
    }
  };
  const report = () => {
    const events = Object.fromEntries(eventKinds.map((kind, code) => [kind, counts[code]]));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const made = {
      events: events as Record<EventKind, number>,
      lagMeanSeconds: total === 0 ? 0 : lagSumMs / total / 1000,
      lagMaxSeconds: lagMaxMs / 1000,
    };
    counts.fill(0);
    lagSumMs = 0;
    lagMaxMs = 0;
    return made;
  };
  return { name: 'flow', observe, report };
}
