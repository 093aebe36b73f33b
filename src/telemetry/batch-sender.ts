import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AttributeValue, type ExportFrame, exportFrame } from './otlp.ts';
import type { SpanTarget } from './otlp-environment.ts';
import { createPoster } from './span-post.ts';

/** What a sender of batches needs. */
export interface BatchSenderOptions {
  readonly target: SpanTarget;
  /** Attributes of the resource; nothing leaves before they are known. Must not reject. */
  readonly resource: Promise<Readonly<Record<string, AttributeValue>>>;
  /** Version of the instrumentation scope `sightline`. */
  readonly version: string;
  /** Waits before the attempts after the first one; a `Retry-After` may lengthen them. */
  readonly retryMs?: readonly number[];
  /** Told when an attempt has failed and the next one waits. */
  readonly onPause: () => void;
}

/** Encoded spans from `spansAt` on; the bytes before them are for the opening of the request. */
export interface SpanBatch {
  readonly bytes: Buffer;
  /** Where the spans end. */
  used: number;
  spans: number;
}

/** Bytes before the spans of a batch; a longer opening costs a copy of the batch. */
export const spansAt = 16_384;

/** Sends encoded spans, one batch at a time. */
export interface BatchSender {
  /** Whether the batch was delivered, after all attempts. Never rejects; until then the batch is in use. */
  send(batch: SpanBatch): Promise<boolean>;
  /** Makes the attempt now that is waiting for its turn. */
  hurry(): void;
  /** From now on each batch has one attempt, none after one has failed, and all the time of one. */
  last(): void;
  close(): void;
}

const compress = promisify(gzip);

/** Makes a sender that wraps spans into an export request, compresses them if asked, and retries. */
export function createBatchSender({
  target,
  resource,
  version,
  retryMs = [1000, 2000, 4000, 8000, 16_000],
  onPause,
}: BatchSenderOptions): BatchSender {
  const poster = createPoster(target);
  const frame = resource.then((attributes) =>
    exportFrame(attributes, { name: 'sightline', version }),
  );
  let closing = false;
  let failed = false;
  let hurry = () => {};
  let limit: NodeJS.Timeout | undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      hurry = () => {
        clearTimeout(timer);
        resolve();
      };
      onPause();
    });
  const deliver = async (batch: SpanBatch) => {
    const plain = inFrame(batch, await frame);
    const body = target.gzip ? await compress(plain) : plain;
    for (let attempt = 0; ; attempt++) {
      const { delivered, again, retryAfterMs } = await poster.post(body);
      if (delivered || !again || closing || attempt >= retryMs.length) return delivered;
      // Half of the wait is random, so that many instances do not come back together.
      await pause(Math.max(retryMs[attempt] * (0.5 + Math.random() / 2), retryAfterMs));
    }
  };
  return {
    async send(batch) {
      if (closing && failed) return false;
      const delivered = await deliver(batch).catch(() => false);
      failed = !delivered;
      return delivered;
    },
    hurry: () => hurry(),
    last() {
      closing = true;
      failed = false;
      hurry();
      limit = setTimeout(() => {
        failed = true;
        poster.close();
      }, target.timeoutMs).unref();
    },
    close() {
      clearTimeout(limit);
      poster.close();
    },
  };
}

function inFrame({ bytes, used }: SpanBatch, frame: ExportFrame): Buffer {
  const opening = frame.opening(used - spansAt);
  if (opening.length > spansAt) return Buffer.concat([opening, bytes.subarray(spansAt, used)]);
  opening.copy(bytes, spansAt - opening.length);
  return bytes.subarray(spansAt - opening.length, used);
}
