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
    const measured = await measureRounds(entries, { ...plan, load: stand.load, connections, log });
    const spansAfter = await stand.spanCounts();
    await stand.checkGateways();
    const rounds = withBaseline(measured);
    const cpu = pairedRatio(rounds, ['on', 'baseline'], 'cpuMicros');
    const stock = stockOverOurs(rounds);
    return {
      cpu_ratio: cpu.median,
      cpu_ratio_iqr: cpu.iqr,
      stock_added_over_ours: stock.median,
      stock_added_over_ours_iqr: stock.iqr,
      added_us: pairedDifference(rounds, ['on', 'baseline'], 'cpuMicros'),
      stock_added_us: pairedDifference(rounds, ['stock', 'baseline'], 'cpuMicros'),
      stock_cpu_ratio: pairedRatio(rounds, ['stock', 'baseline'], 'cpuMicros'),
      requests_ratio: pairedRatio(rounds, ['on', 'baseline'], 'perSecond'),
      aa: {
        cpu_ratio: pairedRatio(rounds, ['off_again', 'off'], 'cpuMicros'),
        added_us: pairedDifference(rounds, ['off_again', 'off'], 'cpuMicros'),
      },
      spans: describeSpans(measured, spansBefore, spansAfter),
      connections,
      ...plan,
      entries: entryMedians(measured),
    };
  });

/**
 * Adds the mean of the two processes with everything off: compiled code differs by some per cent from
 * process to process, and that should not fall on one of them.
 */
function withBaseline(rounds: Rounds): Rounds {
  const mean = (a: number, b: number) => (a + b) / 2;
  const baseline = rounds.off.map((off, r) => {
    const again = rounds.off_again[r];
    return {
      ...off,
      cpuMicros: mean(off.cpuMicros, again.cpuMicros),
      perSecond: mean(off.perSecond, again.perSecond),
    };
  });
  return { ...rounds, baseline };
}

/** Ratio of what stock telemetry adds to what ours adds; differences are too noisy to divide in one round. */
function stockOverOurs(rounds: Rounds): Spread {
  const indices = rounds.on.map((_, r) => r);
  const added = (name: string, sample: readonly number[]) =>
    quantileOf(
      sample.map((r) => rounds[name][r].cpuMicros - rounds.baseline[r].cpuMicros),
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
