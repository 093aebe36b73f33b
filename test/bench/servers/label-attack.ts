/** Asks a metric set for 100,000 values of one label in a process of its own, and tells what that cost. */
import { createExposer } from '../../../src/telemetry/exposition.ts';
import { createMetricSet } from '../../../src/telemetry/metric-set.ts';
import { ownTimeMs } from '../exposition/own-time.ts';
import { answerParent } from '../harness/answer-parent.ts';

const set = createMetricSet();
const expose = createExposer(set.registry);

const ask = (catalog: string) =>
  set.histogram('request_duration_seconds', {
    work: 'home',
    strategy: 'blend',
    segment: 'default',
    catalog,
    outcome: 'ok',
  });

/** Nanoseconds each call takes. */
function timeEach(calls: number, call: (n: number) => void): number {
  const startedAt = ownTimeMs();
  for (let n = 0; n < calls; n++) call(n);
  return Math.round(((ownTimeMs() - startedAt) * 1e6) / calls);
}

function memory() {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { series: set.size(), heap_mb: heapUsed / 2 ** 20, rss_mb: rss / 2 ** 20 };
}

async function attack({ values, wave }: { values: number; wave: number }) {
  const known = ask('catalog-0');
  const observe_ns = timeEach(values, () => known.observe(0.003));
  const known_ns = timeEach(values, () => ask('catalog-0').observe(0.003));
  const overflow_ns = timeEach(values, (n) => ask(`catalog-${wave * values + n}`).observe(0.003));
  const startedAt = ownTimeMs();
  const { body } = await expose();
  const expose_ms = ownTimeMs() - startedAt;
  const counted = [...body.matchAll(/^sightline_request_duration_seconds_count.* (\d+)$/gm)];
  const observed = counted.reduce((sum, [, count]) => sum + Number(count), 0);
  return { observe_ns, known_ns, overflow_ns, expose_ms, observed, ...memory() };
}

answerParent({}, { memory, attack });
