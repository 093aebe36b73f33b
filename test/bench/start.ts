import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Bench } from './harness/bench.ts';
import { round, spreadOf } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const repository = resolve(import.meta.dirname, '../..');
const firstStarts = 1;
const warmStarts = 9;
const patienceMs = 120_000;
const pollMs = 5;

/**
 * Seconds from starting the process to the first recommendation: with nothing on disk (import and
 * training), and with trained models.
 */
export const startBench: Bench = ({ log }) =>
  withTemporaryFolder(async (folder) => {
    const first: number[] = [];
    const warm: number[] = [];
    for (let s = 0; s < firstStarts + warmStarts; s++) {
      if (s < firstStarts) rmSync(folder, { recursive: true, force: true });
      const seconds = await timeStart(folder);
      (s < firstStarts ? first : warm).push(seconds);
      log(`start ${s + 1}: first answer after ${seconds.toFixed(2)} s`);
    }
    const { median, iqr } = spreadOf(warm);
    return {
      warm_start_s: median,
      warm_start_s_iqr: iqr,
      first_start_s: spreadOf(first).median,
      aa: {
        warm_ratio: round(halves(warm)),
      },
      warm_starts: warm.length,
      first_starts: first.length,
    };
  });

/** Median of the odd starts over that of the even ones: what chance alone makes of it. */
function halves(values: readonly number[]): number {
  const every = (rest: number) => spreadOf(values.filter((_, i) => i % 2 === rest)).median;
  return every(1) / every(0);
}

/** Starts `sightline serve` on the demo and answers the seconds until its first recommendation. */
async function timeStart(folder: string): Promise<number> {
  const [query, control] = await freePorts(2);
  const began = performance.now();
  const server = spawn(process.execPath, [join(repository, 'src/cli/main.ts'), 'serve'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      SIGHTLINE_QUERY_PORT: String(query),
      SIGHTLINE_CONTROL_PORT: String(control),
      SIGHTLINE_DATA_FOLDER: join(folder, 'data'),
      SIGHTLINE_MODEL_FOLDER: join(folder, 'models'),
    },
  });
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  try {
    await firstAnswer(`http://127.0.0.1:${query}/v1/recommend/session?n=10`, server);
    return (performance.now() - began) / 1000;
  } catch (cause) {
    throw new Error(`sightline serve gave no answer; it said: ${said}`, { cause });
  } finally {
    await end(server);
  }
}

async function firstAnswer(url: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`serve ended with ${server.exitCode}`);
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.status === 200) return;
    } catch {
      // Nothing listens there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(`no answer from ${url} in ${patienceMs / 1000} s`);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const killer = setTimeout(() => server.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(killer);
}

/** Ports that nothing listens on at this moment. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  for (const server of servers) server.close();
  return ports;
}
