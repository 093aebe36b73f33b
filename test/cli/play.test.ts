import { expect, test } from 'vitest';
import { createConduct } from '../../src/cli/replay/conduct.ts';
import { type PlayOptions, play } from '../../src/cli/replay/play.ts';
import type { SentClick, Target } from '../../src/cli/replay/target.ts';

const click = (session: string, item: string, atMs: number) => ({
  session,
  item,
  type: 'click',
  atMs,
  segment: 'pl',
});

interface Call {
  readonly kind: 'recommend' | 'post';
  readonly session: string;
  readonly catalog?: string | undefined;
  readonly work?: string;
  readonly user?: string | undefined;
}

/** A gateway that always answers the same items and keeps the order of calls. */
function createLoopTarget(items: readonly string[], status = 200) {
  const calls: Call[] = [];
  const sent: SentClick[] = [];
  const target: Target = {
    reach: async () => {},
    recommend: async (work, { session, catalog, user }) => {
      calls.push({ kind: 'recommend', session, catalog, ...(user && { work, user }) });
      await Promise.resolve();
      const requestId = `r${calls.length}`;
      return { status, requestId, items, strategy: 'blend', fallbackReason: 'none' };
    },
    post: async (clicks) => {
      await Promise.resolve();
      for (const { session } of clicks) calls.push({ kind: 'post', session });
      sent.push(...clicks);
      return { status, rejected: 0 };
    },
  };
  return { target, calls, sent };
}

function options(over: Partial<PlayOptions> = {}): PlayOptions {
  let ms = 0;
  return {
    work: 'session',
    n: 5,
    speed: Number.POSITIVE_INFINITY,
    concurrency: 4,
    sessionPrefix: 'run-',
    clock: { now: () => 1_000_000 + ms, monotonic: () => ms },
    sleep: async (by) => {
      // What is under way ends first, as it would in real time.
      await new Promise(setImmediate);
      ms += by;
    },
    progress: () => {},
    signal: new AbortController().signal,
    ...over,
  };
}

test('asks before each click but the first, and counts where the click stood', async () => {
  const { target, calls } = createLoopTarget(['B', 'C']);
  const clicks = [click('s', 'A', 0), click('s', 'B', 1), click('s', 'C', 2), click('s', 'D', 3)];
  const tally = await play(clicks, target, options());
  const report = tally.report({ work: 'session', n: 5, seconds: 1 });
  expect(calls.map(({ kind }) => kind)).toEqual([
    'post',
    'recommend',
    'post',
    'recommend',
    'post',
    'recommend',
    'post',
  ]);
  expect(report.requests).toBe(3);
  expect(report.clicks).toBe(4);
  expect(report.hit_rate).toBeCloseTo(2 / 3, 3);
  expect(report.mrr).toBeCloseTo((1 + 1 / 2) / 3, 3);
});

test('by catalogue it asks before each click for items of the page of the click', async () => {
  const { target, calls, sent } = createLoopTarget([]);
  const clicks = [
    { ...click('s', 'A', 0), catalog: 'shoes' },
    { ...click('s', 'B', 1), catalog: 'bags' },
  ];
  await play(clicks, target, options({ byCatalog: true }));
  const asked = calls.filter(({ kind }) => kind === 'recommend');
  expect(asked.map(({ catalog }) => catalog)).toEqual(['shoes', 'bags']);
  expect(sent.map(({ requestId }) => requestId)).toEqual(['r1', 'r3']);
});

test('otherwise no catalogue is asked for', async () => {
  const { target, calls } = createLoopTarget([]);
  const clicks = [0, 1].map((atMs) => ({ ...click('s', 'A', atMs), catalog: 'shoes' }));
  await play(clicks, target, options());
  const asked = calls.filter(({ kind }) => kind === 'recommend');
  expect(asked).toEqual([{ kind: 'recommend', session: 'run-s', catalog: undefined }]);
});

test("a session's click is acknowledged before its next question, whatever else is under way", async () => {
  const { target, calls } = createLoopTarget([]);
  const clicks = Array.from({ length: 200 }, (_, i) => click(`s${i % 7}`, `i${i}`, i));
  await play(clicks, target, options({ concurrency: 16 }));
  for (let s = 0; s < 7; s += 1) {
    const kinds = calls.filter(({ session }) => session === `run-s${s}`).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'post')).toHaveLength(Math.ceil((200 - s) / 7));
    kinds.forEach((kind, i) => {
      expect(kind).toBe(i % 2 === 0 ? 'post' : 'recommend');
    });
  }
});

test('clicks carry the answer they followed, a key of their own and the time of sending', async () => {
  const { target, sent } = createLoopTarget([]);
  await play([click('s', 'A', 5), click('s', 'B', 6)], target, options());
  const same = { type: 'click', session: 'run-s', atMs: 1_000_000 };
  expect(sent).toEqual([
    { ...same, key: 'run-s-0', item: 'A', requestId: undefined },
    { ...same, key: 'run-s-1', item: 'B', requestId: 'r2' },
  ]);
});

test('at a speed, recorded time is divided by it', async () => {
  const { target, sent } = createLoopTarget([]);
  const clicks = [click('a', 'A', 0), click('b', 'B', 60_000), click('c', 'C', 120_000)];
  await play(clicks, target, options({ speed: 60 }));
  expect(sent.map(({ atMs }) => atMs)).toEqual([1_000_000, 1_001_000, 1_002_000]);
});

test('answers of 500 and above are counted as server errors', async () => {
  const { target } = createLoopTarget([], 503);
  const tally = await play([click('s', 'A', 0), click('s', 'B', 1)], target, options());
  const report = tally.report({ work: 'session', n: 5, seconds: 1 });
  expect(report.server_errors).toBe(3);
  expect(report.statuses).toEqual({ 503: 1 });
  expect(report.latency_ms.p50).toBeNull();
});

test('a gateway that is gone ends the replay early', async () => {
  const { target } = createLoopTarget([], 0);
  const clicks = Array.from({ length: 1000 }, (_, i) => click(`s${i}`, 'A', i));
  const tally = await play(clicks, target, options());
  expect(tally.unanswered).toBeGreaterThanOrEqual(20);
  expect(tally.unanswered).toBeLessThan(50);
});

test('an aborted replay begins no more clicks and counts those it played', async () => {
  const { target, sent } = createLoopTarget([]);
  const stop = new AbortController();
  const clicks = Array.from({ length: 100 }, (_, i) => click(`s${i}`, 'A', i));
  const progress = (done: number) => done >= 0.1 && stop.abort();
  const tally = await play(clicks, target, options({ signal: stop.signal, progress }));
  expect(tally.clicks).toBe(10);
  expect(sent).toHaveLength(10);
});

test('of several works each session asks one, in turn, for the user it belongs to', async () => {
  const { target, calls } = createLoopTarget([]);
  const clicks = ['a', 'b', 'a', 'b', 'c', 'c'].map((session, i) => click(session, 'A', i));
  const conduct = { ...createConduct(['home', 'similar']), user: () => 'u' };
  await play(clicks, target, options({ conduct, concurrency: 1 }));
  const asked = calls.filter(({ kind }) => kind === 'recommend');
  expect(asked.map(({ session, work }) => [session, work])).toEqual([
    ['run-a', 'home'],
    ['run-b', 'similar'],
    ['run-c', 'home'],
  ]);
});

test('a click that does not happen is neither asked for nor sent, and the next one takes its place', async () => {
  const { target, sent } = createLoopTarget([]);
  const clicks = ['A', 'B', 'C'].map((item, i) => click('s', item, i));
  const conduct = { ...createConduct(['home']), isPlayed: ({ item = '' }) => item !== 'A' };
  const tally = await play(clicks, target, options({ conduct }));
  expect(sent.map(({ key, item }) => [key, item])).toEqual([
    ['run-s-0', 'B'],
    ['run-s-1', 'C'],
  ]);
  expect([tally.sessions, tally.clicks, tally.requests]).toEqual([1, 2, 1]);
});

test('a click that is not on the answer is sent without its request id', async () => {
  const { target, sent } = createLoopTarget(['B']);
  const clicks = ['A', 'B', 'C'].map((item, i) => click('s', item, i));
  const conduct = {
    ...createConduct(['home']),
    isOnAnswer: ({ item = '' }, { items }: { items: readonly string[] }) => items.includes(item),
  };
  await play(clicks, target, options({ conduct }));
  expect(sent.map(({ requestId }) => requestId)).toEqual([undefined, 'r2', undefined]);
});
