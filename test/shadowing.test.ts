import { expect, test } from 'vitest';
import { Admission } from '../src/pipeline/admission/admission.ts';
import { GradientLimit } from '../src/pipeline/admission/gradient-limit.ts';
import { createPopularWorks } from '../src/pipeline/admission/popular-works.ts';
import { ordinary } from '../src/pipeline/admission/shed.ts';
import type { Retriever } from '../src/pipeline/algorithm.ts';
import { createPipeline } from '../src/pipeline/pipeline.ts';
import type { Work } from '../src/pipeline/work.ts';
import { createShadowing } from '../src/shadowing.ts';
import { SessionTable } from '../src/stores/session-table.ts';
import type { Facts } from '../src/telemetry/facts.ts';
import { RequestRecord } from '../src/telemetry/request-record.ts';
import { openLoopStand } from './pipeline/admission/loop-stand.ts';
import { openEffectStand } from './pipeline/effects/effect-stand.ts';
import { liveGeneration } from './pipeline/generations/live-generation.ts';
import { bring, createShop, createTestClock, openTestWork } from './pipeline/test-work.ts';

/** A retriever that brings nothing and notes what it is asked. */
function createWitness() {
  const seen: { nowMs: number; recent: number[] }[] = [];
  const witness: Retriever = {
    name: 'witness',
    limit: 1,
    retrieve({ nowMs, intent }) {
      seen.push({ nowMs, recent: [...intent.recent] });
    },
  };
  return { witness, seen };
}

/** The work `home` with the shadow `next` over one shop, before anything was asked. */
function open(
  options: { rate?: number; bounds?: object; next?: Parameters<typeof openTestWork>[0] } = {},
) {
  const {
    rate = 1,
    bounds = {},
    next = { retrievers: [bring('other', [9, 3, 4, 2, 8])] },
  } = options;
  const table = createShop(30);
  const clock = createTestClock();
  const sessions = new SessionTable();
  const workOf = (name: string, parts: Parameters<typeof openTestWork>[0]): Work => ({
    ...openTestWork({ table, ...parts }).work,
    name,
  });
  const home = { ...workOf('home', {}), shadow: { work: 'next', rate } };
  const works = new Map([home, workOf('next', next)].map((work) => [work.name, work]));
  const generations = { current: liveGeneration('g1', works) };
  const loop = openLoopStand();
  const effects = openEffectStand(bounds);
  const admission = new Admission({
    limit: new GradientLimit({ min: 1, initial: 10, max: 10, tolerance: 2 }),
    loop: loop.guard,
    shares: { interactive: 1, batch: 0.5, shadow: 0.1 },
    emit: (name, fact) => void effects.told.push({ name, ...fact }),
    monotonic: clock.monotonic,
  });
  const pipeline = createPipeline({ table, sessions, clock });
  const shadowing = createShadowing({
    ...{ pipeline, generations, admission, clock, effects: effects.queue },
    emit: (name, fact) => void effects.told.push({ name, ...fact }),
  });
  const ask = (requestId: string, request: object = {}, work: Work = home) => {
    const record = new RequestRecord();
    Object.assign(record, { requestId, traceId: 't1', generation: 'g1', layout: work.layout });
    record.startedAt = clock.monotonic();
    const job = { work, request: { n: 4, explain: false, ...request }, record };
    return pipeline.run(job, (run) => {
      shadowing.follow(work, run);
      return [...run.slateItems.subarray(0, run.slateCount)];
    });
  };
  const finished = () => effects.facts('shadow.finished') as unknown as Facts['shadow.finished'][];
  return { ...effects, table, clock, sessions, generations, admission, home, ask, finished };
}

test('after an answer its shadow is asked the same, and how they agree is told', async () => {
  const { ask, finished, endTurns } = open();
  expect(ask('r1')).toEqual([0, 1, 2, 3]);
  expect(finished()).toEqual([]);
  await endTurns();
  // The shadow serves 2, 3, 4, 8.
  expect(finished()).toEqual([
    {
      ...{ work: 'home', shadow: 'next', outcome: 'ok', requestId: 'r1', traceId: 't1' },
      ...{ overlap: 0.5, kendallTau: 1, latencyRatio: undefined },
    },
  ]);
});

test('the shadow sees the time and the session of the answer, whatever came since', async () => {
  const { witness, seen } = createWitness();
  const { ask, sessions, clock, endTurns } = open({ next: { retrievers: [witness] } });
  sessions.record('s1', 7, clock.now());
  const before = clock.now();
  ask('r1', { session: 's1' });
  sessions.record('s1', 8, clock.now());
  clock.advance(400);
  await endTurns();
  expect(seen).toEqual([{ nowMs: before, recent: [7] }]);
});

test('a shadow leaves the sessions as they were', async () => {
  const { ask, sessions, clock, endTurns, finished } = open();
  for (const id of ['s1', 's2', 's3']) sessions.record(id, 5, clock.now());
  const kept = () =>
    sessions.ids(10).map((id) => [id, structuredClone([...sessions.get(id)!.items])]);
  const before = kept();
  for (const session of ['s1', 's2', 'unknown']) ask(`r-${session}`, { session });
  await endTurns();
  expect(finished()).toHaveLength(3);
  expect(kept()).toEqual(before);
});

test('the rate holds, and one id is always chosen or never', async () => {
  const { ask, queue, endTurns, finished } = open({ rate: 0.1, bounds: { capacity: 10_000 } });
  const ids = Array.from({ length: 5000 }, (_, i) => `request-${i}`);
  for (const id of ids) ask(id);
  // Five standard deviations of a share of 0.1.
  expect(Math.abs(queue.waiting - 500)).toBeLessThan(106);
  await endTurns();
  const chosen = finished().map(({ requestId }) => requestId);
  for (const id of ids) ask(id);
  await endTurns();
  expect(finished().map(({ requestId }) => requestId)).toEqual([...chosen, ...chosen]);
});

test('rate 0 chooses nobody', () => {
  const { ask, queue } = open({ rate: 0 });
  for (let i = 0; i < 1000; i++) ask(`r${i}`);
  expect(queue.waiting).toBe(0);
});

test('what finds no room in the queue is dropped and counted, and the answers are the same', async () => {
  const { ask, endTurns, finished, facts } = open({ bounds: { capacity: 2 } });
  const answers = [1, 2, 3, 4, 5].map((i) => ask(`r${i}`));
  expect(new Set(answers.map(String)).size).toBe(1);
  await endTurns();
  expect(finished()).toHaveLength(2);
  expect(facts('effect.dropped')).toEqual(new Array(3).fill({ effect: 'shadow', reason: 'full' }));
});

test('a shadow is shed before anybody who waits', async () => {
  const { ask, admission, endTurns, finished, facts } = open();
  let release = () => {};
  const held = admission.run(ordinary, () => new Promise<void>((resolve) => (release = resolve)));
  ask('r1');
  await endTurns();
  release();
  await held;
  expect(finished()).toMatchObject([{ outcome: 'shed', requestId: 'r1' }]);
  expect(finished()[0]).not.toHaveProperty('overlap');
  expect(facts('request.shed')).toMatchObject([{ priority: 'shadow', answer: 'refused' }]);
  ask('r2');
  await endTurns();
  expect(finished()[1]).toMatchObject({ outcome: 'ok' });
});

test('an answer is not held against another generation', async () => {
  const { ask, generations, endTurns, finished } = open();
  ask('r1');
  generations.current = liveGeneration('g2', generations.current.generation.works);
  await endTurns();
  expect(finished()).toMatchObject([{ outcome: 'outdated' }]);
});

test('what was shed is not followed, as it says nothing of its work', async () => {
  const { ask, home, queue } = open();
  const popular = createPopularWorks()(home);
  ask('r1', {}, popular);
  expect(queue.waiting).toBe(0);
  ask('r1');
  expect(queue.waiting).toBe(1);
});

test('a shadow that fails inside is told as it would have been served', async () => {
  const broken: Retriever = {
    name: 'broken',
    limit: 1,
    retrieve() {
      throw new Error('no');
    },
  };
  const { ask, endTurns, finished } = open({ next: { retrievers: [broken] } });
  expect(ask('r1')).toEqual([0, 1, 2, 3]);
  await endTurns();
  expect(finished()).toMatchObject([{ outcome: 'fallback', overlap: 0 }]);
});

test('a shadow whose fallback fails too hurts nobody, and is counted', async () => {
  const fail = () => {
    throw new Error('no');
  };
  const { stages } = openTestWork({}).work;
  const score = { ...stages.find(({ name }) => name === 'score')!, run: fail, instead: fail };
  const { ask, admission, endTurns, finished, facts } = open({ next: { replace: { score } } });
  expect(ask('r1')).toEqual([0, 1, 2, 3]);
  await endTurns();
  expect(finished()).toMatchObject([{ outcome: 'error' }]);
  expect(facts('effect.ended')).toMatchObject([{ effect: 'shadow', outcome: 'failed' }]);
  expect(admission.inFlight).toBe(0);
});
