import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Prometheus that runs until it is stopped. */
export interface PrometheusServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the Prometheus of the machine with a configuration (JSON is YAML); throws when it is not ready in 20 seconds. */
export async function startPrometheus(
  config: object,
  { folder, port }: { readonly folder: string; readonly port: number },
): Promise<PrometheusServer> {
  const file = join(folder, 'prometheus.json');
  writeFileSync(file, JSON.stringify(config));
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ];
  const child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  await Promise.race([
    isReady(url),
    ended.then(() => Promise.reject(new Error('prometheus ended'))),
  ]);
  return { url, stop };
}

async function isReady(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`${url} was not ready in 20 seconds`);
}
