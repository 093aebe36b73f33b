import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createControl } from '../../src/cli/replay/control.ts';
import { type GatewayFault, parseFaultScript } from '../../src/cli/replay/fault-script.ts';

let close = () => {};
afterEach(() => close());

/** A control port that answers everything alike and keeps what it was asked. */
async function open(status: number, answer: string) {
  const asked: { request: IncomingMessage; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    asked.push({ request, body });
    response.writeHead(status).end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => server.close().closeAllConnections();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { asked, control: createControl(url, { token: 'secret' }) };
}

test('faults are put in the words of the control port, with the token', async () => {
  const { asked, control } = await open(200, '{"faults":[]}');
  const { faults } = parseFaultScript(
    `faults:
  - { name: disk, at: 60, for: 30, rampSeconds: 5, kind: slow-store, delayMs: 40, expect: { measure: slow, labels: {} } }
  - { name: model, for: 9, kind: bad-model, share: 0.5, match: { work: home } }`,
    'f',
  );
  await control.put(faults as GatewayFault[]);
  const [{ request, body }] = asked;
  expect([request.method, request.url, request.headers.authorization]).toEqual([
    'PUT',
    '/control/faults',
    'Bearer secret',
  ]);
  expect(JSON.parse(body).faults).toEqual([
    {
      ...{ name: 'disk', kind: 'slow-store', match: {}, share: 1, delay_ms: 40 },
      ...{ after_seconds: 60, for_seconds: 30, ramp_seconds: 5 },
    },
    {
      ...{ name: 'model', kind: 'bad-model', match: { work: 'home' }, share: 0.5 },
      ...{ mode: 'inverted', after_seconds: 0, for_seconds: 9, ramp_seconds: 0 },
    },
  ]);
});

test('a refusal is told with its code and its words', async () => {
  const { control } = await open(404, '{"code":"SL_NOT_FOUND","message":"faults are off"}');
  await expect(control.end()).rejects.toMatchObject({
    code: 'SL_NOT_FOUND',
    message: 'DELETE /control/faults answered 404: faults are off',
  });
});

test.each([
  ['something else than JSON', 200, 'hello'],
  ['JSON that is something else', 200, '{"ok":true}'],
])('a port that answers %s is no control port', async (_, status, answer) => {
  const { control } = await open(status, answer);
  await expect(control.anomalies()).rejects.toMatchObject({ code: 'SL_GATEWAY_UNREACHABLE' });
});

test('an error without words is told with its status', async () => {
  const { control } = await open(502, '{}');
  await expect(control.end()).rejects.toThrowError('DELETE /control/faults answered 502');
});

test('a port where nobody listens is told', async () => {
  const control = createControl('http://127.0.0.1:1', { token: undefined });
  await expect(control.anomalies()).rejects.toMatchObject({ code: 'SL_GATEWAY_UNREACHABLE' });
});
