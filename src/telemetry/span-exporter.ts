import {
  type BatchSenderOptions,
  createBatchSender,
  type SpanBatch,
  spansAt,
} from './batch-sender.ts';
import type { Emit } from './facts.ts';
import { maxRequestBytes, SpanWriter, spanCount } from './otlp-span.ts';
import type { RequestRecord } from './request-record.ts';

/** What a span exporter needs. */
export interface SpanExporterOptions extends Omit<BatchSenderOptions, 'onPause'> {
  readonly emit: Emit;
  readonly flushMs?: number;
  readonly batchBytes?: number;
  /** What may wait; requests beyond it are dropped and counted. */
  readonly queueBytes?: number;
}

/** Takes the spans of finished requests to an OTLP endpoint. */
export interface SpanExporter {
  /** Encodes a request; its epoch is `originMs` plus its monotonic times. Never throws, never waits. */
  add(record: RequestRecord, originMs: number): void;
  /** Resolves when everything added so far is delivered, or an attempt has failed and is to be repeated. */
  flush(): Promise<void>;
  /** Makes one last attempt for what is waiting, within the time of one attempt. */
  close(): Promise<void>;
}

/** Batches kept for reuse; in quiet times one fills while one is sent. */
const spareBatches = 4;

/**
 * Opens an exporter of request spans: OTLP over HTTP in protobuf, in batches of about 512 KB, each second
 * or when one is full, one at a time. 429, 502, 503, 504 and network errors are tried again with growing
 * waits; what is refused or fails throughout is told as `events.dropped` with `span_export`, what finds
 * 8 MB waiting with `span_queue_full`. Does not keep the process alive outside `flush` and `close`.
 */
export function openSpanExporter({
  flushMs = 1000,
  batchBytes = 524_288,
  queueBytes = 8_388_608,
  emit,
  ...delivery
}: SpanExporterOptions): SpanExporter {
  const writer = new SpanWriter();
  const fullAt = spansAt + batchBytes;
  const capacity = Math.max(1, Math.floor(queueBytes / batchBytes));
  const queue: SpanBatch[] = [];
  const spare: SpanBatch[] = [];
  let filling: SpanBatch | undefined;
  let sending = false;
  let settled: (() => void)[] = [];

  const drop = (reason: 'span_queue_full' | 'span_export', events: number) =>
    emit('events.dropped', { reason, events });
  const settle = () => {
    const waiting = settled;
    settled = [];
    for (const resolve of waiting) resolve();
  };
  const sender = createBatchSender({ ...delivery, onPause: settle });

  const pump = async () => {
    if (sending) return;
    sending = true;
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      const delivered = await sender.send(batch);
      if (!delivered) drop('span_export', batch.spans);
      if (spare.length < spareBatches) spare.push(batch);
    }
    sending = false;
    settle();
  };
  /** Makes room for a request; false where all the room is taken by what waits. */
  const makeRoom = () => {
    if (filling !== undefined && filling.used < fullAt) return true;
    if (filling !== undefined) {
      if (queue.length >= capacity) return false;
      handOver();
    }
    filling = spare.pop() ?? emptyBatch(batchBytes);
    filling.used = spansAt;
    filling.spans = 0;
    return true;
  };
  const handOver = () => {
    if (filling === undefined) return;
    queue.push(filling);
    filling = undefined;
    void pump();
  };
  // While a batch is under way the next one may as well grow.
  const timer = setInterval(() => sending || handOver(), flushMs).unref();

  const settlement = async () => {
    handOver();
    if (!sending) return;
    // Nothing else may be left to keep the process alive for the answer.
    const hold = setInterval(() => {}, 60_000);
    await new Promise<void>((resolve) => settled.push(resolve));
    clearInterval(hold);
  };
  return {
    add(record, originMs) {
      if (!makeRoom() || filling === undefined) {
        drop('span_queue_full', spanCount(record));
        return;
      }
      writer.setOrigin(originMs);
      filling.used = writer.write(record, filling.bytes, filling.used);
      filling.spans += spanCount(record);
    },
    async flush() {
      sender.hurry();
      await settlement();
    },
    async close() {
      clearInterval(timer);
      sender.last();
      await settlement();
      sender.close();
    },
  };
}

function emptyBatch(batchBytes: number): SpanBatch {
  const bytes = Buffer.allocUnsafe(spansAt + batchBytes + maxRequestBytes);
  return { bytes, used: spansAt, spans: 0 };
}
