import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { gorseScale, gorseShopConfig, writeGorseShop } from './gorse/gorse-shop.ts';
import type { BenchOptions } from './harness/bench.ts';
import { type Entry, measureRounds, warmUp } from './harness/burst.ts';
import { type Child, startChild } from './harness/child.ts';
import { entryMedians, pairedRatio, planRounds } from './harness/compare.ts';
import { loadCore, serverCore } from './harness/gateway-stand.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';
import { requestOf } from './harness/workload.ts';

const connections = 32;
const n = 10;

type Server = Child<{ port: number; controlPort: number }>;

/**
 * Requests per second of `/api/recommend/{user}`, watching everything, divided by those of bare Hono that returns the same
 * list, at 100,000 users and 50,000 items: from kept lists, and with the work asked each time; and its 99th percentile
 * against that of `/v1/recommend` for the same work. Users are asked for after Zipf; with `--evenly` 60,000 in turn, all of
 * whose lists are kept.
 */
export const gorseBench = ({
  seconds,
  log,
  evenly = false,
}: BenchOptions & { readonly evenly?: boolean }): Promise<object> =>
  withTemporaryFolder(async (folder) => {
    const children: Child<unknown>[] = [];
    const start = async <Ready>(...options: Parameters<typeof startChild>) => {
      const child = await startChild<Ready>(...options);
      children.push(child);
      return child;
    };
    try {
      const users = await writeGorseShop(join(folder, 'dataset'), { evenly });
      const program = await start('load', { core: loadCore });
      const sink = await start<{ port: number }>('sink', { core: loadCore });
      const open = (name: string, maxMb: number, core: number | undefined): Promise<Server> => {
        const environment = {
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.ready.port}/${name}`,
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
        };
        const options = { config: gorseShopConfig(folder, name, maxMb), environment };
        return start('gorse', { core, options });
      };
      const began = performance.now();
      const prepared = await open('prepared', 0, undefined);
      await prepared.end();
      log(`imported and trained in ${((performance.now() - began) / 1000).toFixed(1)} s`);
      for (const name of ['hot', 'cold'])
        cpSync(join(folder, 'prepared'), join(folder, name), { recursive: true });
      const hot = await open('hot', evenly ? 512 : 64, serverCore);
      const cold = await open('cold', 0, serverCore);
      const asked = { requests: users.map((user) => requestOf(`/api/recommend/${user}?n=${n}`)) };
      const first = {
        requests: users.map((user) => requestOf(`/v1/recommend/home?user=${user}&n=${n}`)),
      };
      const memory = await measureMemory(hot, users);
      const body = await textAt(hot.ready.port, `/api/recommend/${users[0]}?n=${n}`);
      const bare = () =>
        start<{ port: number }>('bare', { core: serverCore, options: { body, mode: 'json' } });
      const entries: Entry[] = [
        { name: 'hot', server: hot, send: asked },
        { name: 'cold', server: cold, send: asked },
        { name: 'v1', server: cold, send: first },
        { name: 'bare_json', server: await bare(), send: asked },
        { name: 'bare_json_again', server: await bare(), send: asked },
      ];
      const plan = planRounds(entries.length, seconds);
      const load = { program, staysAwake: true };
      // The code of an answer that costs so little is optimised late.
      await warmUp(entries, { load, connections, seconds: 6 });
      const before = await keptResults(hot);
      const rounds = await measureRounds(entries, { ...plan, load, connections, log });
      const after = await keptResults(hot);
      const hits = after.hit - before.hit;
      const others = after.all - before.all - hits;
      const ratio = (pair: [string, string], of: 'perSecond' | 'p99Ms' | 'cpuMicros') =>
        pairedRatio(rounds, pair, of);
      return {
        ratio_to_bare: ratio(['hot', 'bare_json'], 'perSecond').median,
        ratio_to_bare_iqr: ratio(['hot', 'bare_json'], 'perSecond').iqr,
        ratio_to_bare_by_cpu: ratio(['bare_json', 'hot'], 'cpuMicros'),
        cold_ratio_to_bare: ratio(['cold', 'bare_json'], 'perSecond'),
        p99_ratio_to_v1: ratio(['hot', 'v1'], 'p99Ms'),
        cold_p99_ratio_to_v1: ratio(['cold', 'v1'], 'p99Ms'),
        aa: {
          requests_ratio: ratio(['bare_json_again', 'bare_json'], 'perSecond'),
          cpu_ratio: ratio(['bare_json_again', 'bare_json'], 'cpuMicros'),
        },
        hit_ratio: hits / (hits + others),
        ...memory,
        scale: gorseScale,
        connections,
        ...plan,
        entries: entryMedians(rounds),
      };
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });

/** Fills the kept lists, and answers what they take as the gateway counts it. */
async function measureMemory(server: Server, users: readonly string[]): Promise<object> {
  const from = await keptSize(server);
  for (const user of new Set(users))
    await textAt(server.ready.port, `/api/recommend/${user}?n=${n}`);
  const to = await keptSize(server);
  const lists = to.lists - from.lists;
  return {
    kept_lists: lists,
    kept_bytes_per_list: Math.round((to.bytes - from.bytes) / lists),
  };
}

async function textAt(port: number, path: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  return answer.text();
}

const metrics = ({ ready }: Server) => textAt(ready.controlPort, '/metrics');

async function keptSize(server: Server): Promise<{ lists: number; bytes: number }> {
  const text = await metrics(server);
  const value = (name: string) =>
    Number(new RegExp(`^sightline_${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
  return { lists: value('kept_lists'), bytes: value('kept_lists_size_bytes') };
}

async function keptResults(server: Server): Promise<{ hit: number; all: number }> {
  const counts = { hit: 0, all: 0 };
  for (const [, result, value] of (await metrics(server)).matchAll(
    /^sightline_kept_list_lookups_total\{[^}]*result="(\w+)"[^}]*\} (\S+)/gm,
  )) {
    counts.all += Number(value);
    if (result === 'hit') counts.hit += Number(value);
  }
  return counts;
}
