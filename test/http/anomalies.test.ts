import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlApp } from '../../src/http/control/app.ts';
import { polandCause, slowPoland } from '../anomaly/anomaly-example.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testNowMs } from './open-test-gateway.ts';

let house: TestGateway;
beforeAll(async () => {
  house = await openTestGateway();
  house.gateway.alarming.book.note(slowPoland);
});
afterAll(() => house.close());

const token = 'a-long-control-token';
const clock = { now: () => testNowMs, monotonic: () => 0 };
const app = () => createControlApp(house.gateway, { token, clock });
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const post = (body: unknown, sent: Record<string, string> = headers) =>
  call<Record<string, unknown>>(app(), 'POST /control/alerts', { headers: sent, body });

/** As Alertmanager 0.28 sends it. */
const fromAlertmanager = {
  version: '4',
  groupKey: '{}:{alertname="DiskFull"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'sightline',
  groupLabels: { alertname: 'DiskFull' },
  commonLabels: { alertname: 'DiskFull', instance: 'db-1' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager:9093',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'DiskFull', instance: 'db-1' },
      annotations: { summary: 'disk of db-1 is full' },
      startsAt: '2026-01-31T08:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph',
      fingerprint: '5b3a0f5d1e2c4a6b',
    },
  ],
};

/** As Grafana 12 sends it. */
const fromGrafana = {
  receiver: 'sightline',
  status: 'resolved',
  orgId: 1,
  title: '[RESOLVED] HighLoad',
  state: 'ok',
  message: '**Resolved**',
  version: '1',
  alerts: [
    {
      status: 'resolved',
      labels: { alertname: 'HighLoad' },
      annotations: {},
      startsAt: '2026-01-31T08:30:00.123+01:00',
      endsAt: '2026-01-31T08:45:00Z',
      values: { A: 3.5 },
      valueString: '[ var=A ]',
      dashboardURL: 'http://grafana:3000/d/x',
    },
  ],
};

test('anomalies are listed with their causes, and found by id', async () => {
  const { body } = await call<{ anomalies: object[] }>(app(), 'GET /control/anomalies');
  expect(body).toMatchObject({ tick_seconds: 30, enabled: false });
  expect(body.anomalies).toEqual([
    {
      id: 'a1',
      measure: 'slow',
      state: 'firing',
      direction: 'up',
      started_at: '2026-01-31T08:00:00.000Z',
      fired_at: '2026-01-31T08:01:00.000Z',
      resolved_at: null,
      explained_share: 0.83,
      unexplained: false,
      series: [
        {
          name: 'slow',
          labels: { segment: 'poland' },
          direction: 'up',
          actual: 0.4,
          expected: 0.0312,
          surprise: 9.1,
        },
      ],
      causes: [
        {
          labels: { segment: 'poland' },
          share: 0.83,
          ratio: 12.1,
          actual: 120,
          expected: 9.9,
          leaves: 14,
          p_value: 1e-12,
          surprise: 0.31,
          lattice: polandCause.lattice,
        },
      ],
      trace_ids: ['4bf92f3577b34da6a3ce929d0e0e4736'],
    },
  ]);
  expect((await call(app(), 'GET /control/anomalies/a1')).body).toEqual(body.anomalies[0]);
  expect(await call(app(), 'GET /control/anomalies/nobody')).toMatchObject({
    status: 404,
    body: { code: 'SL_NOT_FOUND' },
  });
});

test('alerts of Alertmanager and of Grafana are shown beside ours', async () => {
  expect(await post(fromAlertmanager)).toMatchObject({ status: 202, body: { accepted: 1 } });
  expect(await post(fromGrafana)).toMatchObject({ status: 202, body: { accepted: 1 } });
  const { body } = await call<{ outside: object[] }>(app(), 'GET /control/anomalies');
  expect(body.outside).toMatchObject([
    {
      source: 'grafana',
      state: 'resolved',
      started_at: '2026-01-31T07:30:00.123Z',
      ended_at: '2026-01-31T08:45:00.000Z',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
    {
      source: 'alertmanager',
      fingerprint: '5b3a0f5d1e2c4a6b',
      state: 'firing',
      labels: { alertname: 'DiskFull', instance: 'db-1' },
      ended_at: null,
      received_at: '2026-01-31T09:00:00.000Z',
    },
  ]);
});

test('the end of an outside alert closes it', async () => {
  const [alert] = fromAlertmanager.alerts;
  const ended = { ...alert, status: 'resolved', endsAt: '2026-01-31T08:50:00Z' };
  await post({ ...fromAlertmanager, status: 'resolved', alerts: [ended] });
  const { body } = await call<{ outside: { fingerprint: string; state: string }[] }>(
    app(),
    'GET /control/anomalies',
  );
  const found = body.outside.filter(({ fingerprint }) => fingerprint === alert.fingerprint);
  expect(found.map(({ state }) => state)).toEqual(['resolved']);
});

test.each([
  ['another version', { version: '3', alerts: [] }, 'version'],
  ['no alerts', { version: '4' }, 'alerts'],
  ['a payload of somebody else', { text: 'hello' }, 'version'],
  [
    'a time that is none',
    { version: '4', alerts: [{ status: 'firing', startsAt: 'soon' }] },
    'startsAt',
  ],
  ['an unknown status', { version: '4', alerts: [{ status: 'broken' }] }, 'status'],
  [
    'too many alerts',
    { version: '4', alerts: Array.from({ length: 1001 }, () => ({ status: 'firing' })) },
    'alerts',
  ],
  [
    'labels that are no texts',
    { version: '4', alerts: [{ status: 'firing', labels: { a: 1 } }] },
    'labels',
  ],
])('%s is refused with the path of the mistake', async (_, body, path) => {
  const answer = await post(body);
  expect(answer).toMatchObject({ status: 422, body: { code: 'SL_REQUEST_INVALID' } });
  expect(JSON.stringify(answer.body)).toContain(path);
});

test('nobody tells of alerts without the token', async () => {
  const { authorization: _, ...without } = headers;
  expect((await post(fromAlertmanager, without)).status).toBe(401);
});

test('annotations are in the form of Grafana, newest first, and bounded by time and number', async () => {
  type Annotations = { id: string; time: number; timeEnd: number; text: string; tags: string[] }[];
  const read = async (query: string) =>
    (await call<Annotations>(app(), `GET /control/annotations${query}`)).body;
  const all = await read('');
  expect(all.map(({ time }) => time)).toEqual(all.map(({ time }) => time).sort((a, b) => b - a));
  expect(all.find(({ id }) => id === 'a1')).toEqual({
    id: 'a1',
    time: slowPoland.startedAtMs,
    timeEnd: testNowMs,
    title: 'slow firing',
    text: 'slow is up: segment=poland (83 % explained, 12.1 times as usual)',
    tags: ['anomaly', 'slow', 'segment:poland'],
  });
  expect(await read('?limit=1')).toHaveLength(1);
  expect(await read(`?to=${slowPoland.startedAtMs - 3_600_000}`)).toEqual([]);
  const refused = await call(app(), 'GET /control/annotations?from=yesterday');
  expect(refused).toMatchObject({ status: 422, body: { code: 'SL_REQUEST_INVALID' } });
});
