import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { createRecordingTerminal } from '../cli/recording-terminal.ts';
import { startServing } from '../cli/serving-process.ts';
import { createTinyShop } from '../cli/tiny-shop.ts';
import { until } from '../stores/features/redis-server.ts';

const token = 'a-token-of-the-test';
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

/** A shop on disk that is served by a process of its own, and what that process says of itself. */
function openShop(options: Parameters<typeof createTinyShop>[0], settings: string) {
  const shop = createTinyShop(options);
  onTestFinished(() => shop.remove());
  appendFileSync(shop.config, settings);
  const start = async () => {
    const server = startServing(shop.config, { SIGHTLINE_CONTROL_TOKEN: token });
    onTestFinished(async () => {
      server.stop('SIGKILL');
      await server.exit;
    });
    const { query, control } = await server.ready;
    const recommend = async (work = 'session') => {
      const body = JSON.stringify({ session: 's', n: 3 });
      const response = await fetch(`${query}/v1/recommend/${work}`, {
        method: 'POST',
        headers,
        body,
      });
      return { status: response.status, body: (await response.json()) as Served };
    };
    const current = async () => {
      const response = await fetch(`${control}/control/generations`, { headers });
      return ((await response.json()) as { generations: readonly Shown[] }).generations[0];
    };
    const post = (path: string) =>
      fetch(`${control}/control/${path}`, { method: 'POST', headers, body: '{}' });
    return { ...server, recommend, current, post };
  };
  return { ...shop, start };
}

interface Served {
  readonly generation: string;
  readonly items: readonly object[];
  readonly fallback_reason: string | null;
}

interface Shown {
  readonly id: string;
  readonly trigger: string;
  readonly models: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Asks again and again, one request after the other, until it is ended; answers what was not as it should be. */
function askAllTheTime(ask: () => Promise<{ status: number; body: Served }>) {
  let isOver = false;
  const generations = new Set<string>();
  const failures: unknown[] = [];
  const work = (async () => {
    while (!isOver) {
      const { status, body } = await ask();
      if (status !== 200 || body.items.length !== 3) failures.push([status, body]);
      generations.add(body.generation);
    }
  })();
  return {
    async end() {
      isOver = true;
      await work;
      return { failures, generations: generations.size };
    },
  };
}

test('a configuration that is edited and models that are trained anew come to serve while it runs', async () => {
  const shop = openShop({ store: 'memory' }, 'generations: { watchSeconds: 0.1 }\n');
  const { recommend, current } = await shop.start();
  const asking = askAllTheTime(recommend);
  const first = await current();
  const text = readFileSync(shop.config, 'utf8');
  const extra = text.slice(text.indexOf('  session:\n'), text.indexOf('generations:'));
  writeFileSync(
    shop.config,
    text.replace('works:\n', `works:\n${extra.replace('session:', 'extra:')}`),
  );
  await until(async () => (await recommend('extra')).status === 200);
  const second = await current();
  expect(second).toMatchObject({ trigger: 'file', models: first.models });

  const feedback = join(shop.dataset, 'feedback.jsonl');
  const clicks = readFileSync(feedback, 'utf8').split('\n');
  writeFileSync(feedback, clicks.slice(0, clicks.length / 2).join('\n'));
  const terminal = createRecordingTerminal();
  expect(await main(['train', '--config', shop.config], terminal)).toBe(0);
  await until(async () => {
    const { models } = await current();
    return Object.entries(first.models).every(([name, version]) => models[name] !== version);
  });
  expect((await recommend()).body).toMatchObject({ fallback_reason: null });

  const { failures, generations } = await asking.end();
  expect(failures).toEqual([]);
  expect(generations).toBeGreaterThanOrEqual(3);
}, 60_000);

test('a gateway killed in the middle of a reload starts again with what is there then', async () => {
  const shop = openShop({}, '');
  const file = join(shop.folder, 'blocked.txt');
  writeFileSync(file, 'item-1\n');
  const settings = `generations: { watchSeconds: 0 }\ntables: { blocked: { kind: set, file: ${file} } }\n`;
  appendFileSync(shop.config, settings);
  const killed = await shop.start();
  const before = await killed.current();
  // Long enough that it is still being read when the next answer is there.
  writeFileSync(file, Array.from({ length: 400_000 }, (_, i) => `item-${i}\n`).join(''));
  const reload = killed.post('reload').then(
    ({ status }) => `answered ${status}`,
    () => 'cut',
  );
  expect((await killed.current()).id).toBe(before.id);
  killed.stop('SIGKILL');
  expect(await reload).toBe('cut');
  expect((await killed.exit).signal).toBe('SIGKILL');

  const { recommend, current } = await shop.start();
  const after = await current();
  expect(after).toMatchObject({ trigger: 'start', models: before.models });
  expect(after.versions['table blocked']).not.toBe(before.versions['table blocked']);
  expect(await recommend()).toMatchObject({ status: 200, body: { fallback_reason: null } });
}, 60_000);
