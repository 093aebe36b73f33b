import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openServer, type Server } from '../../src/cli/open-server.ts';
import { type Config, readConfig } from '../../src/config.ts';
import { experimentsSchema } from '../../src/experiments/experiment.ts';
import { gorseSchema } from '../../src/gorse-schema.ts';
import { createRng } from '../../src/math/rng.ts';
import { pluginsSchema } from '../../src/plugins/plugins-schema.ts';
import { signalsSchema } from '../../src/signals/signals-schema.ts';
import { featuresSchema } from '../../src/stores/features/features-schema.ts';
import { tablesSchema } from '../../src/stores/tables/tables-schema.ts';
import { pushSchema } from '../../src/telemetry/export/push-schema.ts';
import { webhooksSchema } from '../../src/webhooks/webhooks-schema.ts';
import { LeafTraffic } from '../anomaly/engine/leaf-traffic.ts';
import { createTinyShop } from '../cli/tiny-shop.ts';

/** A gateway with everything switched on, open for one test. */
export interface BusyShop {
  readonly config: Config;
  readonly server: Server;
  /** Asks something of the query port. */
  post(path: string, body: object): Promise<Response>;
  /** Changes something on the control port. */
  control(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<Response>;
  /** A session that looks at five items, a new one among them, and clicks on what it is recommended. */
  visit(session: string): Promise<void>;
  /** What is rare: unknown users, late and unknown feedback, bad headers, an outside alert, an anomaly, a profile. */
  everythingRare(): Promise<void>;
}

export const controlToken = 'a-long-control-token';

/** An experiment that compares a work with itself. */
const trial = {
  work: 'session',
  share: 0.5,
  treatment: { work: 'session' },
  calibration: { minSamples: 1 },
};

/** A feature store that nobody serves, and its snapshot. */
const away = { kind: 'redis', urls: ['redis://127.0.0.1:1'], snapshot: {} };

/** A plugin with a signal. */
const dwelling = {
  path: join(import.meta.dirname, '../plugins/good/dwell.ts'),
  signals: { dwell: {} },
};

/** Signals that need no patience. */
const hasty = {
  requests: { joinSeconds: 1 },
  similarity: { coldEvents: 2, coldSessions: 1, everySeconds: 1 },
  drift: { fixedScale: 0.9 },
};

/** Opens a small shop in which every series is fed once it is visited; one of its models cannot be loaded. */
export async function openBusyShop(
  differently: (config: Config) => Partial<Config> = () => ({}),
): Promise<BusyShop> {
  const shop = createTinyShop({ sessions: 400 });
  onTestFinished(() => shop.remove());
  mkdirSync(join(shop.folder, 'models', 'popular'), { recursive: true });
  writeFileSync(join(shop.folder, 'models', 'popular', '0123456789ab.slm'), 'no model');
  writeFileSync(join(shop.folder, 'models', 'popular', 'current'), '0123456789ab');
  const blocked = join(shop.folder, 'blocked.txt');
  writeFileSync(blocked, 'item-99\n');
  const config = everythingOn(readConfig(shop.config, quiet), await openSink(), blocked);
  const chosen = { ...config, ...differently(config) };
  const server = await openServer({
    config: chosen,
    environment: { SIGHTLINE_CONTROL_TOKEN: controlToken },
    onProgress: () => {},
    logDestination: join(shop.folder, 'log'),
  });
  onTestFinished(() => server.close());
  const post = (path: string, body: object) => send(`${server.query.url}${path}`, 'POST', body);
  const control: BusyShop['control'] = (method, path, body) =>
    send(`${server.control.url}${path}`, method, body, { authorization: `Bearer ${controlToken}` });
  const visit = (session: string) => visitAs(session, post);
  const everythingRare = () => doEverythingRare({ server, post, control });
  return { config: chosen, server, post, control, visit, everythingRare };
}

const quiet = { SIGHTLINE_REQUEST_LOG: 'none', SIGHTLINE_LOG_LEVEL: 'error' };

/** A graph network that is learnt in no time. */
const graph = {
  kind: 'gnn',
  options: { dimensions: 16, hidden: [16], epochs: 1, stepsPerEpoch: 2, batch: 16, walks: 10 },
};

/** The work, and the graph network beside its other scorers. */
function withGraph(work: Config['works'][string]): Config['works'][string] {
  const scored = work.stages.map((stage) =>
    stage.stage === 'score'
      ? { ...stage, use: [...stage.use, { algorithm: 'graph', weight: 0.1 }] }
      : stage,
  );
  return { ...work, stages: scored };
}

function everythingOn(config: Config, url: string, blocked: string): Config {
  const session = withGraph(config.works.session);
  return {
    ...config,
    plugins: pluginsSchema.parse({ dwell: dwelling }),
    works: { session: { ...session, shadow: { work: 'next', rate: 1 } }, next: session },
    tables: tablesSchema.parse({ blocked: { kind: 'set', file: blocked } }),
    models: { ...config.models, item2vec: { kind: 'item2vec', options: { epochs: 2 } }, graph },
    features: featuresSchema.parse({ stores: { away } }),
    experiments: experimentsSchema.parse({ trial }),
    gorse: gorseSchema.parse({ recommend: 'session', admin: true }),
    signals: signalsSchema.parse(hasty),
    telemetry: {
      ...config.telemetry,
      maxLabelValues: 5,
      push: pushSchema.parse({ local: { kind: 'remote-write', url, everySeconds: 1 } }),
    },
    webhooks: webhooksSchema.parse({ ops: { url, allowPrivate: true, groupWaitSeconds: 0 } }),
  };
}

/** A server that takes whatever it is sent. */
async function openSink(): Promise<string> {
  const sink = createServer((_, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sink.closeAllConnections();
    sink.close();
  });
  return `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
}

function send(
  url: string,
  method: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function visitAs(session: string, post: BusyShop['post']): Promise<void> {
  const walk = ['item-1', 'item-2', 'item-new', 'item-3', 'item-4'];
  await post(
    '/v1/feedback',
    walk.map((item) => ({ type: 'click', session, item })),
  );
  for (let k = 0; k < 2; k++) {
    const answer = await post('/v1/recommend/session', { session, n: 3 });
    const { request_id, items = [] } = (await answer.json()) as Recommended;
    if (items.length === 0) continue;
    const clicked = { type: 'click', session, item: items[0].id, request_id };
    await post('/v1/feedback', [clicked, { ...clicked, type: 'cart' }]);
  }
}

interface Recommended {
  readonly request_id: string;
  readonly items?: readonly { readonly id: string }[];
}

async function doEverythingRare({
  server,
  post,
  control,
}: Pick<BusyShop, 'server' | 'post' | 'control'>): Promise<void> {
  await post('/v1/users', [{ id: 'u1', attributes: {} }]);
  await post('/v1/items', [{ id: 'item-new', catalog: 'even' }]);
  for (const user of ['u1', 'nobody']) await post('/v1/recommend/session', { user, n: 3 });
  await post('/v1/recommend/session', { session: 'walk-1', n: 3, timeout_ms: 0 });
  const types = Array.from({ length: 8 }, (_, i) => ({
    type: `type-${i}`,
    item: 'item-1',
    session: 's',
  }));
  await post('/v1/feedback', types);
  await fetch(`${server.query.url}/v1/recommend/session`, { headers: { traceparent: 'nonsense' } });
  await visitApi(server, post);
  await control('POST', '/control/alerts', { version: '4', alerts: [{ status: 'firing' }] });
  await control('POST', '/control/reload', {});
  await control('POST', '/control/tasks/train', {});
  await control('POST', '/control/profile?type=heap&seconds=1');
  await watchAFault(server);
}

/** What a client of Gorse asks: feedback, a list that is kept, and the page of an administrator, who is nobody here. */
async function visitApi({ query: { url } }: Server, post: BusyShop['post']): Promise<void> {
  const read = { FeedbackType: 'read', UserId: 'u1', ItemId: 'item-2', Value: 1 };
  expect((await post('/api/feedback', [read])).status).toBe(200);
  for (let k = 0; k < 2; k++) expect((await fetch(`${url}/api/recommend/u1`)).status).toBe(200);
  expect((await fetch(`${url}/api/dashboard/stats`)).status).toBe(403);
}

/** Hours of traffic that the anomaly engine sees in no time, the last minutes of them without requests. */
async function watchAFault({ gateway }: Server): Promise<void> {
  const { alarming, telemetry } = gateway;
  const traffic = new LeafTraffic(createRng(1), telemetry.events!.codes);
  for (let t = 0; t < 246; t++) {
    alarming.tick(
      traffic.tick((habits) => {
        if (t >= 240) habits.requests *= 0.1;
      }),
    );
    await alarming.settled();
  }
}
