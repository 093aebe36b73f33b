import type { Clock } from '../../domain/clock.ts';
import type { Schedule } from '../../domain/schedule.ts';
import type { Sampled } from './snapshot.ts';

/** The last stage of the life of metrics: a receiver of a protocol. */
export interface Sink {
  /** Sends a snapshot, or lets it wait; resolves when the next one may come. Never rejects. */
  push(snapshot: Sampled): Promise<void>;
  /** Resolves when everything pushed so far is delivered, or an attempt has failed. Never rejects. */
  flush(): Promise<void>;
  /** Makes one last attempt for what waits, within the time of one attempt. Never rejects. */
  close(): Promise<void>;
}

/** Learns what becomes of the pushes of one destination: each ends in one of the first four ways. */
export interface PushReport {
  delivered(push: Push): void;
  /** Refused, or given up. */
  failed(push: Push, reason: string): void;
  /** Left the queue before it was delivered. */
  dropped(push: Push): void;
  /** Not made, as the one before was not done. */
  skipped(push: Push): void;
  /** An attempt has failed and will be made again. */
  waits(reason: string): void;
  /** How many pushes wait. */
  queued(pushes: number): void;
}

/** One push, as far as a report goes. */
export interface Push {
  readonly samples: number;
  /** When it was collected, on the monotonic clock. */
  readonly startedAt: number;
}

/** Where a sink sends to and how. */
export interface SinkOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit of one attempt. */
  readonly timeoutMs: number;
  readonly report: PushReport;
  readonly clock: Clock;
  readonly schedule: Schedule;
}
