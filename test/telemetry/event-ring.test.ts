import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import { EventCodes, hashId } from '../../src/telemetry/event-codes.ts';
import {
  createEventRing,
  type EventReader,
  openEventRing,
} from '../../src/telemetry/event-ring.ts';
import { blankEvent } from '../../src/telemetry/ring-event.ts';

function ringOf(capacity: number) {
  let time = 100;
  const ring = createEventRing({ capacity, clock: { now: () => 0, monotonic: () => time++ } });
  return { ring, reader: openEventRing(ring.shared) };
}

function itemsOf(reader: EventReader, limit?: number): number[] {
  const items: number[] = [];
  reader.drain((batch) => {
    for (let i = 0; i < batch.count; i++) items.push(batch.item(i));
  }, limit);
  return items;
}

const slateOf = (...items: number[]) => ({
  items: Int32Array.from(items),
  predicted: new Float32Array(items.length),
  count: items.length,
});
const withItem = (item: number) => ({ ...blankEvent('feedback'), item });

test('an event comes out as it went in', () => {
  const { ring, reader } = ringOf(8);
  const event = {
    kind: 1,
    item: 123_456,
    position: 3,
    work: 1,
    strategy: 2,
    segment: 3,
    catalog: 4,
    door: 65_535,
    detail: 5,
    variant: 65_535,
    trouble: 65_534,
    features: 65_533,
    predicted: 0.25,
    request: Number.MAX_SAFE_INTEGER,
    session: hashId('s'),
    atMs: 1_700_000_000_123.5,
  };
  ring.put(event);
  let seen: unknown;
  reader.drain((batch) => {
    seen = {
      kind: batch.kind(0),
      item: batch.item(0),
      position: batch.position(0),
      work: batch.work(0),
      strategy: batch.strategy(0),
      segment: batch.segment(0),
      catalog: batch.catalog(0),
      door: batch.door(0),
      detail: batch.detail(0),
      variant: batch.variant(0),
      trouble: batch.trouble(0),
      features: batch.features(0),
      predicted: batch.predicted(0),
      request: batch.request(0),
      session: batch.session(0),
      atMs: batch.atMs(0),
    };
    expect(batch.count).toBe(1);
    expect(batch.putAtMs(0)).toBe(100);
  });
  expect(seen).toEqual(event);
});

test('a slate becomes one exposure per position', () => {
  const { ring, reader } = ringOf(8);
  const predicted = Float32Array.of(0.5, 0.25, Number.NaN, 1);
  const slate = { items: Int32Array.of(7, 8, 9, 10), predicted, count: 3 };
  expect(ring.putSlate(blankEvent('exposure'), slate)).toBe(3);
  const seen: number[][] = [];
  reader.drain((batch) => {
    for (let i = 0; i < batch.count; i++)
      seen.push([batch.item(i), batch.position(i), batch.predicted(i), batch.kind(i)]);
  });
  expect(seen).toEqual([
    [7, 0, 0.5, 0],
    [8, 1, 0.25, 0],
    [9, 2, Number.NaN, 0],
  ]);
});

test('a full ring drops what comes, counts it, and keeps what it has', () => {
  const { ring, reader } = ringOf(4);
  for (let item = 0; item < 6; item++) expect(ring.put(withItem(item))).toBe(item < 4);
  expect(ring.dropped).toBe(2);
  expect(itemsOf(reader)).toEqual([0, 1, 2, 3]);
  expect(ring.put(withItem(9))).toBe(true);
  expect(itemsOf(reader)).toEqual([9]);
});

test('a slate that does not fit is cut and the rest is counted', () => {
  const { ring, reader } = ringOf(4);
  ring.put(withItem(0));
  expect(ring.putSlate(blankEvent('exposure'), slateOf(1, 2, 3, 4, 5))).toBe(3);
  expect(ring.putSlate(blankEvent('exposure'), slateOf(6))).toBe(0);
  expect(ring.dropped).toBe(3);
  expect(itemsOf(reader)).toEqual([0, 1, 2, 3]);
});

test('a drain may be limited', () => {
  const { ring, reader } = ringOf(8);
  for (let item = 0; item < 5; item++) ring.put(withItem(item));
  expect(itemsOf(reader, 2)).toEqual([0, 1]);
  expect(itemsOf(reader, 2)).toEqual([2, 3]);
  expect(itemsOf(reader)).toEqual([4]);
  expect(itemsOf(reader)).toEqual([]);
});

test('whatever the order of puts and drains, it is a bounded first-in-first-out queue', () => {
  const step = fc.oneof(
    fc.record({ put: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 9 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { ring, reader } = ringOf(8);
      const queue: number[] = [];
      let next = 0;
      let dropped = 0;
      for (const { put, take } of steps as { put?: number; take?: number }[]) {
        for (let k = 0; k < (put ?? 0); k++, next++) {
          const fits = queue.length < 8;
          if (fits) queue.push(next);
          else dropped += 1;
          expect(ring.put(withItem(next))).toBe(fits);
        }
        if (take !== undefined) expect(itemsOf(reader, take)).toEqual(queue.splice(0, take));
      }
      expect(ring.dropped).toBe(dropped);
    }),
  );
});

test('the counters go round 32 bits', () => {
  const { ring, reader } = ringOf(4);
  // They begin 65,536 below the largest signed number.
  for (let round = 0; round < 70_000; round++) {
    ring.putSlate(blankEvent('exposure'), slateOf(round, round, round));
    if (itemsOf(reader).join() !== [round, round, round].join()) expect.unreachable(`${round}`);
  }
  expect(ring.dropped).toBe(0);
});

test('a capacity that is not a power of two is refused', () => {
  for (const capacity of [0, 1, 3, 100, Number.NaN, 2 ** 25]) {
    expect(() => createEventRing({ capacity })).toThrow(SightlineError);
  }
});

test('the default ring holds 65,536 slots of 64 bytes', () => {
  const ring = createEventRing();
  expect(ring.capacity).toBe(65_536);
  expect(ring.shared.byteLength - 256).toBe(65_536 * 64);
});

/** Runs code with `reader` and `parentPort` in a thread of its own, once it says that it is ready. */
async function startReader(shared: SharedArrayBuffer, body: string): Promise<Worker> {
  const source = new URL('../../src/telemetry/event-ring.ts', import.meta.url).href;
  const code = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { openEventRing } = await import(${JSON.stringify(source)});
    const reader = openEventRing(workerData);
    parentPort.postMessage('ready');
    ${body}`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const worker = new Worker(url, { workerData: shared });
  await answerOf(worker);
  return worker;
}

const answerOf = (worker: Worker) =>
  new Promise<unknown>((resolve) => worker.once('message', resolve));

test('another thread sees every event once, in order, while the ring overflows', async () => {
  const ring = createEventRing({ capacity: 1024 });
  const worker = await startReader(
    ring.shared,
    `let count = 0, last = -1, sorted = true;
    while (last !== 2 ** 30) {
      const drained = reader.drain((batch) => {
        for (let i = 0; i < batch.count; i++) {
          const item = batch.item(i);
          sorted &&= item > last && batch.atMs(i) === item;
          last = item;
          count += 1;
        }
      });
      if (drained === 0) reader.rest(count % 2 === 0 ? 'nap' : 'sleep', 5);
    }
    parentPort.postMessage({ count, sorted });`,
  );
  const answer = answerOf(worker);
  const event = blankEvent('feedback');
  let put = 0;
  for (let item = 0; item < 300_000; item++) {
    event.item = item;
    event.atMs = item;
    if (ring.put(event)) put += 1;
  }
  event.item = 2 ** 30;
  event.atMs = event.item;
  while (!ring.put(event));
  expect(await answer).toEqual({ count: put + 1, sorted: true });
  expect(ring.dropped).toBeGreaterThanOrEqual(300_000 - put);
  await worker.terminate();
});

test('the first event wakes a sleeping reader', async () => {
  const ring = createEventRing({ capacity: 16 });
  const worker = await startReader(
    ring.shared,
    `reader.rest('sleep', 60_000); parentPort.postMessage(reader.drain(() => {}));`,
  );
  const answer = answerOf(worker);
  ring.put(blankEvent('request'));
  expect(await answer).toBe(1);
  await worker.terminate();
});

test('a ring that fills up wakes a napping reader', async () => {
  const ring = createEventRing({ capacity: 16 });
  const worker = await startReader(
    ring.shared,
    `reader.rest('nap', 60_000); parentPort.postMessage(reader.drain(() => {}));`,
  );
  const answer = answerOf(worker);
  for (let k = 0; k < 4; k++) ring.put(blankEvent('request'));
  expect(await answer).toBeGreaterThan(0);
  await worker.terminate();
});

test('codes are given on first sight, shared by listeners, and bounded', () => {
  const codes = new EventCodes({ capacity: 3 });
  expect(codes.codeOf('home')).toBe(1);
  const heard: [number, string][] = [];
  const stop = codes.listen((code, name) => heard.push([code, name]));
  expect([codes.codeOf('__proto__'), codes.codeOf('home'), codes.codeOf('similar')]).toEqual([
    2, 1, 0,
  ]);
  expect([0, 1, 2, 3, -1].map((code) => codes.nameOf(code))).toEqual([
    '__other__',
    'home',
    '__proto__',
    '__other__',
    '__other__',
  ]);
  stop();
  expect(heard).toEqual([
    [0, '__other__'],
    [1, 'home'],
    [2, '__proto__'],
  ]);
});

test('id hashes are exact integers and differ', () => {
  const hashes = new Set<number>();
  for (let k = 0; k < 100_000; k++) hashes.add(hashId(`session-${k}`));
  expect(hashes.size).toBe(100_000);
  expect([...hashes].every(Number.isSafeInteger)).toBe(true);
  // cyrb53 of bryc, "Simple but high quality 53-bit string hash", with seed 0.
  expect(hashId('a')).toBe(7_929_297_801_672_961);
});
