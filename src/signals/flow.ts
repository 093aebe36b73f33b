import type { EventBatch } from '../telemetry/event-ring.ts';
import { type EventKind, eventKinds } from '../telemetry/ring-event.ts';
import type { Reading, SignalKind, SignalReport } from './signal.ts';

/** The events since the last report and the time they spent in the ring. */
export interface FlowReport extends SignalReport {
  readonly events: Readonly<Record<EventKind, number>>;
  readonly lagMeanSeconds: number;
  readonly lagMaxSeconds: number;
}

/** Counts events by kind and measures their transit through the ring. */
export const flow: SignalKind<undefined, FlowReport> = {
  create() {
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
      const total = counts.reduce((sum, count) => sum + count, 0);
      const lag = {
        lagMeanSeconds: total === 0 ? 0 : lagSumMs / total / 1000,
        lagMaxSeconds: lagMaxMs / 1000,
      };
      const events = Object.fromEntries(eventKinds.map((kind, code) => [kind, counts[code]]));
      counts.fill(0);
      lagSumMs = 0;
      lagMaxMs = 0;
      const made = { events: events as Record<EventKind, number>, ...lag };
      return { ...made, readings: readingsOf(made, total) };
    };
    return { name: 'flow', observe, report };
  },
  tell({ events, lagMeanSeconds, lagMaxSeconds }, emit) {
    for (const kind of eventKinds) {
      if (events[kind] > 0) emit('events.drained', { kind, events: events[kind] });
    }
    emit('ring.lagged', { meanSeconds: lagMeanSeconds, maxSeconds: lagMaxSeconds });
  },
};

function readingsOf(
  { events, lagMeanSeconds, lagMaxSeconds }: Omit<FlowReport, 'readings'>,
  samples: number,
): Reading[] {
  return [
    ...eventKinds.map((kind) => ({
      measure: 'events',
      labels: { kind },
      value: events[kind],
      samples: events[kind],
    })),
    { measure: 'lag_mean_seconds', labels: {}, value: lagMeanSeconds, samples },
    { measure: 'lag_max_seconds', labels: {}, value: lagMaxSeconds, samples },
  ];
}
