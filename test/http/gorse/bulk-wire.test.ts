import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { type Listener, openListener } from '../../../src/http/listen.ts';
import { createQueryApp } from '../../../src/http/query/app.ts';
import { openRawSocket } from '../raw-socket.ts';
import { asAdmin, type GorseShop, openGorseGateway } from './open-gorse-gateway.ts';

interface Door extends AsyncDisposable {
  readonly shop: GorseShop;
  readonly listener: Listener;
}

async function openDoor(requestMs = 30_000): Promise<Door> {
  const shop = await openGorseGateway({ gorse: { admin: true } });
  const app = createQueryApp(shop.gateway);
  const listener = await openListener(
    { fetch: (asked, env) => app.fetch(asked, env) },
    {
      ...{ host: '127.0.0.1', port: 0, name: 'query', emit: shop.gateway.telemetry.emit },
      ...{ hasLongRequests: true, limits: { headersMs: 60, requestMs } },
    },
  );
  const close = async () => {
    await listener.close({ drainMs: 0 });
    await shop[Symbol.asyncDispose]();
  };
  return { shop, listener, [Symbol.asyncDispose]: close };
}

/** Sends a body piece by piece; answers the status and how much was sent until it came. */
function post(
  url: string,
  body: Iterable<Buffer>,
): Promise<{ status: number; text: string; bytes: number }> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const counted = function* () {
      for (const piece of body) {
        bytes += piece.length;
        yield piece;
      }
    };
    const sent = request(url, {
      method: 'POST',
      headers: { ...asAdmin, 'content-type': 'application/jsonl' },
    });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const at = bytes;
      const text = (await response.setEncoding('utf8').toArray()).join('');
      sent.destroy();
      resolve({ status: response.statusCode!, text, bytes: at });
    });
    Readable.from(counted()).pipe(sent);
  });
}

test('200 MB without the end of a line are refused early', async () => {
  await using door = await openDoor();
  const piece = Buffer.alloc(1 << 16, 'x');
  const endless = function* () {
    for (let p = 0; p < 3200; p++) yield piece;
  };
  const { status, bytes } = await post(`${door.listener.url}/api/bulk/feedback`, endless());
  expect(status).toBe(413);
  expect(bytes).toBeLessThan(32 << 20);
});

test('an import may take longer than other requests, which are refused as before', async () => {
  await using door = await openDoor(120);
  const head = (path: string, length: number) =>
    `POST ${path} HTTP/1.1\r\nhost: h\r\nx-api-key: ${asAdmin['x-api-key']}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const slow = openRawSocket(door.listener.port);
  const line = '{"UserId":"slow"}\n';
  slow.send(head('/api/bulk/users', line.length * 2) + line);
  const other = openRawSocket(door.listener.port);
  other.send(`${head('/v1/feedback', 100)}{`);
  expect((await other.answer()).status).toBe(408);
  slow.send(line);
  expect((await slow.answer()).status).toBe(200);
  slow.socket.destroy();
});

test('of a client that goes away nothing is taken that was not whole, and the next one is served', async () => {
  await using door = await openDoor();
  const { shop, listener } = door;
  const raw = openRawSocket(listener.port);
  raw.send(
    `POST /api/bulk/users HTTP/1.1\r\nhost: h\r\nx-api-key: ${asAdmin['x-api-key']}\r\ncontent-length: 9999\r\n\r\n{"UserId":"gone"}\n{"Us`,
  );
  await new Promise((resolve) => raw.socket.once('connect', resolve));
  raw.socket.resetAndDestroy();
  await raw.ended;
  await expect.poll(() => shop.house.facts('http.finished')).toMatchObject([{ status: 499 }]);
  expect(shop.house.facts('rows.imported')).toMatchObject([{ rows: 0, outcome: 'broken_off' }]);
  const whole = await post(`${listener.url}/api/bulk/users`, [Buffer.from('{"UserId":"here"}')]);
  expect(whole).toMatchObject({ status: 200, text: expect.stringContaining('"RowAffected": 1') });
});
