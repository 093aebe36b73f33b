import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Load } from './burst.ts';
import { type Child, startChild } from './child.ts';
import { checkQuestions, chooseQuestions } from './questions.ts';
import { withTemporaryFolder } from './temporary-folder.ts';
import { requestOf, type Workload, workloadConfig, writeWorkload } from './workload.ts';

/** The cores the servers and everything else stay on, where cores can be chosen. */
export const serverCore = 0;
export const loadCore = 1;

/** How much a gateway watches: all of it, nothing, or the same data by stock libraries. */
export type Watching = 'on' | 'off' | 'stock';

export type Server = Child<{ port: number }>;

/** Spans that a sink has received, by the name of the server that sent them. */
export type SpanCounts = Readonly<Record<string, number>>;

/** A made-up shop with trained models, a load generator and a span sink: servers can be started on it. */
export interface GatewayStand {
  readonly load: Load;
  /** Folder on the disk that the stores write to. */
  readonly folder: string;
  /** Ids of the items of the shop. */
  readonly items: readonly string[];
  /** Requests to send in turn. */
  readonly requests: readonly string[];
  /** Starts a gateway on its own copy of the data; `pinned: false` lets it use all cores. */
  startGateway(name: string, watching: Watching, options?: StartOptions): Promise<Server>;
  /** Starts bare Hono answering `body`. */
  startBare(body: string, mode: 'json' | 'body'): Promise<Server>;
  spanCounts(): Promise<SpanCounts>;
  /** Throws when a gateway no longer answers every request from all its candidates. */
  checkGateways(): Promise<void>;
}

/** How a gateway process is started. */
export interface StartOptions {
  readonly pinned?: boolean;
  /** Options of Node.js, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[];
}

/** What a gateway server program is told. */
export interface GatewayProgramOptions {
  readonly config: Record<string, unknown>;
  readonly watching: Watching;
  /** The standard `OTEL_*` variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Prepares a stand, runs with it, ends every process it started and removes its files. */
export function withGatewayStand<T>(
  log: (line: string) => void,
  run: (stand: GatewayStand) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    const children: Child<unknown>[] = [];
    const start = async <Ready>(...options: Parameters<typeof startChild>) => {
      const child = await startChild<Ready>(...options);
      children.push(child);
      return child;
    };
    try {
      const workload = writeWorkload(join(folder, 'dataset'));
      const program = await start('load', { core: loadCore });
      const sink = await start<{ port: number }>('sink', { core: loadCore });
      const gateway = (
        name: string,
        watching: Watching,
        { pinned = true, execArgv = [] }: StartOptions = {},
      ) =>
        start<{ port: number }>('gateway', {
          core: pinned ? serverCore : undefined,
          execArgv,
          options: programOptions(folder, { name, watching, workload, sinkPort: sink.ready.port }),
        });
      const began = performance.now();
      const prepared = await gateway('prepared', 'off');
      const questions = await chooseQuestions(prepared.ready.port, workload.paths);
      await prepared.end();
      log(`imported and trained in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const gateways: Server[] = [];
      const check = (server: Server) => checkQuestions(server.ready.port, questions);
      return await run({
        load: { program, staysAwake: true },
        folder,
        items: workload.items,
        requests: questions.map(requestOf),
        async startGateway(name, watching, options) {
          cpSync(join(folder, 'prepared'), join(folder, name), { recursive: true });
          const server = await gateway(name, watching, options);
          await check(server);
          gateways.push(server);
          return server;
        },
        startBare: (body, mode) => start('bare', { core: serverCore, options: { body, mode } }),
        async checkGateways() {
          for (const server of gateways) await check(server);
        },
        spanCounts: async () => (await sink.ask<{ spans: SpanCounts }>('counts')).spans,
      });
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });
}

function programOptions(
  folder: string,
  options: { name: string; watching: Watching; workload: Workload; sinkPort: number },
): GatewayProgramOptions {
  const { name, watching, workload, sinkPort } = options;
  return {
    config: workloadConfig({
      dataset: workload.dataset,
      dataFolder: join(folder, name),
      modelFolder: join(folder, 'models'),
      telemetry: watching === 'on',
    }),
    watching,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sinkPort}/${name}`,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_SERVICE_NAME: 'sightline',
    },
  };
}
