import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Bench } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { serverCore } from './harness/gateway-stand.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { workloadConfig, writeWorkload } from './harness/workload.ts';

/** Connections that ask again at once: few, as many as keep the gateway busy, and five times those. */
const connections = { quiet: 16, full: 64, overload: 320 } as const;
const rounds = 4;
const eventLoopMs = 20;

/** What a number of connections got. */
interface Load {
  readonly wholePerSecond: number;
  /** Of answers in full. */
  readonly p99Ms: number;
  readonly shed: number;
  /** Neither in full nor shed with a reason. */
  readonly unexplained: number;
}

/**
 * Five times the connections that keep the gateway busy: answers in full against those without overload, their p99
 * against that of a quiet gateway, and whether every other answer says why. A/A: two quiet loads, and two full ones.
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
      const ask = createAsk(gateway.ready.port, paths);
      const phase = seconds / rounds / 5;
      await load(ask, connections.full, 3);
      const all = [];
      for (let round = 0; round < rounds; round++) {
        const quiet = await load(ask, connections.quiet, phase);
        const full = await load(ask, connections.full, phase);
        const overload = await load(ask, connections.overload, phase);
        const fullAgain = await load(ask, connections.full, phase);
        const quietAgain = await load(ask, connections.quiet, phase);
        log(JSON.stringify({ quiet, full, overload }));
        all.push({ quiet, full, overload, fullAgain, quietAgain });
      }
      const overloads = all.map(({ overload }) => overload);
      return {
        goodput_ratio: median(all, (r) => r.overload.wholePerSecond / r.full.wholePerSecond),
        p99_ratio: median(all, (r) => r.overload.p99Ms / r.quiet.p99Ms),
        p99_ms: median(overloads, ({ p99Ms }) => p99Ms),
        shed: overloads.reduce((sum, { shed }) => sum + shed, 0),
        unexplained: overloads.reduce((sum, { unexplained }) => sum + unexplained, 0),
        aa: {
          goodput_ratio: median(all, (r) => r.fullAgain.wholePerSecond / r.full.wholePerSecond),
          p99_ratio: median(all, (r) => r.quietAgain.p99Ms / r.quiet.p99Ms),
        },
        per_second: median(all, ({ full }) => full.wholePerSecond),
        connections,
        event_loop_ms: eventLoopMs,
        rounds,
      };
    } finally {
      await gateway.end();
    }
  });

type Ask = (agent: Agent) => Promise<IncomingMessage>;

function createAsk(port: number, paths: readonly string[]): Ask {
  let asked = 0;
  return (agent) =>
    new Promise((resolve, reject) => {
      const path = paths[asked++ % paths.length];
      httpGet({ port, path, agent, host: '127.0.0.1' }, (answer) => {
        answer.resume().once('end', () => resolve(answer));
      }).once('error', reject);
    });
}

async function load(ask: Ask, callers: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const until = performance.now() + seconds * 1000;
  const times: number[] = [];
  let shed = 0;
  let unexplained = 0;
  const call = async () => {
    for (let now = performance.now(); now < until; ) {
      const { statusCode, headers } = await ask(agent);
      const reason = String(headers['x-sightline-fallback-reason'] ?? '');
      const end = performance.now();
      if (reason.startsWith('shed.')) shed += 1;
      else if (statusCode === 200) times.push(end - now);
      else unexplained += 1;
      now = end;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  agent.destroy();
  const p99Ms = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)];
  return { wholePerSecond: times.length / seconds, p99Ms, shed, unexplained };
}

function median<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  const sorted = rows.map(of).sort((a, b) => a - b);
  return Number(sorted[sorted.length >> 1].toPrecision(3));
}
