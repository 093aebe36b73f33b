import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, readConfig } from '../../src/config.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Gateway } from '../../src/gateway.ts';
import { completeGorse } from '../../src/gorse-works.ts';
import { openGateway } from '../../src/open-gateway.ts';
import type { Emit, FactName, Facts } from '../../src/telemetry/facts.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import type { RequestRecord } from '../../src/telemetry/request-record.ts';

/** A fact that was told, by name. */
type Told = { readonly [Name in FactName]: { name: Name; fact: Facts[Name] } }[FactName];

/** What is left of a finished request. */
type Finished = Pick<
  RequestRecord,
  | 'method'
  | 'route'
  | 'path'
  | 'status'
  | 'requestId'
  | 'traceId'
  | 'errorType'
  | 'outcome'
  | 'variant'
>;

/** A gateway on a memory store, with what it told telemetry. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly told: Told[];
  /** The configuration file; it is there, and read again, only with `fromFile`. */
  readonly file: string;
  /** Writes the configuration with other changes. */
  edit(changes: ConfigChanges): void;
  readonly finished: Finished[];
  facts<Name extends FactName>(name: Name): Facts[Name][];
  close(): Promise<void>;
}

/** Now, for every test: 2026-01-31 09:00 UTC. */
export const testNowMs = Date.UTC(2026, 0, 31, 9);

/** A clock that stands still for events and runs for durations. */
export const testClock: Clock = { now: () => testNowMs, monotonic: () => performance.now() };

/** An item of the test shop: even ones are shoes, odd ones coats; three categories; the first is newest. */
const shopItem = (i: number) => ({
  id: `A${i}`,
  catalog: i % 2 === 0 ? 'shoes' : 'coats',
  categories: [['boots', 'sandals', 'parkas'][i % 3]],
  attributes: { colour: 'black' },
  published_at: testNowMs - i * 3_600_000,
});

/** A click of yesterday; three make a session. */
const shopClick = (i: number) => ({
  type: 'click',
  item: `A${i}`,
  session: `y${Math.floor(i / 3)}`,
  timestamp: testNowMs - 86_400_000 + i * 1000,
});

function writeShop(folder: string): string {
  const path = join(folder, 'shop');
  mkdirSync(path);
  const write = (file: string, row: (i: number) => object) => {
    const lines = Array.from({ length: 40 }, (_, i) => JSON.stringify(row(i)));
    writeFileSync(join(path, file), lines.join('\n'));
  };
  write('items.jsonl', shopItem);
  write('feedback.jsonl', shopClick);
  return path;
}

/** What differs from the configuration of the test shop. */
export interface ConfigChanges {
  readonly http?: object;
  readonly access?: object;
  readonly feedback?: object;
  readonly experiments?: object;
  readonly flags?: object;
  readonly anomaly?: object;
  readonly webhooks?: object;
  readonly faults?: object;
  readonly protection?: object;
  readonly tables?: object;
  readonly features?: object;
  readonly generations?: object;
  readonly effects?: object;
  readonly training?: object;
  readonly gorse?: object | undefined;
  /** In place of the memory store. */
  readonly store?: object;
  readonly signals?: object;
  /** Instead of the works of the test shop. */
  readonly plugins?: object;
  /** In place of all models. */
  readonly models?: object;
  /** In place of all works. */
  readonly works?: object;
  /** Whether the signals worker runs. */
  readonly events?: boolean;
}

/**
 * Opens a gateway with 40 items, clicked once each, and the works `home`, `session` and `similar`. With `fromFile` its
 * configuration can be edited while it runs.
 */
export async function openTestGateway(
  changes: ConfigChanges = {},
  {
    fromFile = false,
    clock = testClock,
    environment = {},
  }: {
    readonly fromFile?: boolean;
    readonly clock?: Clock;
    readonly environment?: Readonly<Record<string, string>>;
  } = {},
): Promise<TestGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-http-'));
  const dataset = writeShop(folder);
  const file = join(folder, 'sightline.yaml');
  const describe = (differently: ConfigChanges) => testConfig({ folder, dataset }, differently);
  const edit = (edited: ConfigChanges) => writeFileSync(file, JSON.stringify(describe(edited)));
  const read = () => readConfig(file, {});
  if (fromFile) edit(changes);
  const config = fromFile ? read() : configSchema.parse(completeGorse(describe(changes)));
  const telemetry = openTelemetry({
    ...config.telemetry,
    serviceVersion: 'test',
    environment: {},
    clock,
    logDestination: join(folder, 'log'),
  });
  const told: Told[] = [];
  const finished: Finished[] = [];
  const emit: Emit = (name, fact) => {
    told.push({ name, fact } as Told);
    telemetry.emit(name, fact);
  };
  const gateway = await openGateway({
    config,
    telemetry: {
      ...telemetry,
      emit,
      finish(record) {
        const { method, route, path, status, requestId, traceId } = record;
        const { errorType, outcome, variant } = record;
        finished.push({
          ...{ method, route, path, status, requestId, traceId },
          ...{ errorType, outcome, variant },
        });
        telemetry.finish(record);
      },
    },
    clock,
    environment,
    source: fromFile ? { file, read } : undefined,
  });
  return {
    gateway,
    told,
    edit,
    file,
    finished,
    facts: (name) => told.filter((one) => one.name === name).map(({ fact }) => fact) as never,
    async close() {
      await gateway.close();
      await telemetry.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function testConfig(
  { folder, dataset }: { readonly folder: string; readonly dataset: string },
  { http = {}, feedback = {}, experiments = {}, events = false, ...rest }: ConfigChanges,
): object {
  return {
    http: { bodyLimitBytes: 100_000, ...http },
    store: { kind: 'memory' },
    dataset: { format: 'jsonl', path: dataset },
    modelFolder: join(folder, 'models'),
    feedback: { maxBatch: 100, maxAgeDays: 365, ...feedback },
    models: { latest: { kind: 'latest' }, popular: { kind: 'popular' } },
    works: { home: testWork('user'), session: testWork('session'), similar: testWork('item') },
    experiments,
    ...Object.fromEntries(Object.entries(rest).filter(([, section]) => section !== undefined)),
    telemetry: { events, traces: false },
  };
}

/** The newest items, for a surface. */
export function testWork(surface: string): object {
  return {
    surface,
    strategy: 'newest',
    budgetMs: 1000,
    maxBudgetMs: 5000,
    slo: { latencyP95Ms: 50 },
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'latest' }], budgetMs: 500 },
      { stage: 'score', use: [{ algorithm: 'latest', weight: 1 }] },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden', 'expired', 'excluded', 'category'] },
    ],
  };
}
