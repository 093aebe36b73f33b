import { openSignals, type SignalsReport } from '../../src/signals/thread/open-signals.ts';
import { EventCodes } from '../../src/telemetry/event-codes.ts';
import { createEventRing, type EventRing, openEventRing } from '../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../src/telemetry/ring-event.ts';
import type { BenchOptions } from './harness/bench.ts';

const rounds = 4;
const slateSize = 20;
const itemCount = 50_000;

/**
 * Events per second from the main thread through the ring into all signals of the worker, by the worker's
 * own counts, put one by one and as slates of 20; and what a put costs the main thread. Takes 3 seconds,
 * or less where `seconds` says so.
 */
export async function ringBench({ seconds, log }: BenchOptions) {
  const roundMs = (Math.min(seconds, 3) * 1000) / (2 * (rounds + 1));
  const single = await throughput(1, roundMs);
  const slates = await throughput(slateSize, roundMs);
  const result = {
    ring_events_per_s: single.best,
    ring_slate_events_per_s: slates.best,
    ring_put_ns: putCostNs(1),
    ring_slate_put_ns: putCostNs(slateSize),
    ring_events: single.put + slates.put,
    ring_lost: single.put + slates.put - single.seen - slates.seen,
  };
  log(`ring: ${(single.best / 1e6).toFixed(1)} M events/s, ${result.ring_lost} lost`);
  log(`ring in slates of ${slateSize}: ${(slates.best / 1e6).toFixed(1)} M events/s`);
  return result;
}

/** Puts as fast as the ring takes it; `best` is the best of the rounds, in events per second. */
async function throughput(size: number, roundMs: number) {
  const ring = createEventRing();
  const codes = new EventCodes();
  let seen = 0;
  const onReport = ({ flow }: SignalsReport) => {
    seen += flow?.events.exposure ?? 0;
  };
  const onFailure = (cause: unknown) => {
    throw cause;
  };
  const signals = openSignals({ ring, codes, onReport, onFailure, periodMs: 3_600_000 });
  const burst = createBurst(ring, size, codes);
  let put = 0;
  let best = 0;
  // Round 0 warms the code of both threads up.
  for (let round = 0; round <= rounds; round++) {
    const before = seen;
    const start = performance.now();
    put += burst(roundMs);
    await signals.report();
    const rate = Math.round((seen - before) / ((performance.now() - start) / 1000));
    if (round > 0) best = Math.max(best, rate);
  }
  await signals.close();
  return { best, put, seen };
}

/** Keeps the ring full for a time; answers how many events fit. */
function createBurst(ring: EventRing, size: number, codes: EventCodes): (forMs: number) => number {
  const event = blankEvent('exposure');
  event.strategy = codes.codeOf('blend');
  event.catalog = codes.codeOf('shoes');
  const items = Int32Array.from({ length: itemCount }, (_, i) => (i * 7919) % itemCount);
  const predicted = new Float32Array(size);
  const slates = Array.from({ length: itemCount / size }, (_, s) => ({
    items: items.subarray(s * size),
    predicted,
    count: size,
  }));
  let at = 0;
  return (forMs) => {
    const until = performance.now() + forMs;
    let put = 0;
    while (performance.now() < until) {
      for (let k = 0; k < 1024; k += size) {
        at = (at + 1) % slates.length;
        event.item = items[at];
        if (size > 1) put += ring.putSlate(event, slates[at]);
        else if (ring.put(event)) put += 1;
      }
    }
    return put;
  };
}

/** Main-thread time per event while there is room and nobody reads. */
function putCostNs(size: number): number {
  const ring = createEventRing();
  const reader = openEventRing(ring.shared);
  const event = blankEvent('exposure');
  const slate = { items: new Int32Array(size), predicted: new Float32Array(size), count: size };
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round++) {
    reader.drain(() => {});
    const start = performance.now();
    for (let k = 0; k < ring.capacity; k += size) {
      if (size > 1) ring.putSlate(event, slate);
      else ring.put(event);
    }
    best = Math.min(best, ((performance.now() - start) * 1e6) / ring.capacity);
  }
  return Math.round(best * 10) / 10;
}
