import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startServing } from '../cli/serving-process.ts';
import { createTinyShop } from '../cli/tiny-shop.ts';

const secrets = {
  WEB_KEY: 'Web-s3cret/0123456789abcdef=',
  OPS_KEY: 'Ops-s3cret/0123456789abcdef=',
  SIGHTLINE_CONTROL_TOKEN: 'Control-s3cret/0123456789abcdef=',
};
const wrongKey = 'Guessed-s3cret/0123456789abcdef=';

/** Starts a shop of its own, with more in its configuration. */
function serve(more: string, environment: Readonly<Record<string, string>>) {
  const shop = createTinyShop({ store: 'memory' });
  appendFileSync(shop.config, more);
  const process = startServing(shop.config, environment);
  onTestFinished(async () => {
    process.stop('SIGKILL');
    await process.exit;
    shop.remove();
  });
  return process;
}

/** A receiver of spans that keeps what it is sent. */
async function openSink(): Promise<{ url: string; received: string[] }> {
  const received: string[] = [];
  const sink = createServer((incoming, outgoing) => {
    incoming.setEncoding('latin1').on('data', (text) => received.push(text));
    incoming.on('end', () => outgoing.writeHead(200).end());
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    sink.closeAllConnections();
    sink.close();
  });
  return { url: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`, received };
}

test('no key and no part of one is in what a gateway prints, tells or answers, refusals included', {
  timeout: 60_000,
}, async () => {
  const sink = await openSink();
  const keys = `
access:
  keys:
    web: { secret: WEB_KEY, scopes: [read], perDay: 1 }
    ops: { secret: OPS_KEY, scopes: [admin] }
`;
  const process = serve(keys, {
    ...secrets,
    SIGHTLINE_LOG_LEVEL: 'debug',
    OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
  });
  const { query, control } = await process.ready;
  const heard: string[] = [];
  const ask = async (url: string, headers: Record<string, string> = {}, init: RequestInit = {}) => {
    const answer = await fetch(url, { ...init, headers });
    heard.push(JSON.stringify([...answer.headers]), await answer.text());
    return answer.status;
  };
  const home = `${query}/v1/recommend/session?session=walk-0&n=3`;
  const shown = (key: string) => ({ 'x-api-key': key, 'x-request-id': 'r-1' });
  expect(await ask(home)).toBe(401);
  expect(await ask(home, shown(wrongKey))).toBe(401);
  expect(await ask(home, { authorization: `Bearer ${wrongKey}` })).toBe(401);
  expect(await ask(home, shown(secrets.WEB_KEY))).toBe(200);
  expect(await ask(home, shown(secrets.WEB_KEY))).toBe(429);
  expect(await ask(`${query}/v1/items`, shown(secrets.OPS_KEY))).toBe(200);
  expect(await ask(`${query}/v1/items`, shown(secrets.WEB_KEY), { method: 'POST' })).toBe(403);
  for (let guess = 0; guess < 15; guess++) await ask(`${query}/v1/users`, shown(wrongKey));
  await ask(`${query}/openapi.json`);
  const document = (await (await fetch(`${control}/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  for (const path of Object.keys(document.paths)) await ask(control + path);
  const token = { authorization: `Bearer ${secrets.SIGHTLINE_CONTROL_TOKEN}` };
  await ask(`${control}/control/reload`, token, { method: 'POST' });
  process.stop('SIGTERM');
  expect(await process.exit).toEqual({ code: 0, signal: null });

  const { out, err } = process.written;
  expect(out).toContain('access.refused');
  expect(err).toContain('open to keys alone: web (read), ops (admin)');
  expect(err).toContain('$WEB_KEY');
  expect(heard.join()).toContain('sightline_access_refused_total{reason="quota",key="web"}');
  expect(sink.received.join('')).toContain('/v1/recommend/{work}');
  const everything = [out, err, ...heard, ...sink.received].join('\n');
  for (const secret of [...Object.values(secrets), wrongKey])
    for (const part of [secret, secret.slice(0, 12), secret.slice(8), encodeURIComponent(secret)])
      expect(everything.includes(part), part).toBe(false);
});

test('a start says every missing secret at once, and opens nothing', {
  timeout: 60_000,
}, async () => {
  const keys = `
access:
  keys:
    web: { secret: WEB_KEY, scopes: [read] }
    app: { secret: APP_KEY, scopes: [write] }
    ops: { secret: OPS_KEY, scopes: [admin] }
`;
  const process = serve(keys, { WEB_KEY: secrets.WEB_KEY, APP_KEY: 'short' });
  await process.ready.catch(() => {});
  expect((await process.exit).code).toBe(1);
  const { err } = process.written;
  expect(err).toContain('access.keys.app.secret');
  expect(err).toContain('access.keys.ops.secret');
  expect(err).not.toContain('access.keys.web.secret');
  expect(err).not.toContain(secrets.WEB_KEY);
});

test('a query port that others reach without a key is warned of, and one of this machine is not', {
  timeout: 60_000,
}, async () => {
  const environment = { SIGHTLINE_QUERY_HOST: '0.0.0.0' };
  const exposed = serve('', environment);
  await exposed.ready;
  await exposed.says('access.exposed', 'out');
  expect(exposed.written.out).toMatch(/"level":"warn".*"host":"0\.0\.0\.0".*access\.exposed/);
  expect(exposed.written.err).toContain('open to everybody who reaches it');
  const own = serve('', {});
  await own.ready;
  await own.says('server.listening', 'out');
  expect(own.written.out).not.toContain('access.exposed');
});
