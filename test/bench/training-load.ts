import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { workloadConfig, writeWorkload } from './harness/workload.ts';
import { type Got, type SteadyLoad, startSteadyLoad } from './hotswap/steady-load.ts';

const perSecond = 200;
const rounds = 5;
/** After each change of what runs, before answers count. */
const settleMs = 500;

/**
 * A steady load on a gateway that trains all its models, one run after the other with as many threads as there are cores,
 * against the same load while it does not. A/A: the quiet load after against before. Medians of the rounds.
 */
export const trainingLoadBench: Bench = ({ seconds, log }) =>
  withTemporaryFolder(async (folder) => {
    const { dataset, paths } = writeWorkload(join(folder, 'dataset'));
    const [dataFolder, modelFolder] = [join(folder, 'data'), join(folder, 'models')];
    const config = workloadConfig({ dataset, dataFolder, modelFolder, telemetry: true });
    const server: Child<{ port: number }> = await startChild('training-load', {
      options: { config },
    });
    try {
      const load = startSteadyLoad({
        port: server.ready.port,
        path: (n) => paths[n % paths.length],
        perSecond,
      });
      const phaseMs = (1000 * seconds) / rounds / 4;
      await take(load, 3000);
      const all: Round[] = [];
      let runs: readonly string[] = [];
      for (let round = 0; round < rounds; round++) {
        const before = await take(load, phaseMs);
        await server.ask('begin');
        const during = await take(load, 2 * phaseMs);
        runs = await server.ask<string[]>('end');
        const after = await take(load, phaseMs);
        all.push({ before, during, after });
        log(JSON.stringify({ before: p99(before), during: p99(during), after: p99(after) }));
      }
      await load.end();
      const median = (of: (round: Round) => number) =>
        round3(all.map(of).sort((a, b) => a - b)[rounds >> 1]);
      const answers = all.flatMap(({ before, during, after }) => [...before, ...during, ...after]);
      return {
        p99_ratio: median(({ before, during }) => p99(during) / p99(before)),
        aa: { p99_ratio: median(({ before, after }) => p99(after) / p99(before)) },
        p99_ms: { quiet: median((r) => p99(r.before)), training: median((r) => p99(r.during)) },
        median_ms: {
          quiet: median((r) => quantile(r.before, 0.5)),
          training: median((r) => quantile(r.during, 0.5)),
        },
        failed: answers.filter(({ body }) => body === undefined).length,
        requests: answers.length,
        // A run that is on when its phase of the bench ends is cancelled.
        outcomes: Object.fromEntries(
          [...new Set(runs)].map((one) => [one, runs.filter((other) => other === one).length]),
        ),
        per_second: perSecond,
        rounds,
      };
    } finally {
      await server.end();
    }
  });

interface Round {
  readonly before: readonly Got[];
  readonly during: readonly Got[];
  readonly after: readonly Got[];
}

async function take(load: SteadyLoad, ms: number): Promise<readonly Got[]> {
  await wait(settleMs);
  load.take();
  await wait(ms);
  return load.take();
}

function quantile(got: readonly Got[], q: number): number {
  const times = got.map(({ ms }) => ms).sort((a, b) => a - b);
  return times[Math.floor(times.length * q)] ?? 0;
}

const p99 = (got: readonly Got[]) => round3(quantile(got, 0.99));
const round3 = (value: number) => Number(value.toPrecision(3));
