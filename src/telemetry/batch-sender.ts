import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type AttributeValue, exportOpening } from './otlp.ts';
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

/** Sends encoded spans, one batch at a time. */
export interface BatchSender {
  /** Whether the batch was delivered, after all attempts. Never rejects. */
  send(spans: Uint8Array): Promise<boolean>;
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
  const opening = resource.then((attributes) =>
    exportOpening(attributes, { name: 'sightline', version }),
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
  const deliver = async (spans: Uint8Array) => {
    const plain = Buffer.concat([(await opening)(spans.length), spans]);
    const body = target.gzip ? await compress(plain) : plain;
    for (let attempt = 0; ; attempt++) {
      const { delivered, again, retryAfterMs } = await poster.post(body);
      if (delivered || !again || closing || attempt >= retryMs.length) return delivered;
      // Half of the wait is random, so that many instances do not come back together.
      await pause(Math.max(retryMs[attempt] * (0.5 + Math.random() / 2), retryAfterMs));
    }
  };
  return {
    async send(spans) {
      if (closing && failed) return false;
      const delivered = await deliver(spans).catch(() => false);
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
