import type { Feedback } from '../domain/feedback.ts';
import type { EventSource } from './event-feed.ts';
import type { Expose } from './exposition.ts';
import type { Emit } from './facts.ts';
import type { PipelineLayout } from './layout.ts';
import type { LogLevelSwitch } from './log.ts';
import type { MetricSet } from './metric-set.ts';
import type { RequestMark } from './request-marks.ts';
import type { RequestRecord } from './request-record.ts';
import type { TraceBook } from './trace-book.ts';

/** Everything other rooms may ask of telemetry. */
export interface Telemetry {
  readonly emit: Emit;
  /** The event ring, for the signals worker; undefined where events are off. */
  readonly events: EventSource | undefined;
  /** The live series. */
  readonly metrics: MetricSet;
  /** The traces of recent requests; empty where events are off. */
  readonly traces: TraceBook;
  /** A cleared record from the pool; its identity comes from `adoptContext`. */
  begin(layout: PipelineLayout | undefined): RequestRecord;
  /** Hands over a finished request: it is recorded after the answer has left, then pooled again. */
  finish(record: RequestRecord): void;
  /**
   * Exports the spans of a record that is not handed over: no series, log line or event comes of it, and it is not pooled.
   * Answers whether spans go anywhere.
   */
  trace(record: RequestRecord): boolean;
  /** The least severity of log lines. */
  readonly logLevel: LogLevelSwitch;
  /** Replaces what finished requests are marked with, the most important first; at most `maxMarks` are in force. */
  mark(marks: readonly RequestMark[]): void;
  /** Puts one new feedback event into the event ring; see `EventFeed.feedback`. */
  feedback(event: Feedback, item: number, notes?: number): void;
  /** The exposition for a scraper's `Accept` header, see `createExposer`. */
  readonly expose: Expose;
  /** Resolves when everything handed over so far is recorded and on its way out. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
