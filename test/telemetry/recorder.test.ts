import { expect, test } from 'vitest';
import { systemClock } from '../../src/domain/clock.ts';
import { createEpoch } from '../../src/telemetry/epoch.ts';
import { createRecorder } from '../../src/telemetry/recorder.ts';
import { layout } from './finished-record.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function open(sinkCount = 1) {
  const time = { ms: 5 };
  const clock = { now: () => 1000 + time.ms, monotonic: () => time.ms };
  const seen: string[] = [];
  const sinks = Array.from({ length: sinkCount }, (_, k) => ({ requestId = '' }) => {
    if (requestId === 'bad') throw new Error('no');
    seen.push(`${k}:${requestId}`);
  });
  return { recorder: createRecorder({ sinks, clock }), seen, time };
}

test('records are handed over after the turn in which they finished, sink by sink', async () => {
  const { recorder, seen } = open(2);
  for (const id of ['a', 'b']) {
    const record = recorder.begin(layout);
    record.requestId = id;
    recorder.finish(record);
  }
  expect(seen).toEqual([]);
  await turn();
  expect(seen).toEqual(['0:a', '0:b', '1:a', '1:b']);
});

test('a drain hands over at once and once', async () => {
  const { recorder, seen } = open();
  recorder.finish(recorder.begin(layout));
  recorder.drain();
  await turn();
  expect(seen).toHaveLength(1);
  recorder.finish(recorder.begin(layout));
  await turn();
  expect(seen).toHaveLength(2);
});

test('a record is cleared and used again after it was handed over, not before', async () => {
  const { recorder } = open();
  const first = recorder.begin(layout);
  first.requestId = 'first';
  first.stageStart[0] = 7;
  recorder.finish(first);
  const second = recorder.begin(layout);
  expect(second).not.toBe(first);
  await turn();
  const third = recorder.begin(undefined);
  expect(third).toBe(first);
  expect(third).toMatchObject({ requestId: '', layout: undefined, startedAt: 5, endedAt: 0 });
  expect(third.stageStart[0]).toBe(0);
});

test('a request ends when it says so, else when it is finished', () => {
  const { recorder, time } = open();
  const [said, unsaid] = [recorder.begin(layout), recorder.begin(layout)];
  said.endedAt = 8;
  time.ms = 9;
  recorder.finish(said);
  recorder.finish(unsaid);
  expect([said.startedAt, said.endedAt, unsaid.endedAt]).toEqual([5, 8, 9]);
});

test('a sink that throws loses that record only', async () => {
  const { recorder, seen } = open();
  for (const id of ['a', 'bad', 'b']) {
    const record = recorder.begin(layout);
    record.requestId = id;
    recorder.finish(record);
  }
  await turn();
  expect(seen).toEqual(['0:a', '0:b']);
});

test('without sinks a record goes straight back to the pool', () => {
  const { recorder } = open(0);
  const record = recorder.begin(layout);
  recorder.finish(record);
  expect(recorder.begin(layout)).toBe(record);
});

test('the epoch follows a wall clock that jumps and not one that only jitters', () => {
  const time = { now: 5000, monotonic: 100 };
  const epoch = createEpoch({ now: () => time.now, monotonic: () => time.monotonic });
  expect(epoch()).toBe(4900);
  time.now += 10.9;
  time.monotonic += 10;
  expect(epoch()).toBe(4900);
  time.now += 3_600_000;
  expect(epoch()).toBeCloseTo(3_604_900.9, 6);
});

test('the epoch of the machine agrees with its wall clock', () => {
  const epoch = createEpoch(systemClock);
  expect(Math.abs(epoch() + performance.now() - Date.now())).toBeLessThan(60);
});
