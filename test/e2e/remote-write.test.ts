import { afterEach, expect, onTestFinished } from 'vitest';
import { openMetricExport } from '../../src/telemetry/export/open-metric-export.ts';
import { type PushDestinations, pushSchema } from '../../src/telemetry/export/push-schema.ts';
import { createMetricSet } from '../../src/telemetry/metric-set.ts';
import { type OpenTelemetry, openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import { testWith } from '../installed.ts';
import { fedSet } from '../telemetry/export/fed-set.ts';
import { parseExposition } from '../telemetry/export/parse-exposition.ts';
import { freePort, type RunningServer, startPrometheus } from './running-server.ts';

const program = 'prometheus';
const flags = ['--web.enable-remote-write-receiver', '--web.enable-lifecycle'];
const startReceiver = (port?: number) =>
  startPrometheus({}, { flags, ...(port !== undefined && { port }) });

const destinations = (port: number, rest: object = {}): PushDestinations =>
  pushSchema.parse({
    prom: { kind: 'remote-write', url: `http://127.0.0.1:${port}/api/v1/write`, ...rest },
  });

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
  readonly values: readonly (readonly [number, string])[];
}

async function query({ url }: RunningServer, expression: string): Promise<Result[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const body = (await response.json()) as { data: { result: Result[] } };
  return body.data.result;
}

const named = ({ __name__, ...labels }: Result['metric']) =>
  `${__name__}${JSON.stringify(Object.entries(labels).toSorted())}`;

let telemetry: OpenTelemetry | undefined;
afterEach(() => telemetry?.close());

testWith(program)(
  'every series arrives as a scrape would give it',
  { timeout: 30_000 },
  async () => {
    const server = await startReceiver();
    telemetry = openTelemetry({
      serviceName: 'shop',
      serviceVersion: '1.0.0',
      deployment: 'staging',
      ...{ metrics: true, traces: false, events: false, requestLog: 'none', level: 'error' },
      maxLabelValues: 50,
      environment: { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=node-1' },
      push: destinations(server.port),
    });
    fedSet(telemetry.metrics);
    const scraped = parseExposition((await telemetry.expose(undefined)).body);
    await telemetry.flush();

    const identity = { job: 'shop', instance: 'node-1', environment: 'staging' };
    const arrived = new Map(
      (await query(server, '{job="shop"}')).map((result) => [
        named(result.metric),
        Number(result.value[1]),
      ]),
    );
    const expected = scraped.map(({ name, labels, value }) => ({
      key: named({ __name__: name, ...labels, ...identity }),
      value,
    }));
    const values = ({ key, value }: { key: string; value: number }) => [key, value] as const;
    const isStable = (key: string) => !/^(process|nodejs)_/.test(key);
    const scrapedValues = new Map(expected.filter(({ key }) => isStable(key)).map(values));
    const arrivedValues = [...arrived].filter(([key]) => isStable(key));
    expect(scrapedValues.size).toBeGreaterThan(500);
    expect(new Map(arrivedValues)).toEqual(scrapedValues);

    // What the process is doing is something else, and more, each time it is looked at.
    const names = (keys: readonly string[]) => keys.map((key) => key.split('[')[0]);
    const ofProcess = names(expected.map(({ key }) => key)).filter((name) => !isStable(name));
    expect(names([...arrived.keys()])).toEqual(expect.arrayContaining(ofProcess));
  },
);

/** An export whose clock is told, so that pushes of many minutes need none. */
function openTimed(port: number, rest: object = {}) {
  const set = createMetricSet();
  const time = { at: Date.now() - 600_000 };
  const outcomes: string[] = [];
  const pushed = openMetricExport({
    destinations: destinations(port, rest),
    headers: new Map(),
    metrics: set,
    resource: { 'service.name': 'shop' },
    emit: (name, fact) => {
      if (name === 'metrics.pushed') outcomes.push((fact as { outcome: string }).outcome);
    },
    clock: { now: () => time.at, monotonic: () => time.at },
  });
  onTestFinished(() => pushed.close());
  const counter = set.counter('fallback_total', {
    ...{ work: 'home', stage: 'score', reason: 'plugin.error' },
  });
  let counts = 1;
  const push = async () => {
    counter.add(1);
    time.at += 15_000;
    await pushed.flush();
    return [time.at / 1000, String(counts++)] as const;
  };
  return { set, pushed, push, outcomes };
}

const kept = async (server: RunningServer) =>
  (await query(server, 'sightline_fallback_total[15m]'))[0]?.values ?? [];

async function stop({ url }: RunningServer): Promise<void> {
  await fetch(`${url}/-/quit`, { method: 'POST' });
  for (;;) {
    const isThere = await fetch(`${url}/-/ready`).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
  }
}

testWith(program)(
  'what is collected while the receiver is away arrives when it is back',
  { timeout: 60_000 },
  async () => {
    const port = await freePort();
    const { push, outcomes } = openTimed(port);
    const early = [await push(), await push(), await push()];
    expect(outcomes).toEqual([]);

    const first = await startReceiver(port);
    early.push(await push());
    expect(await kept(first)).toEqual(early);
    expect(outcomes).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);

    await stop(first);
    const late = [await push(), await push()];
    expect(outcomes).toHaveLength(4);
    const second = await startReceiver(port);
    late.push(await push());
    expect(await kept(second)).toEqual(late);
    expect(outcomes).toHaveLength(7);
    expect(new Set(outcomes)).toEqual(new Set(['delivered']));
  },
);

testWith(program)(
  'beyond the queue the oldest pushes are lost and counted',
  async () => {
    const port = await freePort();
    const { push, outcomes } = openTimed(port, { maxQueued: 2 });
    const pushes = [await push(), await push(), await push()];
    expect(outcomes).toEqual(['dropped']);
    const server = await startReceiver(port);
    pushes.push(await push());
    expect(await kept(server)).toEqual(pushes.slice(2));
    expect(outcomes).toEqual(['dropped', 'dropped', 'delivered', 'delivered']);
  },
  30_000,
);

testWith(program)(
  'series that go away end, and all end with the gateway',
  async () => {
    const server = await startReceiver();
    const { set, push, pushed } = openTimed(server.port);
    const gauge = 'sightline_generation_info';
    const at = (seconds: number, name: string) => query(server, `${name} @ ${seconds}`);
    set.gauge('generation_info', { generation: 'a' }).set(1);
    const [before] = await push();
    set.remove('generation_info', { generation: 'a' });
    const [after] = await push();
    expect(await at(before, gauge)).toHaveLength(1);
    expect(await at(after, gauge)).toEqual([]);
    expect(await at(after, 'sightline_fallback_total')).toHaveLength(1);
    await pushed.close();
    expect(await at(after, 'sightline_fallback_total')).toHaveLength(1);
    expect(await at(after + 0.1, '{job="shop"}')).toEqual([]);
  },
  30_000,
);
