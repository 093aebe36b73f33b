import type { Bench } from './harness/bench.ts';
import { measureCosts } from './signals/costs.ts';
import { measureDistances } from './signals/distances.ts';
import { measureMemory } from './signals/memory.ts';
import { createShop } from './signals/shop.ts';
import { measureThroughput } from './signals/throughput.ts';

/**
 * All signals at full size, 100,000 items in four catalogues with vectors of 48 numbers and 100,000 sessions: events per
 * second through the worker, nanoseconds of each signal, the distances that drift is measured with, and memory.
 */
export const signalsBench: Bench = async ({ seconds, log }) => {
  const memory = await measureMemory({ log });
  const shop = createShop({ nowMs: Date.now() });
  const throughput = await measureThroughput(shop, { seconds: 0.6 * seconds, log });
  const costs = measureCosts(shop, { seconds: 0.3 * seconds });
  log(`ns an event: ${JSON.stringify(costs.ns_per_event)}`);
  const distances = measureDistances({ seconds: 0.1 * seconds });
  log(`W1 ${distances.w1_10000_ms} ms, sliced W1 ${distances.sliced_w1_ms} ms`);
  const { feedback, ...mixed } = throughput;
  return {
    ...mixed,
    feedback_events_per_s: feedback.events_per_s,
    feedback,
    ...costs,
    ...distances,
    ...memory,
  };
};
