import { expect, test } from 'vitest';
import { Admission } from '../../../src/pipeline/admission/admission.ts';
import { GradientLimit } from '../../../src/pipeline/admission/gradient-limit.ts';
import { ordinary, type Priority, type ShedAnswer } from '../../../src/pipeline/admission/shed.ts';
import type { Emit } from '../../../src/telemetry/facts.ts';
import { openLoopStand } from './loop-stand.ts';

/** A door for ten requests at once: five of them batch, one shadow. */
function openDoor({ initial = 10, min = 1 } = {}) {
  const loop = openLoopStand();
  const told: object[] = [];
  const emit: Emit = (name, fact) => void told.push({ name, ...fact });
  const admission = new Admission({
    limit: new GradientLimit({ min, max: 1000, initial, tolerance: 1.5 }),
    loop: loop.guard,
    shares: { interactive: 1, batch: 0.5, shadow: 0.1 },
    emit,
    monotonic: () => loop.clock.monotonic(),
  });
  const ask = (priority: Priority, whenShed: ShedAnswer = 'popular') =>
    admission.run({ priority, whenShed }, (reason) => reason ?? 'whole');
  /** Lets in requests that stay until they are let go. */
  const hold = (requests: number) => {
    const releases: (() => void)[] = [];
    const all = Array.from({ length: requests }, () =>
      admission.run(ordinary, () => new Promise<void>((resolve) => releases.push(resolve))),
    );
    return async () => {
      for (const release of releases) release();
      await Promise.all(all);
    };
  };
  return { ...loop, admission, told, ask, hold };
}

test('everybody is served while there is room', () => {
  const { ask, told } = openDoor();
  for (let k = 0; k < 100; k++)
    for (const priority of ['interactive', 'batch', 'shadow'] as const)
      expect(ask(priority)).toBe('whole');
  expect(told).toEqual([]);
});

test.each([
  [1, { interactive: 'whole', batch: 'whole', shadow: 'shed.concurrency' }],
  [5, { interactive: 'whole', batch: 'shed.concurrency', shadow: 'shed.concurrency' }],
  [10, { interactive: 'shed.concurrency', batch: 'shed.concurrency', shadow: 'shed.concurrency' }],
])('with %i requests in flight, classes are shed by their shares', (inFlight, expected) => {
  const { ask, hold } = openDoor();
  hold(inFlight);
  for (const [priority, got] of Object.entries(expected))
    expect(ask(priority as Priority)).toBe(got);
});

test('a limit of one still serves one request of every class', () => {
  const { ask } = openDoor({ initial: 1 });
  expect([ask('interactive'), ask('batch'), ask('shadow')]).toEqual(['whole', 'whole', 'whole']);
});

test('twice over the limit, and for callers who want nothing else, requests are refused', () => {
  const { ask, hold, admission, told } = openDoor();
  hold(10);
  const refusal = expect.objectContaining({ code: 'SL_OVERLOADED', reason: 'shed.concurrency' });
  expect(() => ask('interactive', 'refused')).toThrow(refusal);
  hold(9);
  expect(ask('interactive')).toBe('shed.concurrency');
  hold(1);
  expect(() => ask('interactive')).toThrow(refusal);
  expect(admission.inFlight).toBe(20);
  expect(admission.shed.interactive['shed.concurrency']).toEqual({ popular: 11, refused: 2 });
  expect(told.at(-1)).toEqual({
    name: 'request.shed',
    priority: 'interactive',
    reason: 'shed.concurrency',
    answer: 'refused',
  });
  expect(told).toHaveLength(13);
});

test('while the loop is behind, a turn serves for a quarter of the bound and sheds the rest', () => {
  const { ask, clock, delay, endTurn } = openDoor();
  const refusal = expect.objectContaining({ reason: 'shed.eventloop' });
  delay(80, 100);
  expect([ask('interactive'), ask('shadow')]).toEqual(['whole', 'whole']);
  clock.advance(1.3);
  expect([ask('batch'), ask('shadow')]).toEqual(['whole', 'shed.eventloop']);
  clock.advance(5);
  expect([ask('interactive'), ask('batch')]).toEqual(['whole', 'shed.eventloop']);
  clock.advance(6.3);
  expect(ask('interactive')).toBe('shed.eventloop');
  expect(() => ask('batch')).toThrow(refusal);
  clock.advance(1.2);
  expect(() => ask('interactive')).toThrow(refusal);
  endTurn();
  expect([ask('interactive'), ask('shadow')]).toEqual(['whole', 'whole']);
});

test('only what would be refused anyway is refused before anything is known of it', () => {
  const { admission, hold, told } = openDoor();
  const standing = { priority: 'interactive', whenShed: 'refused' } as const;
  hold(10);
  expect(admission.refuse(ordinary)).toBeUndefined();
  expect(told).toEqual([]);
  expect(admission.refuse(standing)).toMatchObject({ reason: 'shed.concurrency' });
  hold(10);
  expect(admission.refuse(ordinary)).toMatchObject({ reason: 'shed.concurrency' });
  expect(told.at(-1)).toMatchObject({ name: 'request.shed', answer: 'refused' });
  expect(admission.inFlight).toBe(20);
});

test('nothing is refused while there is room and the loop keeps up', () => {
  const { admission, hold } = openDoor();
  hold(9);
  expect(admission.isStrained).toBe(false);
  expect(admission.refuse({ priority: 'interactive', whenShed: 'refused' })).toBeUndefined();
  hold(1);
  expect(admission.isStrained).toBe(true);
  const other = openDoor();
  other.delay(80, 100);
  expect(other.admission.isStrained).toBe(true);
});

test('nothing stays in flight, however a request ends', async () => {
  const { admission, hold } = openDoor();
  const release = hold(3);
  const fail = () => {
    throw new Error('no');
  };
  expect(() => admission.run(ordinary, fail)).toThrow('no');
  await expect(admission.run(ordinary, async () => fail())).rejects.toThrow('no');
  expect(await admission.run(ordinary, async () => 'late')).toBe('late');
  expect(admission.inFlight).toBe(3);
  expect(admission.takeMostInFlight()).toBe(4);
  await release();
  expect(admission.inFlight).toBe(0);
  expect(admission.takeMostInFlight()).toBe(3);
  expect(admission.takeMostInFlight()).toBe(0);
});

test('the limit sinks while requests are slow, and recovers', async () => {
  const { admission, hold, clock } = openDoor({ initial: 20, min: 4 });
  const turn = async (tookMs: number) => {
    const release = hold(20);
    clock.advance(tookMs);
    await release();
    clock.advance(1000 - tookMs);
  };
  for (let k = 0; k < 20; k++) await turn(10);
  const before = admission.limit.limit;
  for (let k = 0; k < 20; k++) await turn(500);
  const during = admission.limit.limit;
  for (let k = 0; k < 40; k++) await turn(10);
  expect(before).toBeGreaterThanOrEqual(20);
  expect(during).toBeLessThan(before / 2);
  expect(admission.limit.limit).toBeGreaterThanOrEqual(before);
});
