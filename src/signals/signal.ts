import type { EventBatch } from '../telemetry/event-ring.ts';

/**
 * One quantity that is measured from the events of the ring, in the signals worker. It sees every event
 * once, in order, and is asked for a report at a fixed period. Its memory must be bounded.
 */
export interface Signal<Report = unknown> {
  /** Key of its report; the same as in the catalogue. */
  readonly name: string;
  /** Takes a run of events in; the batch is valid only during the call. */
  observe(batch: EventBatch, nowMs: number): void;
  /** What main should know now: plain data, small. `nowMs` is of the monotonic clock of the producer. */
  report(nowMs: number): Report;
}

/** What a signal may know of its surroundings. */
export interface SignalContext {
  /** The name behind a code of an event. */
  nameOf(code: number): string;
}
