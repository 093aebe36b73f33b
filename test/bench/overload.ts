import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Bench } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { cpuMicros } from './harness/cpu-time.ts';
import { serverCore } from './harness/gateway-stand.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { workloadConfig, writeWorkload } from './harness/workload.ts';
import { type Heard, openCaller } from './overload/caller.ts';

/** Connections that ask again at once: few, as many as keep the gateway busy, and five times those. */
const connections = { quiet: 16, full: 64, overload: 320 } as const;
const rounds = 4;
const eventLoopMs = 20;
/** After so long without load the gateway is no longer on its guard. */
const calmMs = 1500;
/** Of each load. */
const uncountedMs = 500;

/** What a number of connections got. */
interface Load {
  readonly wholePerSecond: number;
  /** Answers in full for a second of the gateway's CPU. */
  readonly wholePerCpuSecond: number;
  /** Of answers in full. */
  readonly p99Ms: number;
  readonly shed: number;
  /** Neither in full nor shed with a reason. */
  readonly unexplained: number;
}

/**
 * Five times the connections that keep the gateway busy: answers in full against those without overload, their p99
 * against that of a quiet gateway, and whether every other answer says why. A/A: two quiet loads, and two full ones.
 * Overload lasts four times as long as any other load, and of none the first half second counts: the gateway sees that it is
 * behind after 100 ms, and until then serves everybody. The generator never sleeps while it measures, see `servers/load.ts`.
 */
export const overloadBench: Bench = ({ seconds, log }) =>
  withTemporaryFolder(async (folder) => {
    const { dataset, paths } = writeWorkload(join(folder, 'dataset'));
    const [dataFolder, modelFolder] = [join(folder, 'data'), join(folder, 'models')];
    const config = {
      ...workloadConfig({ dataset, dataFolder, modelFolder, telemetry: true }),
      protection: { eventLoopMs },
    };
    const options = { config, watching: 'on', environment: {} };
    const gateway: Child<{ port: number }> = await startChild('gateway', {
      core: serverCore,
      options,
    });
    try {
      const { port } = gateway.ready;
      const shop = {
        port,
        pid: gateway.pid,
        requests: paths.map((path) => Buffer.from(requestOf(path))),
      };
      const phase = Math.max(1, seconds / rounds / 8);
      await load(shop, connections.full, 3);
      await setTimeout(calmMs);
      const all = [];
      for (let round = 0; round < rounds; round++) {
        const quiet = await load(shop, connections.quiet, phase);
        const full = await load(shop, connections.full, phase);
        const overload = await load(shop, connections.overload, 4 * phase);
        await setTimeout(calmMs);
        const fullAgain = await load(shop, connections.full, phase);
        const quietAgain = await load(shop, connections.quiet, phase);
        log(JSON.stringify({ quiet, full, overload }));
        all.push({ quiet, full, overload, fullAgain, quietAgain });
      }
      const overloads = all.map(({ overload }) => overload);
      return {
        goodput_ratio: median(all, (r) => r.overload.wholePerSecond / r.full.wholePerSecond),
        goodput_by_cpu_ratio: median(
          all,
          (r) => r.overload.wholePerCpuSecond / r.full.wholePerCpuSecond,
        ),
        p99_ratio: median(all, (r) => r.overload.p99Ms / r.quiet.p99Ms),
        p99_ms: median(overloads, ({ p99Ms }) => p99Ms),
        shed: overloads.reduce((sum, { shed }) => sum + shed, 0),
        unexplained: overloads.reduce((sum, { unexplained }) => sum + unexplained, 0),
        aa: {
          goodput_ratio: median(all, (r) => r.fullAgain.wholePerSecond / r.full.wholePerSecond),
          goodput_by_cpu_ratio: median(
            all,
            (r) => r.fullAgain.wholePerCpuSecond / r.full.wholePerCpuSecond,
          ),
          p99_ratio: median(all, (r) => r.quietAgain.p99Ms / r.quiet.p99Ms),
        },
        shed_without_overload: all.reduce(
          (sum, { quiet, full }) => sum + quiet.shed + full.shed,
          0,
        ),
        per_second: median(all, ({ full }) => full.wholePerSecond),
        connections,
        event_loop_ms: eventLoopMs,
        rounds,
      };
    } finally {
      await gateway.end();
    }
  });

const requestOf = (path: string) => `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;

interface Shop {
  readonly port: number;
  /** Of the gateway. */
  readonly pid: number;
  readonly requests: readonly Buffer[];
}

async function load(
  { port, pid, requests }: Shop,
  callers: number,
  seconds: number,
): Promise<Load> {
  const countsFrom = performance.now() + uncountedMs;
  const until = countsFrom + seconds * 1000;
  let cpuBefore = Number.NaN;
  const times: number[] = [];
  let asked = 0;
  let shed = 0;
  let unexplained = 0;
  const next = () => (performance.now() < until ? requests[asked++ % requests.length] : undefined);
  const hear = ({ status, reason, tookMs }: Heard) => {
    if (performance.now() < countsFrom) return;
    if (Number.isNaN(cpuBefore)) cpuBefore = cpuMicros(pid);
    if (reason.startsWith('shed.')) shed += 1;
    else if (status === 200) times.push(tookMs);
    else unexplained += 1;
  };
  let isOver = false;
  const stayAwake = () => {
    if (!isOver) setImmediate(stayAwake);
  };
  stayAwake();
  await Promise.all(Array.from({ length: callers }, () => openCaller({ port, next, hear })));
  isOver = true;
  const cpuSeconds = (cpuMicros(pid) - cpuBefore) / 1e6;
  const wholePerCpuSecond = times.length / cpuSeconds;
  const p99Ms = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)];
  return { wholePerSecond: times.length / seconds, wholePerCpuSecond, p99Ms, shed, unexplained };
}

function median<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  const sorted = rows.map(of).sort((a, b) => a - b);
  return Number(sorted[sorted.length >> 1].toPrecision(3));
}
