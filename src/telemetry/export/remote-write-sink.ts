import { encodeWrite, loadEncoder } from './encode-write.ts';
import { createWritePoster } from './post-write.ts';
import type { Sink, SinkOptions } from './sink.ts';
import { sampleCount } from './snapshot.ts';
import { openWriteQueue } from './write-queue.ts';
import { createSeriesWriter } from './write-series.ts';

/** Remote write has labels of its own, and a queue. */
export interface RemoteWriteOptions extends SinkOptions {
  /** Labels of all series. */
  readonly identity: Readonly<Record<string, string>>;
  /** Pushes that may wait for the receiver. */
  readonly maxQueued: number;
}

/**
 * Opens a sink of Prometheus remote write 1.0. A push is done as soon as it has its place in the queue. When the sink is
 * closed, every series gets its end, so that no graph goes on flat.
 */
export function openRemoteWriteSink(options: RemoteWriteOptions): Sink {
  const { identity, timeoutMs, clock, report } = options;
  const writer = createSeriesWriter(identity);
  // The pushes tell what keeps it from loading.
  loadEncoder().catch(() => {});
  const queue = openWriteQueue({
    ...options,
    poster: createWritePoster(options),
    closeMs: timeoutMs,
  });
  return {
    async push(snapshot) {
      const push = { samples: sampleCount(snapshot.metrics), startedAt: clock.monotonic() };
      try {
        queue.add(await encodeWrite(writer.write(snapshot)), push);
      } catch (error) {
        report.failed(push, String(error));
      }
    },
    flush: queue.flush,
    async close() {
      const ends = writer.end();
      const push = { samples: ends.length, startedAt: clock.monotonic() };
      const bodies = await encodeWrite(ends).catch(() => []);
      if (bodies.length > 0) queue.add(bodies, push);
      await queue.close();
    },
  };
}
