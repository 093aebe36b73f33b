import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { z } from 'zod';
import { openListener } from '../../src/http/listen.ts';
import { createQueryApp } from '../../src/http/query/app.ts';
import type { recommendAnswerSchema } from '../../src/http/query/recommend-schema.ts';
import { call } from './call.ts';
import { openTestGateway, type TestGateway, testWork } from './open-test-gateway.ts';

type Answer = z.output<typeof recommendAnswerSchema>;

/** The works of the test shop, and one that scores by popularity. */
const works = (shadow?: object) => ({
  home: { ...testWork('user'), ...(shadow !== undefined && { shadow }) },
  session: testWork('session'),
  next: {
    ...testWork('user'),
    stages: [
      { stage: 'intent' },
      { stage: 'retrieve', use: [{ algorithm: 'popular' }] },
      { stage: 'score', use: [{ algorithm: 'popular', weight: 1 }] },
      { stage: 'rerank', use: 'score' },
      { stage: 'filter', use: ['hidden', 'expired', 'excluded', 'category'] },
    ],
  },
});

let plain: TestGateway;
let shadowed: TestGateway;

beforeAll(async () => {
  plain = await openTestGateway({ works: works() });
  shadowed = await openTestGateway({ works: works({ work: 'next', rate: 1 }) });
});
afterAll(async () => {
  await plain.close();
  await shadowed.close();
});

/** Asks a gateway for the same things, and answers what it said beside ids. */
async function visit({ gateway }: TestGateway) {
  const app = createQueryApp(gateway);
  const answers: object[] = [];
  for (let i = 0; i < 20; i++) {
    const click = {
      type: 'click',
      item: `A${i}`,
      session: 's1',
      timestamp: Date.UTC(2026, 0, 31, 8, i),
    };
    await call(app, 'POST /v1/feedback', { body: [click] });
    for (const work of ['home', 'session']) {
      const body = { session: 's1', n: 5, exclude: [`A${i}`] };
      const answer = await call<Answer>(app, `POST /v1/recommend/${work}`, { body });
      const { request_id: _, trace_id: __, generation: ___, ...said } = answer.body;
      answers.push({ status: answer.status, ...said });
    }
  }
  return answers;
}

/** The lines of the exposition that begin with one of the names, without times. */
async function linesOf({ gateway }: TestGateway, ...names: string[]): Promise<string[]> {
  await gateway.telemetry.flush();
  const { body } = await gateway.telemetry.expose(undefined);
  const lines = String(body).split('\n');
  return lines.filter((line) => names.some((name) => line.startsWith(`sightline_${name}`)));
}

test('answers, served series and records are the same with a shadow and without', async () => {
  const [expected, got] = [await visit(plain), await visit(shadowed)];
  expect(got).toEqual(expected);
  await vi.waitFor(() => expect(shadowed.facts('shadow.finished')).toHaveLength(20));
  expect(shadowed.finished.length).toBe(plain.finished.length);
  const served = [
    'request_duration_seconds_count',
    'stage_candidates',
    'retriever_hits_total',
    'filter_removed_total',
    'fallback_total',
    'feedback_events_total',
  ];
  const lines = await linesOf(plain, ...served);
  expect(lines.length).toBeGreaterThan(20);
  expect(await linesOf(shadowed, ...served)).toEqual(lines);
});

test('how a shadow agrees is on the exposition', async () => {
  await visit(shadowed);
  await vi.waitFor(async () => {
    const lines = (await linesOf(shadowed, 'shadow_', 'effect')).join('\n');
    expect(lines).toMatch(/shadow_runs_total\{work="home",shadow="next",outcome="ok"\} \d+/);
    expect(lines).toMatch(/shadow_overlap_ratio_count\{work="home",shadow="next"\} \d+/);
    expect(lines).toMatch(/shadow_latency_ratio_count\{work="home",shadow="next"\} \d+/);
    expect(lines).toMatch(/effect_duration_seconds_count\{effect="shadow",outcome="done"\} \d+/);
    expect(lines).toContain('effects_waiting 0');
  });
  const { overlap, latencyRatio, requestId } = shadowed.facts('shadow.finished').at(-1)!;
  expect(overlap).toBeGreaterThanOrEqual(0);
  expect(latencyRatio).toBeGreaterThan(0);
  expect(shadowed.finished.map((record) => record.requestId)).toContain(requestId);
});

test('the shadow runs after the answer has left', async () => {
  const { gateway, facts } = shadowed;
  const { emit } = gateway.telemetry;
  const app = createQueryApp(gateway);
  const listener = await openListener(app, { host: '127.0.0.1', port: 0, name: 'query', emit });
  onTestFinished(() => listener.close({ drainMs: 0 }));
  shadowed.told.length = 0;
  const runsWhenLeft: number[] = [];
  const leave = () => void runsWhenLeft.push(facts('shadow.finished').length);
  subscribe('http.server.response.finish', leave);
  onTestFinished(() => void unsubscribe('http.server.response.finish', leave));
  for (let i = 0; i < 3; i++) {
    const headers = { 'content-type': 'application/json' };
    const asked = { method: 'POST', headers, body: '{"n":5}' };
    await (await fetch(`${listener.url}/v1/recommend/home`, asked)).text();
    await vi.waitFor(() => expect(facts('shadow.finished')).toHaveLength(i + 1));
  }
  expect(runsWhenLeft).toEqual([0, 1, 2]);
});

test('a shadow whose stages fail is told as degraded, and no answer is', async () => {
  const house = await openTestGateway({
    works: works({ work: 'next', rate: 1 }),
    faults: { enabled: true },
  });
  onTestFinished(() => house.close());
  const always = { share: 1, afterSeconds: 0, forSeconds: 60, rampSeconds: 0 };
  house.gateway.faults!.put([
    { name: 'broken', kind: 'failing-stage', stage: 'score', match: { work: 'next' }, ...always },
  ]);
  const answers = (await visit(house)) as Partial<Answer>[];
  for (const { fallback_reason } of answers) expect(fallback_reason).toBeNull();
  await vi.waitFor(() => expect(house.facts('shadow.finished')).toHaveLength(20));
  expect(new Set(house.facts('shadow.finished').map(({ outcome }) => outcome))).toEqual(
    new Set(['fallback']),
  );
  expect(house.facts('fallback.served')).toEqual([]);
});

test('a stop runs the shadows that wait, and takes no more', async () => {
  const house = await openTestGateway({ works: works({ work: 'next', rate: 1 }) });
  const { gateway } = house;
  const ask = () => {
    const record = gateway.telemetry.begin(undefined);
    gateway.recommend('home', { n: 3, explain: false }, record, () => {});
  };
  ask();
  ask();
  const closed = house.close();
  ask();
  expect(house.facts('shadow.finished')).toEqual([]);
  await closed;
  expect(house.facts('shadow.finished')).toHaveLength(2);
  expect(house.facts('effect.dropped')).toEqual([{ effect: 'shadow', reason: 'closed' }]);
});
