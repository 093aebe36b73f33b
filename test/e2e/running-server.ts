import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A server of the machine, running for one test on a free loopback port in a temporary folder. */
export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** What it wrote to standard error. */
  log(): string;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a Prometheus with a configuration (JSON is YAML) and resolves when it is ready. */
export function startPrometheus(
  config: object,
  { flags = [], port }: { flags?: readonly string[]; port?: number } = {},
): Promise<RunningServer> {
  return start('prometheus', config, {
    port,
    flags: (folder) => [
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
      ...flags,
    ],
  });
}

/** Starts an Alertmanager with a configuration (JSON is YAML) and resolves when it is ready. */
export function startAlertmanager(
  config: object,
  { flags = [] }: { flags?: readonly string[] } = {},
): Promise<RunningServer> {
  return start('prometheus-alertmanager', config, {
    flags: (folder) => [
      `--storage.path=${join(folder, 'data')}`,
      '--cluster.listen-address=',
      '--log.level=warn',
      ...flags,
    ],
  });
}

async function start(
  program: string,
  config: object,
  {
    flags,
    port: given,
  }: { flags: (folder: string) => readonly string[]; port?: number | undefined },
): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), `sightline-${program}-`));
  const port = given ?? (await freePort());
  const file = join(folder, 'config.yml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    program,
    [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, ...flags(folder)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  onTestFinished(async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(`${url}/-/ready`, () => {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${written}`);
  });
  return { port, url, log: () => written };
}

/** Waits until a server says that it is ready; throws after 20 seconds. */
async function ready(url: string, check: () => void): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    check();
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} was not ready in 20 seconds`);
}
