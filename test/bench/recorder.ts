import { join } from 'node:path';
import { adoptContext } from '../../src/telemetry/context.ts';
import { openEventRing } from '../../src/telemetry/event-ring.ts';
import { layOut } from '../../src/telemetry/layout.ts';
import { type OpenTelemetry, openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import type { RequestRecord } from '../../src/telemetry/request-record.ts';
import type { BenchOptions } from './harness/bench.ts';
import { type Child, startChild } from './harness/child.ts';
import { quantileOf, round } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const blockRequests = 1920;
/** Requests that finish in one turn of the event loop. */
const turnRequests = 32;

const parts = {
  off: [],
  off_again: [],
  metrics: ['metrics'],
  log: ['log'],
  spans: ['spans'],
  events: ['events'],
  all: ['metrics', 'log', 'spans', 'events'],
} as const satisfies Record<string, readonly ('metrics' | 'log' | 'spans' | 'events')[]>;

const layout = layOut('home', [
  { stage: 'intent', component: 'rules', components: ['rules'] },
  {
    stage: 'retrieve',
    component: 'union',
    components: ['item2vec', 'session-knn', 'markov-1', 'popular', 'latest'],
  },
  { stage: 'features', component: 'user', components: ['user'] },
  { stage: 'score', component: 'blend', components: ['item2vec', 'session-knn', 'popular'] },
  { stage: 'rerank', component: 'mmr', components: ['mmr'] },
  { stage: 'filter', component: 'chain', components: ['hidden', 'expired', 'seen'] },
]);

/**
 * CPU microseconds per request of all threads of the process, added by each part of the recorder and by
 * all of them: seven spans, every series, one log line and 21 ring events a request. The receivers of
 * spans and events are not counted. Takes 3 seconds, or less where `seconds` says so.
 */
export async function recorderBench({ seconds, log }: BenchOptions) {
  const sink = await startChild<{ port: number }>('sink', { core: 1 });
  try {
    return await withTemporaryFolder(async (folder) => {
      const entries = Object.entries(parts).map(([name, on]) => {
        const telemetry = open(on, { name, folder, port: sink.ready.port });
        return { name, telemetry, block: createBlock(telemetry), micros: [] as number[] };
      });
      for (const { telemetry, block } of entries) {
        for (let warm = 0; warm < 4; warm++) await block();
        await telemetry.flush();
      }
      const until = performance.now() + Math.min(seconds, 3) * 1000;
      for (let r = 0; performance.now() < until || r < 3; r++) {
        for (const entry of r % 2 === 0 ? entries : entries.toReversed()) {
          entry.micros.push(await entry.block());
        }
      }
      for (const { telemetry } of entries) await telemetry.close();
      return report(entries, await spansOf(sink), log);
    });
  } finally {
    await sink.end();
  }
}

function open(
  on: readonly string[],
  { name, folder, port }: { name: string; folder: string; port: number },
): OpenTelemetry {
  const endpoint = `http://127.0.0.1:${port}/${name}`;
  return openTelemetry({
    serviceName: 'sightline',
    serviceVersion: '0.1.0',
    metrics: on.includes('metrics'),
    traces: on.includes('spans'),
    events: on.includes('events'),
    requestLog: on.includes('log') ? 'all' : 'none',
    level: 'info',
    maxLabelValues: 50,
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
    logDestination: join(folder, `${name}.log`),
  });
}

/** Makes the run of one block of requests; it answers the CPU microseconds of each. */
function createBlock(telemetry: OpenTelemetry): () => Promise<number> {
  const reader = telemetry.events && openEventRing(telemetry.events.ring.shared);
  const none = {};
  return async () => {
    const start = process.cpuUsage();
    for (let done = 0; done < blockRequests; done += turnRequests) {
      for (let i = 0; i < turnRequests; i++) {
        const record = telemetry.begin(layout);
        adoptContext(record, none, telemetry.emit);
        fill(record, done + i);
        telemetry.finish(record);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What is still under way belongs to this block and not to the next one.
    await telemetry.flush();
    const { user, system } = process.cpuUsage(start);
    reader?.drain(() => {});
    return (user + system) / blockRequests;
  };
}

const segments = ['de', 'fr', 'pl', 'cz', 'uk', 'other'];
const catalogs = ['trousers', 'skirts', 'blouses', 'sale'];

/** What a pipeline writes into the record of a request. */
function fill(record: RequestRecord, i: number): void {
  record.route = '/v1/recommend/{work}';
  record.path = '/v1/recommend/home';
  record.strategy = 'blend';
  record.segment = segments[i % segments.length];
  record.catalog = catalogs[i % catalogs.length];
  record.generation = 'g-4f21c07a';
  record.requested = 20;
  record.returned = 20;
  record.sessionLength = i % 12;
  let at = record.startedAt + 0.01;
  for (let s = 0; s < layout.stages.length; s++) {
    record.stageStart[s] = at;
    at += 0.02 + (i % 7) * 0.003;
    record.stageEnd[s] = at;
    record.stageIn[s] = 500 - s;
    record.stageOut[s] = 499 - s;
  }
  for (let c = 0; c < layout.componentCount; c++) {
    record.componentMs[c] = 0.003 + ((i + c) % 11) * 0.0017;
    record.componentCount[c] = 40 + c;
  }
  for (let p = 0; p < 20; p++) record.slate[p] = (i * 31 + p * 7) % 1000;
  record.endedAt = at + 0.01;
}

async function spansOf(sink: Child<unknown>): Promise<Record<string, number>> {
  return (await sink.ask<{ spans: Record<string, number> }>('counts')).spans;
}

function report(
  entries: readonly { name: string; micros: readonly number[] }[],
  spans: Record<string, number>,
  log: (line: string) => void,
) {
  const [{ micros: off }] = entries;
  const added: Record<string, number> = {};
  const addedBest: Record<string, number> = {};
  for (const { name, micros } of entries.slice(1)) {
    const differences = micros.map((value, r) => value - off[r]);
    added[name] = round(quantileOf(differences, 0.5));
    addedBest[name] = round(Math.min(...micros) - Math.min(...off));
    log(`${name.padEnd(10)} +${added[name]} us (best against best +${addedBest[name]})`);
  }
  const base = round(quantileOf(off, 0.5));
  return { base_us: base, added_us: added, added_best_us: addedBest, rounds: off.length, spans };
}
