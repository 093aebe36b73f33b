import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Bench, BenchOptions } from './harness/bench.ts';
import { createRandom, shuffled } from './harness/random.ts';
import { round } from './harness/spread.ts';
import { withTemporaryFolder } from './harness/temporary-folder.ts';

const users = 100_000;
const items = 50_000;
const types = ['click', 'like', 'read'];
const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** One import of all rows into an empty server. */
interface Run {
  readonly order: 'sorted' | 'shuffled';
  readonly rows_per_s: number;
  readonly seconds: number;
  /** Of the server alone, without its start. */
  readonly cpu_s: number;
  /** Before and after. */
  readonly idle_rss_mb: number;
  readonly peak_rss_mb: number;
}

/**
 * Rows of feedback (`--rows`, one million) into an empty server over HTTP as JSON lines, durable when it answers: in the order in
 * which Gorse exports them, and in none; each twice.
 */
export const bulkBench: Bench = (options: BenchOptions & { readonly rows?: string }) =>
  withTemporaryFolder(async (folder) => {
    const count = Number(options.rows ?? 1_000_000);
    const files = writeRows(folder, count);
    const runs: Run[] = [];
    for (const order of ['sorted', 'shuffled', 'shuffled', 'sorted'] as const) {
      runs.push(await run({ order, count, file: files[order], folder: join(folder, 'server') }));
      options.log(JSON.stringify(runs.at(-1)));
    }
    const of = (order: Run['order']) => runs.filter((one) => one.order === order);
    const mean = (some: readonly Run[]) =>
      some.reduce((sum, one) => sum + one.rows_per_s / some.length, 0);
    const ratio = ([a, b]: readonly Run[]) => round(b.rows_per_s / a.rows_per_s);
    return {
      rows: count,
      sorted_rows_per_s: Math.round(mean(of('sorted'))),
      shuffled_rows_per_s: Math.round(mean(of('shuffled'))),
      peak_rss_mb: Math.max(...runs.map(({ peak_rss_mb }) => peak_rss_mb)),
      aa: { sorted_ratio: ratio(of('sorted')), shuffled_ratio: ratio(of('shuffled')) },
      runs,
    };
  });

function writeRows(folder: string, count: number): Record<Run['order'], string> {
  const random = createRandom(7);
  const pick = (n: number) => Math.floor(random() * n);
  const pairs = new Set<number>();
  while (pairs.size < count) pairs.add(pick(users) * items + pick(items));
  const rows = [...pairs].map((pair, p) => {
    const [type, user, item] = [
      types[pick(3)],
      `user-${Math.floor(pair / items)}`,
      `item-${pair % items}`,
    ];
    const time = new Date(Date.UTC(2022, 0, 1) + p * 13_000).toISOString().replace('.000Z', 'Z');
    const row = {
      FeedbackType: type,
      UserId: user,
      ItemId: item,
      Value: 1 + pick(5),
      Timestamp: time,
    };
    const text = JSON.stringify({ ...row, Updated: time, Labels: null, Comment: '' });
    return { key: `${type}\u0000${user}\u0000${item}`, text };
  });
  const write = (name: string, some: readonly { readonly text: string }[]) => {
    const file = join(folder, name);
    writeFileSync(file, some.map(({ text }) => `${text}\n`).join(''));
    return file;
  };
  const sorted = write(
    'sorted.jsonl',
    rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
  return { sorted, shuffled: write('shuffled.jsonl', shuffled(rows, random)) };
}

async function run({
  order,
  count,
  file,
  folder,
}: {
  order: Run['order'];
  count: number;
  file: string;
  folder: string;
}): Promise<Run> {
  rmSync(folder, { recursive: true, force: true });
  const server = await startServer(folder);
  try {
    const before = server.usage();
    const begin = performance.now();
    const answer = await post(`${server.url}/api/bulk/feedback`, file);
    const seconds = (performance.now() - begin) / 1000;
    if (answer.RowAffected !== count) throw new Error(`import answered ${JSON.stringify(answer)}`);
    const { peakMb, cpuSeconds } = server.usage();
    const { peakMb: idleMb, cpuSeconds: startSeconds } = before;
    return {
      order,
      rows_per_s: Math.round(count / seconds),
      ...{ seconds: round(seconds), cpu_s: round(cpuSeconds - startSeconds) },
      ...{ idle_rss_mb: Math.round(idleMb), peak_rss_mb: Math.round(peakMb) },
    };
  } finally {
    await server.stop();
  }
}

async function post(url: string, file: string): Promise<{ RowAffected: number }> {
  const sent = request(url, {
    method: 'POST',
    headers: { 'x-api-key': environment.OPS_KEY, 'content-type': 'application/jsonl' },
  });
  const answered = once(sent, 'response');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sent);
  const [response] = await answered;
  const text = (await response.setEncoding('utf8').toArray()).join('');
  if (response.statusCode !== 200)
    throw new Error(`import answered ${response.statusCode}: ${text}`);
  return JSON.parse(text);
}

const environment = { OPS_KEY: 'operating-secret-0123456789' };

async function startServer(folder: string) {
  const config = join(folder, '..', 'bulk.yaml');
  writeFileSync(
    config,
    `
http: { query: { port: 0 }, control: { port: 0 } }
store: { kind: sqlite, folder: ${folder}/data }
modelFolder: ${folder}/models
gorse: { admin: true }
access: { keys: { ops: { secret: OPS_KEY, scopes: [admin] } } }
models: { popular: { kind: popular } }
works:
  home:
    surface: user
    strategy: popular
    stages:
      - stage: intent
      - stage: features
      - { stage: retrieve, use: [{ algorithm: popular }] }
      - { stage: score, use: [{ algorithm: popular, weight: 1 }] }
      - { stage: rerank, use: score }
      - { stage: filter, use: [hidden, expired] }
`,
  );
  const child = spawn(process.execPath, [main, 'serve', '--config', config], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let written = '';
  const url = await new Promise<string>((ready, failed) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      written += text;
      if (written.includes('Try:')) ready(/query +(http:\/\/\S+)/.exec(written)![1]);
    });
    child.once('close', () => failed(new Error(`server ended:\n${written}`)));
  });
  return {
    url,
    usage() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const [, , ...stat] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ');
      return {
        peakMb: Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024,
        cpuSeconds: (Number(stat[11]) + Number(stat[12])) / 100,
      };
    },
    async stop() {
      process.off('exit', end);
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}
