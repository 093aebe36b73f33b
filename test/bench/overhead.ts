import type { Bench } from './harness/bench.ts';
import { type Entry, measureRounds, type Rounds, warmUp } from './harness/burst.ts';
import { entryMedians, pairedDifference, pairedRatio, planRounds } from './harness/compare.ts';
import { type SpanCounts, type Watching, withGatewayStand } from './harness/gateway-stand.ts';
import { createRandom } from './harness/random.ts';
import { bootstrap, quantileOf, round, type Spread } from './harness/spread.ts';

const connections = 32;
const spansPerRequest = 7;
const names = { off: 'off', off_again: 'off', on: 'on', stock: 'stock' } as const;

/**
 * CPU per request of the gateway with everything on, everything off, and off but wrapped in stock
 * telemetry; all threads of the server count, and so does what it does after the answer.
 */
export const overheadBench: Bench = ({ seconds, log }) =>
  withGatewayStand(log, async (stand) => {
    const send = { requests: stand.requests };
    const entries: Entry[] = [];
    for (const [name, watching] of Object.entries(names)) {
      entries.push({ name, server: await stand.startGateway(name, watching as Watching), send });
    }
    const plan = planRounds(entries.length, seconds);
    await warmUp(entries, { load: stand.load, connections });
    const spansBefore = await stand.spanCounts();
    const rounds = await measureRounds(entries, { ...plan, load: stand.load, connections, log });
    const spansAfter = await stand.spanCounts();
    await stand.checkGateways();
    const cpu = pairedRatio(rounds, ['on', 'off'], 'cpuMicros');
    const stock = stockOverOurs(rounds);
    return {
      cpu_ratio: cpu.median,
      cpu_ratio_iqr: cpu.iqr,
      stock_added_over_ours: stock.median,
      stock_added_over_ours_iqr: stock.iqr,
      added_us: pairedDifference(rounds, ['on', 'off'], 'cpuMicros'),
      stock_added_us: pairedDifference(rounds, ['stock', 'off'], 'cpuMicros'),
      stock_cpu_ratio: pairedRatio(rounds, ['stock', 'off'], 'cpuMicros'),
      requests_ratio: pairedRatio(rounds, ['on', 'off'], 'perSecond'),
      aa: {
        cpu_ratio: pairedRatio(rounds, ['off_again', 'off'], 'cpuMicros'),
        added_us: pairedDifference(rounds, ['off_again', 'off'], 'cpuMicros'),
      },
      spans: describeSpans(rounds, spansBefore, spansAfter),
      connections,
      ...plan,
      entries: entryMedians(rounds),
    };
  });

/** Ratio of what stock telemetry adds to what ours adds; differences are too noisy to divide in one round. */
function stockOverOurs(rounds: Rounds): Spread {
  const indices = rounds.off.map((_, r) => r);
  const added = (name: string, sample: readonly number[]) =>
    quantileOf(
      sample.map((r) => rounds[name][r].cpuMicros - rounds.off[r].cpuMicros),
      0.5,
    );
  return bootstrap(indices, (sample) => added('stock', sample) / added('on', sample), {
    random: createRandom(1),
  });
}

/** Spans that reached the sink per request, and how many are missing. */
function describeSpans(rounds: Rounds, before: SpanCounts, after: SpanCounts) {
  return Object.fromEntries(
    ['on', 'stock'].map((name) => {
      const requests = rounds[name].reduce((sum, burst) => sum + burst.requests, 0);
      const received = (after[name] ?? 0) - (before[name] ?? 0);
      return [
        name,
        { per_request: round(received / requests), lost: requests * spansPerRequest - received },
      ];
    }),
  );
}
