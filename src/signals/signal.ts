import type { EventBatch } from '../telemetry/event-ring.ts';
import type { Emit } from '../telemetry/facts.ts';
import type { ItemColumns, ItemVectors } from './known/item-columns.ts';
import type { RequestWindow } from './requests/request-window.ts';

/**
 * One quantity that is measured from the events of the ring, in the signals worker. It sees every event
 * once, in order, and is asked for a report at a fixed period. Its memory must be bounded.
 */
export interface Signal<Report extends SignalReport = SignalReport> {
  /** Key of its report; the same as in the catalogue. */
  readonly name: string;
  /** Takes a run of events in; the batch is valid only during the call. */
  observe(batch: EventBatch, nowMs: number): void;
  /** What main should know now: plain data, small. `nowMs` is of the monotonic clock of the producer. */
  report(nowMs: number): Report;
  /** Takes in what happened before the start, once, before the first batch. */
  recall?(past: PastEvents): void;
}

/** What every report holds; more fields are the signal's own affair. */
export interface SignalReport {
  /** Current values, for people and for the history. */
  readonly readings: readonly Reading[];
}

/** One measured value. */
export interface Reading {
  /** What is measured, in snake case with its unit: `coverage_ratio`, `entropy_bits`. */
  readonly measure: string;
  /** Names out of the closed list of metric labels, never ids. */
  readonly labels: Readonly<Record<string, string>>;
  /** Null where there is too little to say. */
  readonly value: number | null;
  /** How many events, exposures or sessions it is made of. */
  readonly samples: number;
  /** Length of the window it is made of; absent where it is since the start. */
  readonly windowSeconds?: number | undefined;
}

/** Feedback of before the start as columns, oldest first. */
export interface PastEvents {
  readonly count: number;
  /** `hashId` of the session, or of the user where there is no session. */
  readonly session: Float64Array;
  /** Dense item indices. */
  readonly item: Int32Array;
  /** Epoch milliseconds. */
  readonly atMs: Float64Array;
}

/** What a signal may know of its surroundings. All of it may be newer at the next call. */
export interface SignalContext {
  /** The name behind a code of an event. */
  nameOf(code: number): string;
  /** Epoch milliseconds of a moment of the monotonic clock that `observe` and `report` are told. */
  epochMs(nowMs: number): number;
  readonly items: ItemColumns;
  /** The vectors of the model in use; undefined before one is trained. */
  readonly vectors: ItemVectors | undefined;
  /** The recent requests with what was shown and what came of it; up to date when `observe` is called. */
  readonly requests: RequestWindow;
}

/** A signal as the catalogue holds it: made in the worker, told on the main thread. */
export interface SignalKind<Options, Report extends SignalReport> {
  create(context: SignalContext, options: Options): Signal<Report>;
  /** Says what a report found as facts. */
  tell(report: Report, emit: Emit): void;
}
