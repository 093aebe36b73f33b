import type { Clock } from '../domain/clock.ts';
import { createEpoch } from './epoch.ts';
import type { PipelineLayout } from './layout.ts';
import { RequestRecord } from './request-record.ts';

/**
 * What takes a finished request in. The epoch time of a moment is `originMs` plus its monotonic time; the
 * record is valid only during the call.
 */
export type RecordSink = (record: RequestRecord, originMs: number) => void;

/** Lends records to requests and hands the finished ones to the sinks. */
export interface Recorder {
  /** A cleared record that starts now. */
  begin(layout: PipelineLayout | undefined): RequestRecord;
  /** Takes a record back. It ends now, if nobody said when. */
  finish(record: RequestRecord): void;
  /** Hands over everything that is finished, at once. */
  drain(): void;
}

/** Records kept for reuse; a burst beyond it leaves the rest to the collector. */
const poolSize = 1024;

/**
 * Makes a recorder. Finished records are gathered and handed to the sinks in one go after the events of
 * this turn of the loop, so after their answers have left; sink by sink, which is kinder to the caches than
 * record by record. A sink that throws loses that record only. Without sinks a record is just pooled.
 */
export function createRecorder({
  sinks,
  clock,
}: {
  readonly sinks: readonly RecordSink[];
  readonly clock: Clock;
}): Recorder {
  const pool: RequestRecord[] = [];
  const epoch = createEpoch(clock);
  let finished: RequestRecord[] = [];
  let spare: RequestRecord[] = [];

  const recycle = (record: RequestRecord) => {
    if (pool.length < poolSize) pool.push(record);
  };
  const drain = () => {
    if (finished.length === 0) return;
    const batch = finished;
    finished = spare;
    const originMs = epoch();
    for (const sink of sinks) feed(sink, batch, originMs);
    for (const record of batch) recycle(record);
    batch.length = 0;
    spare = batch;
  };
  return {
    begin(layout) {
      const record = pool.pop() ?? new RequestRecord();
      record.reset(layout);
      record.startedAt = clock.monotonic();
      return record;
    },
    finish(record) {
      if (sinks.length === 0) return recycle(record);
      if (record.endedAt === 0) record.endedAt = clock.monotonic();
      if (finished.push(record) === 1) setImmediate(drain);
    },
    drain,
  };
}

function feed(sink: RecordSink, batch: readonly RequestRecord[], originMs: number): void {
  for (const record of batch) {
    try {
      sink(record, originMs);
    } catch {
      // Telemetry that fails must not fail what it watches.
    }
  }
}
