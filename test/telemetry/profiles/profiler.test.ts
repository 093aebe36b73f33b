import { expect, test } from 'vitest';
import { systemClock } from '../../../src/domain/clock.ts';
import { createEventRing, openEventRing } from '../../../src/telemetry/event-ring.ts';
import type { Facts } from '../../../src/telemetry/facts.ts';
import {
  createProfiler,
  type ProfileRequest,
  type ProfileType,
} from '../../../src/telemetry/profiles/profiler.ts';
import { readPprof, topFunctions } from './read-pprof.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function open() {
  const taken: Facts['profile.taken'][] = [];
  const profiler = createProfiler({
    emit: (_, fact) => void taken.push(fact as Facts['profile.taken']),
    clock: systemClock,
  });
  /** Takes a profile of what happens over and over meanwhile. */
  const profileOf = async (request: ProfileRequest, work: () => void) => {
    let isDone = false;
    const profile = profiler.take(request).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      work();
      await turn();
    }
    return readPprof(await profile);
  };
  return { profiler, taken, profileOf };
}

/** Keeps the compiler from leaving work out. */
const done = { sum: 0 };

function spinHot(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until) for (let i = 0; i < 50_000; i++) done.sum += Math.sqrt(i);
}

test('a hot function has most of the time, with its file and its callers', async () => {
  const { profileOf, taken } = open();
  function callHot() {
    spinHot(5);
  }
  const read = await profileOf({ type: 'cpu', seconds: 0.2 }, callHot);
  const [[name, nanos], ...others] = topFunctions(read, 'cpu/nanoseconds');
  expect(name).toBe('spinHot');
  expect(nanos).toBeGreaterThan(others.reduce((all, [, more]) => all + more, 0));
  expect(nanos / 1e9).toBeGreaterThan(0.1);
  const hot = read.samples.find(({ stack }) => stack[0].name === 'spinHot')!;
  expect(hot.thread).toBe('main');
  expect(hot.stack[0].file).toBe('test/telemetry/profiles/profiler.test.ts');
  expect(hot.stack[0].line).toBeGreaterThanOrEqual(hot.stack[0].startLine);
  expect(hot.stack[1].name).toBe('callHot');
  expect(taken).toEqual([{ type: 'cpu', seconds: expect.any(Number), outcome: 'done' }]);
  expect(taken[0].seconds).toBeGreaterThan(0.19);
});

test('a longer interval brings fewer samples of the same time', async () => {
  const { profileOf } = open();
  const request = { type: 'cpu', seconds: 0.2, intervalMs: 10 } as const;
  const read = await profileOf(request, () => spinHot(5));
  expect(read.profile.period).toBe(10_000_000);
  const [[, samples]] = topFunctions(read, 'samples/count');
  expect(samples).toBeLessThan(50);
  const [[, nanos]] = topFunctions(read, 'cpu/nanoseconds');
  expect(nanos / 1e9).toBeGreaterThan(0.1);
});

test('waiting for work is no time, neither of the event loop nor at the event ring', async () => {
  const { profiler, profileOf } = open();
  const reader = openEventRing(createEventRing().shared);
  const waiting = await profileOf({ type: 'cpu', seconds: 0.2 }, () => reader.rest('sleep', 50));
  expect(topFunctions(waiting, 'cpu/nanoseconds').map(([name]) => name)).not.toContain('rest');
  const idle = readPprof(await profiler.take({ type: 'cpu', seconds: 0.05 }));
  const functions = topFunctions(idle, 'cpu/nanoseconds');
  expect(functions.map(([name]) => name)).not.toContain('(idle)');
});

const leaked: object[] = [];

function keepObjects(): void {
  for (let i = 0; i < 2000; i++) leaked.push({ i, text: `kept ${i}` });
}

function dropObjects(): void {
  for (let i = 0; i < 2000; i++) done.sum += Array.from({ length: 50 }, (_, k) => k).length;
}

test('the heap shows what was kept, allocations also what is gone', async () => {
  const { profileOf } = open();
  const work = () => {
    keepObjects();
    dropObjects();
  };
  const bytesOf = async (type: ProfileType, space: string) => {
    const read = await profileOf({ type, seconds: 0.1 }, work);
    leaked.length = 0;
    const cumulated = (name: string) =>
      read.samples
        .filter(({ stack }) => stack.some((frame) => frame.name === name))
        .reduce((all, { values }) => all + values[`${space}/bytes`], 0);
    return { kept: cumulated('keepObjects'), dropped: cumulated('dropObjects') };
  };
  const heap = await bytesOf('heap', 'inuse_space');
  expect(heap.kept).toBeGreaterThan(100_000);
  expect(heap.kept).toBeGreaterThan(10 * heap.dropped);
  const allocations = await bytesOf('allocations', 'alloc_space');
  expect(allocations.kept).toBeGreaterThan(100_000);
  expect(allocations.dropped).toBeGreaterThan(allocations.kept);
});

test('no profile says where the machine keeps its files', async () => {
  const { profileOf } = open();
  for (const type of ['cpu', 'allocations'] as const) {
    const { strings } = await profileOf({ type, seconds: 0.05 }, dropObjects);
    expect(strings.filter((text) => /^(file:|[/\\]|[a-z]:\\)/i.test(text))).toEqual([]);
  }
});

test('a second profile is refused while one is taken, and allowed after it', async () => {
  const { profiler } = open();
  expect(profiler.secondsLeft()).toBe(0);
  const first = profiler.take({ type: 'heap', seconds: 0.05 });
  expect(profiler.secondsLeft()).toBeGreaterThan(0);
  await expect(profiler.take({ type: 'cpu', seconds: 0.1 })).rejects.toMatchObject({
    code: 'SL_PROFILE_RUNNING',
  });
  await first;
  expect(profiler.secondsLeft()).toBe(0);
  readPprof(await profiler.take({ type: 'heap', seconds: 0.01 }));
});

test('a profile that nobody waits for any more ends at once, and another one can be taken', async () => {
  const { profiler, taken } = open();
  const leaving = new AbortController();
  const given = profiler.take({ type: 'cpu', seconds: 60, signal: leaving.signal });
  await turn();
  leaving.abort();
  await expect(given).rejects.toMatchObject({ code: 'SL_CLIENT_GONE' });
  const early = profiler.take({ type: 'heap', seconds: 60, signal: AbortSignal.abort() });
  await expect(early).rejects.toMatchObject({ code: 'SL_CLIENT_GONE' });
  expect(taken).toMatchObject([
    { type: 'cpu', outcome: 'cancelled' },
    { type: 'heap', outcome: 'cancelled' },
  ]);
  expect(taken[0].seconds).toBeLessThan(5);
  readPprof(await profiler.take({ type: 'heap', seconds: 0.01 }));
});
