import {
  type BatchSender,
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
  readonly add: (record: RequestRecord, originMs: number) => void;
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
export function openSpanExporter(options: SpanExporterOptions): SpanExporter {
  return new QueuedExporter(options);
}

class QueuedExporter implements SpanExporter {
  readonly #writer = new SpanWriter();
  readonly #sender: BatchSender;
  readonly #emit: Emit;
  readonly #batchBytes: number;
  /** Batches that may wait. */
  readonly #capacity: number;
  readonly #timer: NodeJS.Timeout;
  readonly #queue: SpanBatch[] = [];
  readonly #spare: SpanBatch[] = [];
  #filling: SpanBatch | undefined;
  #sending = false;
  #settled: (() => void)[] = [];

  constructor({
    flushMs = 1000,
    batchBytes = 524_288,
    queueBytes = 8_388_608,
    emit,
    ...delivery
  }: SpanExporterOptions) {
    this.#emit = emit;
    this.#batchBytes = batchBytes;
    this.#capacity = Math.max(1, Math.floor(queueBytes / batchBytes));
    this.#sender = createBatchSender({ ...delivery, onPause: () => this.#settle() });
    // While a batch is under way the next one may as well grow.
    this.#timer = setInterval(() => this.#sending || this.#handOver(), flushMs).unref();
  }

  readonly add = (record: RequestRecord, originMs: number): void => {
    const batch = this.#roomy();
    const spans = spanCount(record);
    if (batch === undefined) {
      this.#emit('events.dropped', { reason: 'span_queue_full', events: spans });
      return;
    }
    this.#writer.setOrigin(originMs);
    batch.used = this.#writer.write(record, batch.bytes, batch.used);
    batch.spans += spans;
  };

  async flush(): Promise<void> {
    this.#sender.hurry();
    await this.#settlement();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#sender.last();
    await this.#settlement();
    this.#sender.close();
  }

  /** A batch with room for a request; undefined where all the room is taken by what waits. */
  #roomy(): SpanBatch | undefined {
    const filling = this.#filling;
    if (filling !== undefined) {
      if (filling.used < spansAt + this.#batchBytes) return filling;
      if (this.#queue.length >= this.#capacity) return undefined;
      this.#handOver();
    }
    this.#filling = this.#spare.pop() ?? emptyBatch(this.#batchBytes);
    this.#filling.used = spansAt;
    this.#filling.spans = 0;
    return this.#filling;
  }

  #handOver(): void {
    if (this.#filling === undefined) return;
    this.#queue.push(this.#filling);
    this.#filling = undefined;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      const { spans } = batch;
      const delivered = await this.#sender.send(batch);
      if (!delivered) this.#emit('events.dropped', { reason: 'span_export', events: spans });
      if (this.#spare.length < spareBatches) this.#spare.push(batch);
    }
    this.#sending = false;
    this.#settle();
  }

  async #settlement(): Promise<void> {
    this.#handOver();
    if (!this.#sending) return;
    // Nothing else may be left to keep the process alive for the answer.
    const hold = setInterval(() => {}, 60_000);
    await new Promise<void>((resolve) => this.#settled.push(resolve));
    clearInterval(hold);
  }

  #settle(): void {
    const settled = this.#settled;
    this.#settled = [];
    for (const resolve of settled) resolve();
  }
}

function emptyBatch(batchBytes: number): SpanBatch {
  const bytes = Buffer.allocUnsafe(spansAt + batchBytes + maxRequestBytes);
  return { bytes, used: spansAt, spans: 0 };
}
