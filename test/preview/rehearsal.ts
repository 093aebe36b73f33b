import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { openServer } from '../../src/cli/open-server.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { define } from '../../src/defining.ts';
import { provision } from '../../src/provisioning/index.ts';
import type { Definition } from '../../src/provisioning/source/definition.ts';
import { controlToken, playDemo } from './play-demo.ts';
import { type PrometheusServer, startPrometheus } from './prometheus-server.ts';

/** The demo shop with a Prometheus that watches it, open until it is closed. */
export interface Rehearsal {
  readonly definition: Definition;
  readonly prometheusUrl: string;
  /** Plays the demo's clicks and the faults of the script; resolves when its time is over. */
  play(seconds: number): Promise<void>;
  close(): Promise<void>;
}

/** Periods of budgets so short that five minutes show what a month does. */
const provisioning = { scrapeSeconds: 2, sloDays: 0.25 };

/** Opens the gateway of `sightline.yaml` with a folder and ports of its own, and a Prometheus with the generated rules. */
export async function openRehearsal(): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-preview-'));
  const server = await openServer({
    config: configOf(folder),
    environment: { SIGHTLINE_CONTROL_TOKEN: controlToken },
    onProgress: () => {},
  });
  const nodes = [new URL(server.control.url).host];
  const { config } = server.gateway;
  const definition = define({
    ...config,
    provisioning: { ...config.provisioning, ...provisioning, nodes },
  });
  const prometheus = await watch(definition, folder);
  const close = async () => {
    await prometheus.stop();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const play = (seconds: number) => playDemo(server, seconds);
  return { definition, prometheusUrl: prometheus.url, play, close };
}

function configOf(folder: string): Config {
  const config = readConfig('sightline.yaml', {
    SIGHTLINE_DATA_FOLDER: join(folder, 'data'),
    SIGHTLINE_REQUEST_LOG: 'none',
    SIGHTLINE_LOG_LEVEL: 'error',
    SIGHTLINE_QUERY_PORT: '0',
    SIGHTLINE_CONTROL_PORT: '0',
  });
  const { anomaly, signals } = config;
  return {
    ...config,
    faults: { enabled: true },
    anomaly: { ...anomaly, tickSeconds: 1 },
    signals: { ...signals, requests: { ...signals.requests, joinSeconds: 10 } },
  };
}

/** Starts a Prometheus with the generated configuration and rules, only the gateway and itself to scrape. */
async function watch(definition: Definition, folder: string): Promise<PrometheusServer> {
  for (const { path, text } of provision(definition)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const deploy = join(folder, 'deploy');
  const targets = join(deploy, 'targets.json');
  const known = JSON.parse(readFileSync(targets, 'utf8')) as { labels: { job: string } }[];
  writeFileSync(
    targets,
    JSON.stringify(known.filter(({ labels }) => labels.job === definition.service)),
  );
  const text = readFileSync(join(deploy, 'prometheus.yml'), 'utf8')
    .replaceAll('../alerts', join(folder, 'alerts'))
    .replaceAll('targets.json', targets);
  const { alerting: _, ...config } = parseYaml(text) as Record<string, unknown>;
  return startPrometheus(config, { folder, port: await freePort() });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
