import fc from 'fast-check';
import { linearRegression } from 'simple-statistics';
import { expect, test } from 'vitest';
import { cosine, decayFactor } from '../../src/math/cosine.ts';
import type { ItemColumns, ItemVectors } from '../../src/signals/known/item-columns.ts';
import type { PastEvents } from '../../src/signals/signal.ts';
import {
  type SimilarityOptions,
  type SimilarityReport,
  similarity,
} from '../../src/signals/similarity.ts';
import { createEventRing, openEventRing } from '../../src/telemetry/event-ring.ts';
import type { FactName, Facts } from '../../src/telemetry/facts.ts';
import { blankEvent, type RingEvent } from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';
import { itemsOf } from './items.ts';

const hourMs = 3_600_000;
/** Events begin here, so that no time is 0. */
const startMs = 1000 * hourMs;

/** Vectors in the plane, by their angles in degrees; NaN is an item without a vector. */
function anglesOf(version: string, angles: readonly number[], norm = 1): ItemVectors {
  const known = angles.map((angle) => (Number.isNaN(angle) ? 0 : 1));
  return {
    version,
    dimensions: 2,
    count: angles.length,
    values: Float32Array.from(
      angles.flatMap((angle, item) => [
        known[item] && Math.cos((angle * Math.PI) / 180),
        known[item] && Math.sin((angle * Math.PI) / 180),
      ]),
    ),
    norms: Float32Array.from(known, (is) => is * norm),
  };
}

interface Surroundings {
  items: ItemColumns;
  vectors: ItemVectors | undefined;
}

/** A signal whose surroundings may be changed later. */
function open(given: Surroundings, options: SimilarityOptions = {}) {
  const around = { ...given };
  const context = Object.defineProperties(
    { ...testContext() },
    { items: { get: () => around.items }, vectors: { get: () => around.vectors } },
  );
  const signal = similarity.create(context, options);
  const ring = createEventRing({ capacity: 256, clock: { now: () => 0, monotonic: () => 0 } });
  const reader = openEventRing(ring.shared);
  const feedback = (...events: Partial<RingEvent>[]) => {
    for (const event of events) ring.put({ ...blankEvent('feedback'), atMs: startMs, ...event });
    reader.drain((batch) => signal.observe(batch, 0));
  };
  /** Makes each item known by one event, and finds its neighbours. */
  const warmUp = (atMs = startMs) => {
    feedback(...Array.from({ length: around.items.count }, (_, item) => ({ item, atMs })));
    signal.report(0);
  };
  return { signal, around, feedback, warmUp };
}

/** One click on an item at each of the hours. */
const clicks = (item: number, hours: readonly number[]) =>
  hours.map((hour) => ({ item, atMs: startMs + hour * hourMs }));
const hoursTo = (end: number, from = 1) =>
  Array.from({ length: end - from + 1 }, (_, i) => from + i);

const decayRatesOf = ({ rows }: SimilarityReport) =>
  rows.flatMap(({ catalog, decayRates }) => {
    if (decayRates === undefined) return [];
    const readings = decayRates.counts.reduce((sum, count) => sum + count, 0);
    return [{ catalog, readings, sum: decayRates.sum }];
  });
const readingOf = ({ readings }: SimilarityReport, wanted: string, catalog?: string) =>
  readings.find(({ measure, labels }) => measure === wanted && labels.catalog === catalog);

test('the decay rate of an item whose neighbour is not seen is the fall of cosine · exp(-lambda · hours)', () => {
  const { signal, feedback, warmUp } = open({
    items: itemsOf([3, 3]),
    vectors: anglesOf('a', [0, 60]),
  });
  warmUp();
  feedback(...clicks(0, hoursTo(9)));
  expect(decayRatesOf(signal.report(0))).toEqual([]);
  feedback(...clicks(0, [10]));
  const slope = linearRegression(hoursTo(10).map((hour, x) => [x, 0.5 * Math.exp(-0.02 * hour)])).m;
  const report = signal.report(0);
  expect(decayRatesOf(report)).toEqual([
    { catalog: 'n3', readings: 1, sum: expect.closeTo(-slope, 7) },
  ]);
  expect(readingOf(report, 'decay_rate', 'n3')).toMatchObject({
    value: expect.closeTo(-slope, 7),
    samples: 1,
  });
  expect(decayRatesOf(signal.report(0))).toEqual([]);
});

test('the mean decay rate forgets what is long past', () => {
  const { signal, feedback, warmUp } = open(
    { items: itemsOf([3, 3]), vectors: anglesOf('a', [0, 60]) },
    { halfLifeSeconds: 10 },
  );
  warmUp();
  feedback(...clicks(0, hoursTo(14)));
  const samplesAt = (nowMs: number) => readingOf(signal.report(nowMs), 'decay_rate', 'n3')?.samples;
  expect([0, 10_000, 40_000].map(samplesAt)).toEqual([5, 3, 0]);
  expect(readingOf(signal.report(40_000), 'decay_rate', 'n3')?.value).toBeNull();
});

test('a similarity that rises decays at rate 0', () => {
  const { signal, feedback, warmUp } = open({
    items: itemsOf([3, 4]),
    vectors: anglesOf('a', [0, 60]),
  });
  warmUp();
  for (const i of hoursTo(10)) {
    feedback(...clicks(1, [100 * i]), ...clicks(0, [100 * i + 10 - i]));
  }
  // Item 0 comes ever sooner after its neighbour, and item 1 ever later.
  const slope = linearRegression(
    [100, ...hoursTo(99, 91)].map((hours, x) => [x, 0.5 * decayFactor(0.02, hours)]),
  ).m;
  expect(decayRatesOf(signal.report(0))).toEqual([
    { catalog: 'n3', readings: 1, sum: 0 },
    { catalog: 'n4', readings: 1, sum: expect.closeTo(-slope, 7) },
  ]);
});

test('similarity fades as fast as the catalogue of the item says', () => {
  const { signal, feedback, warmUp } = open(
    { items: itemsOf([3, 4]), vectors: anglesOf('a', [0, 60]) },
    { lambdaPerHour: { default: 'slow', catalogs: { n4: 0.1 } } },
  );
  warmUp();
  const slopeOf = (lambda: number) =>
    linearRegression(hoursTo(10).map((h, x) => [x, 0.5 * decayFactor(lambda, h)])).m;
  feedback(...clicks(0, hoursTo(10)));
  expect(decayRatesOf(signal.report(0))).toEqual([
    { catalog: 'n3', readings: 1, sum: expect.closeTo(-slopeOf(0.01), 7) },
  ]);
  feedback(...clicks(1, hoursTo(20, 11)));
  expect(decayRatesOf(signal.report(0))).toEqual([
    { catalog: 'n4', readings: 1, sum: expect.closeTo(-slopeOf(0.1), 7) },
  ]);
});

test('events of before the start say when a neighbour was seen last, and the first of them since when none was', () => {
  const rateWith = (past: readonly { item: number; hour: number }[]) => {
    const { signal, feedback } = open({
      items: itemsOf([3, 3]),
      vectors: anglesOf('a', [0, 60]),
    });
    signal.recall?.(
      pastOf(past.map(({ item, hour }) => ({ item, atMs: startMs + hour * hourMs }))),
    );
    feedback(...clicks(0, [0]));
    signal.report(0);
    feedback(...clicks(0, hoursTo(10)));
    return decayRatesOf(signal.report(0))[0].sum;
  };
  const slopeFrom = (hoursBefore: number) =>
    linearRegression(hoursTo(10).map((h, x) => [x, 0.5 * decayFactor(0.02, h + hoursBefore)])).m;
  const seen = [-50, -30, -40].map((hour) => ({ item: 1, hour }));
  expect(rateWith([{ item: 0, hour: -90 }, ...seen])).toBeCloseTo(-slopeFrom(30), 7);
  expect(rateWith([{ item: 0, hour: -90 }])).toBeCloseTo(-slopeFrom(90), 7);
  expect(rateWith([])).toBeCloseTo(-slopeFrom(0), 7);
});

test('whatever happens in whatever order, decay rates are those of a plain recomputation', () => {
  const items = itemsOf([1, 1, 1, 1, 2, 2, 2, 2], [7]);
  const lambdas = { n1: 0.05, n2: 0.5 };
  const event = fc.record({
    item: fc.integer({ min: 0, max: 7 }),
    hour: fc.integer({ min: 0, max: 200 }).map((quarters) => quarters / 4),
  });
  const angle = fc.integer({ min: 0, max: 3599 }).map((tenths) => tenths / 10);
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 20, maxLength: 80 }),
      fc.uniqueArray(angle, { minLength: 7, maxLength: 7 }),
      (happened, angles) => {
        fc.pre(areToldApart(angles));
        // Item 3 has no vector, and item 7 may not be served.
        const vectors = anglesOf('a', angles.toSpliced(3, 0, Number.NaN));
        const { signal, feedback } = open(
          { items, vectors },
          { readings: 4, neighbours: 3, lambdaPerHour: { catalogs: lambdas } },
        );
        signal.report(0);
        const events = happened.flatMap(({ item, hour }) => clicks(item, [hour]));
        const expected = recompute(events, { items, vectors, lambdas });
        for (const [i, { item, atMs }] of events.entries()) {
          feedback({ item, atMs });
          const found = decayRatesOf(signal.report(0));
          const slope = expected.slopes[i];
          if (slope === undefined) expect(found).toEqual([]);
          else expect(found[0].sum).toBeCloseTo(Math.max(0, -slope), 10);
        }
        expect(readingOf(signal.report(0), 'late_readings')?.value).toBe(expected.late);
      },
    ),
    { numRuns: 60 },
  );
});

/** Whether no item has two others that are equally near: which of them is a neighbour would be left to rounding. */
function areToldApart(angles: readonly number[]): boolean {
  return angles.every((angle) => {
    const near = angles
      .filter((other) => other !== angle)
      .map((other) => Math.cos(((other - angle) * Math.PI) / 180))
      .sort((a, b) => a - b);
    return near.every((cosine, i) => i === 0 || cosine - near[i - 1] > 1e-5);
  });
}

/** The slope at each event after which an item has four readings over three neighbours, from all events before. */
function recompute(
  events: readonly { item: number; atMs: number }[],
  known: { items: ItemColumns; vectors: ItemVectors; lambdas: Readonly<Record<string, number>> },
) {
  const { items, vectors, lambdas } = known;
  const row = (item: number) => vectors.values.subarray(2 * item, 2 * item + 2);
  const isRead = (item: number) => items.live[item] === 1 && vectors.norms[item] > 0;
  const all = Array.from({ length: items.count }, (_, item) => item);
  const readings = all.map((): { atMs: number; value: number }[] => []);
  let late = 0;
  const slopes = events.map(({ item, atMs }, i) => {
    const before = events.slice(0, i + 1);
    const isFirst = before.filter((event) => event.item === item).length === 1;
    if (!isRead(item) || isFirst) return undefined;
    const cosineTo = (other: number) => cosine(row(item), row(other)) as number;
    const nearest = all.filter((other) => other !== item && isRead(other));
    nearest.sort((a, b) => cosineTo(b) - cosineTo(a));
    const faded = nearest.slice(0, 3).map((other) => {
      const times = before.filter((event) => event.item === other).map((event) => event.atMs);
      const lastAtMs = times.length === 0 ? events[0].atMs : Math.max(...times);
      const lambda = lambdas[`n${items.catalog[item]}`];
      return cosineTo(other) * decayFactor(lambda, (atMs - lastAtMs) / hourMs);
    });
    const mine = readings[item];
    if (mine.length > 0 && atMs < mine[mine.length - 1].atMs) {
      late += 1;
      return undefined;
    }
    mine.push({ atMs, value: faded.reduce((sum, value) => sum + value, 0) / faded.length });
    if (mine.length < 4) return undefined;
    return linearRegression(mine.slice(-4).map(({ value }, x) => [x, value])).m;
  });
  return { slopes, late };
}

function pastOf(events: readonly { item: number; atMs: number; session?: number }[]): PastEvents {
  return {
    count: events.length,
    session: Float64Array.from(events, ({ session = 0 }) => session),
    item: Int32Array.from(events, ({ item }) => item),
    atMs: Float64Array.from(events, ({ atMs }) => atMs),
  };
}

test('only feedback on known items counts, whatever its time', () => {
  const { signal, feedback, warmUp } = open({
    items: itemsOf([3, 3]),
    vectors: anglesOf('a', [0, 60]),
  });
  warmUp();
  const odd = [
    { kind: 0, item: 0 },
    { kind: 2, item: -1 },
    { item: -1 },
    { item: 2 },
    { item: 0, atMs: Number.NaN },
    { item: 0, atMs: Number.POSITIVE_INFINITY },
  ];
  for (const event of odd) for (const atMs of hoursTo(12)) feedback({ atMs, ...event });
  const report = signal.report(0);
  expect(decayRatesOf(report)).toEqual([]);
  expect(report).toMatchObject({ skipped: 0, waiting: 0, retrain: [] });
});

test('items that may not be served are not read and are no neighbours', () => {
  const { signal, around, feedback, warmUp } = open(
    { items: itemsOf([3, 3, 3], [2]), vectors: anglesOf('a', [0, 60, 1]) },
    { neighbours: 1 },
  );
  warmUp();
  feedback(...clicks(2, hoursTo(10)));
  expect(decayRatesOf(signal.report(0))).toEqual([]);
  feedback(...clicks(0, hoursTo(20, 11)));
  const slope = linearRegression(hoursTo(20, 11).map((h, x) => [x, 0.5 * Math.exp(-0.02 * h)])).m;
  expect(decayRatesOf(signal.report(0))[0].sum).toBeCloseTo(-slope, 7);
  around.items = itemsOf([3, 3, 3], [0, 1, 2]);
  feedback(...clicks(0, hoursTo(40, 21)));
  expect(decayRatesOf(signal.report(0))).toEqual([]);
});

const decaying = { lambdaPerHour: { default: 'instant' } } as const;

test('an item that decays and has a short vector is queued, once', () => {
  const { signal, feedback, warmUp } = open(
    { items: itemsOf([3, 3]), vectors: anglesOf('a', [0, 60], 0.29) },
    decaying,
  );
  warmUp();
  feedback(...clicks(0, hoursTo(9)));
  expect(signal.report(1000)).toMatchObject({ waiting: 0 });
  feedback(...clicks(0, hoursTo(14, 10)));
  const waiting = signal.report(2000);
  expect(waiting).toMatchObject({ waiting: 1, retrain: [] });
  expect(readingOf(waiting, 'items_awaiting_retraining')?.value).toBe(1);
  expect(signal.report(30_000)).toMatchObject({
    waiting: 0,
    retrain: [{ item: 0, reason: 'decaying', events: 15, waitedSeconds: 30 }],
  });
  feedback(...clicks(0, hoursTo(20, 15)));
  expect(signal.report(60_000)).toMatchObject({ waiting: 0, retrain: [] });
});

test.each([
  { why: 'its vector is long', norm: 0.31, lambda: 0.05 },
  { why: 'it decays slowly', norm: 0.1, lambda: 0.02 },
])('an item is not queued where $why', ({ norm, lambda }) => {
  const { signal, feedback, warmUp } = open(
    { items: itemsOf([3, 3]), vectors: anglesOf('a', [0, 60], norm) },
    { lambdaPerHour: { default: lambda } },
  );
  warmUp();
  feedback(...clicks(0, hoursTo(14)));
  expect(signal.report(1000)).toMatchObject({ waiting: 0 });
});

/** Events on item 2, which has no vector, in turn from so many sessions. */
const coldClicks = (events: number, sessions: number) =>
  Array.from({ length: events }, (_, i) => ({ item: 2, session: 1 + (i % sessions) }));
const withCold = () => ({ items: itemsOf([3, 3, 3]), vectors: anglesOf('a', [0, 60, Number.NaN]) });

test.each([
  { events: 9, sessions: 9, retrained: 0 },
  { events: 10, sessions: 4, retrained: 0 },
  { events: 10, sessions: 5, retrained: 1 },
])(
  'an item without a vector is asked for after 10 events from 5 sessions, not after $events from $sessions',
  ({ events, sessions, retrained }) => {
    const { signal, feedback } = open(withCold());
    feedback(...coldClicks(events, sessions));
    expect(signal.report(0).retrain).toHaveLength(retrained);
  },
);

test('all recent sessions are handed over with an item to learn, known items only', () => {
  const { signal, feedback } = open(withCold(), { coldEvents: 2, coldSessions: 2 });
  feedback(
    { session: 7, item: 0, atMs: 10 },
    { session: 7, item: 3, atMs: 15 },
    { session: 8, item: 2, atMs: 20 },
    { session: 9, item: 1, atMs: 30 },
    { session: 7, item: 2, atMs: 40 },
    { session: 0, item: 2, atMs: 50 },
  );
  const { retrain, sessions } = signal.report(0);
  expect(retrain).toEqual([{ item: 2, reason: 'cold', events: 3, waitedSeconds: 0 }]);
  expect([...sessions.offsets]).toEqual([0, 2, 3, 4]);
  expect([...sessions.items]).toEqual([0, 2, 2, 1]);
  expect([...sessions.atMs]).toEqual([10, 40, 20, 30]);
  const { sessions: none } = signal.report(30_000);
  expect([...none.offsets, ...none.items, ...none.atMs]).toEqual([0]);
});

test('an item is asked for again after the time to retry, when it was clicked since', () => {
  const { signal, feedback } = open(withCold(), { retrySeconds: 100 });
  const askedAt = (nowMs: number) => signal.report(nowMs).retrain.map(({ item }) => item);
  feedback(...coldClicks(10, 5));
  expect(askedAt(0)).toEqual([2]);
  expect(askedAt(130_000)).toEqual([]);
  feedback(...coldClicks(1, 1));
  expect(askedAt(160_000)).toEqual([2]);
  feedback(...coldClicks(1, 1));
  expect(askedAt(190_000)).toEqual([]);
  expect(askedAt(260_000)).toEqual([2]);
});

test('not more items than wanted are asked for at a time, and not more often', () => {
  const { signal, feedback } = open(
    {
      items: itemsOf(new Array(6).fill(3)),
      vectors: anglesOf('a', [0, ...new Array(5).fill(Number.NaN)]),
    },
    { coldEvents: 1, coldSessions: 1, maxPerReport: 2, everySeconds: 10 },
  );
  for (const item of [1, 2, 3, 4, 5]) feedback({ item, session: item });
  const asked = [0, 9999, 10_000, 15_000, 20_000].map((nowMs) => {
    const { retrain, waiting } = signal.report(nowMs);
    return { items: retrain.map(({ item }) => item), waiting };
  });
  expect(asked).toEqual([
    { items: [1, 2], waiting: 3 },
    { items: [], waiting: 3 },
    { items: [3, 4], waiting: 1 },
    { items: [], waiting: 1 },
    { items: [5], waiting: 0 },
  ]);
});

test('what was clicked before the start counts for an item without a vector', () => {
  const { signal } = open(withCold());
  signal.recall?.(pastOf(coldClicks(10, 5).map((click) => ({ ...click, atMs: startMs }))));
  expect(signal.report(0).retrain).toMatchObject([{ item: 2, reason: 'cold', events: 10 }]);
});

test('without any vectors no item is cold', () => {
  const { signal, around, feedback } = open({ ...withCold(), vectors: undefined });
  feedback(...coldClicks(10, 5));
  const report = signal.report(0);
  expect(report).toMatchObject({ waiting: 0, retrain: [] });
  expect(readingOf(report, 'cold_items', 'n3')).toMatchObject({ value: null, samples: 3 });
  around.vectors = withCold().vectors;
  expect(readingOf(signal.report(1000), 'cold_items', 'n3')).toMatchObject({ value: 1 });
});

test('live items without a vector are counted per catalogue, as items and vectors come and go', () => {
  const none = Number.NaN;
  const { signal, around } = open({
    items: itemsOf([3, 3, 4, 4], [3]),
    vectors: anglesOf('a', [0, none, none]),
  });
  const coldItems = () => {
    const { rows } = signal.report(0);
    return Object.fromEntries(rows.map(({ catalog, coldItems }) => [catalog, coldItems]));
  };
  expect(coldItems()).toEqual({ n3: 1, n4: 1 });
  around.items = itemsOf([3, 3, 4, 4, 3], []);
  expect(coldItems()).toEqual({ n3: 2, n4: 2 });
  around.vectors = anglesOf('b', [0, 10, 20, none, none]);
  expect(coldItems()).toEqual({ n3: 1, n4: 1 });
  around.items = itemsOf([3, 3, 3, 3, 3], [3]);
  expect(coldItems()).toEqual({ n3: 1, n4: 0 });
});

test.each([
  { size: 'small', others: 0 },
  { size: 'large', others: 300 },
])('readings of different versions of a $size model are not compared', ({ others }) => {
  const farAway = new Array(others).fill(180);
  const { signal, around, feedback, warmUp } = open(
    {
      items: itemsOf(new Array(2 + others).fill(3)),
      vectors: anglesOf('a', [0, 60, ...farAway], 0.2),
    },
    { ...decaying, neighbours: 1 },
  );
  warmUp();
  feedback(...clicks(0, hoursTo(10)));
  expect(signal.report(0)).toMatchObject({ waiting: 1 });
  around.vectors = anglesOf('b', [20, 70, ...farAway.map(() => 190)], 0.2);
  expect(signal.report(0)).toMatchObject({ waiting: 0 });
  feedback(...clicks(0, [11]));
  signal.report(0);
  feedback(...clicks(0, hoursTo(20, 12)));
  expect(decayRatesOf(signal.report(0))).toEqual([]);
  feedback(...clicks(0, [21]));
  const cosineNow = Math.cos((50 * Math.PI) / 180);
  const slope = linearRegression(
    hoursTo(21, 12).map((h, x) => [x, cosineNow * Math.exp(-0.05 * h)]),
  ).m;
  expect(decayRatesOf(signal.report(0))[0].sum).toBeCloseTo(-slope, 7);
});

test('when single items are learnt anew, those with other neighbours than before begin again and the rest goes on', () => {
  // Two couples; the catalogue of an item tells which it is.
  const { signal, around, feedback, warmUp } = open(
    { items: itemsOf([1, 2, 3, 4, 5]), vectors: anglesOf('a', [0, 60, 180, 240, Number.NaN]) },
    { neighbours: 1 },
  );
  warmUp();
  let hour = 1;
  const catalogsRead = () => {
    hour += 1;
    for (const item of [0, 1, 2, 3, 4]) feedback(...clicks(item, [hour]));
    return decayRatesOf(signal.report(0)).map(({ catalog }) => catalog);
  };
  for (let i = 1; i < 10; i++) expect(catalogsRead()).toEqual([]);
  expect(catalogsRead()).toEqual(['n1', 'n2', 'n3', 'n4']);
  around.vectors = anglesOf('b', [0, 60, 180, 235, Number.NaN]);
  signal.report(0);
  expect(catalogsRead()).toEqual(['n1', 'n2']);
  // Now item 4 has a vector too, and is nearer to the first couple than they are to each other.
  around.vectors = anglesOf('c', [0, 60, 180, 235, 20]);
  signal.report(0);
  expect(catalogsRead()).toEqual([]);
  for (let i = 0; i < 9; i++) catalogsRead();
  expect(catalogsRead()).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
});

test('an item without a vector waits across versions until it has one', () => {
  const none = Number.NaN;
  const items = itemsOf([3, 3, 3]);
  const { signal, around, feedback } = open(
    { items, vectors: anglesOf('a', [0, none, none]) },
    { coldEvents: 1, coldSessions: 1, maxPerReport: 1 },
  );
  feedback({ item: 1, session: 1 }, { item: 2, session: 1 });
  expect(signal.report(0)).toMatchObject({ waiting: 1, retrain: [{ item: 1 }] });
  around.vectors = anglesOf('b', [0, 10, none]);
  expect(signal.report(1000)).toMatchObject({ waiting: 1 });
  around.vectors = anglesOf('c', [0, 10, 20]);
  expect(signal.report(2000)).toMatchObject({ waiting: 0 });
});

test.each([
  { bound: 'one in each report', options: { stepsPerReport: 8 }, found: [1, 2, 3, 4] },
  {
    bound: 'those that were among the first to ask',
    options: { maxPending: 3 },
    found: [3, 4, 4, 4],
  },
])('neighbours are found in turn, $bound', ({ options, found }) => {
  const { signal, feedback } = open(
    { items: itemsOf([1, 2, 3, 4]), vectors: anglesOf('a', [0, 10, 20, 30]) },
    { ...options, readings: 2 },
  );
  const twice = [0, 1, 2, 3].flatMap((item) => [{ item }, { item }]);
  feedback(...twice);
  signal.report(0);
  const read = found.map(() => {
    feedback(...twice);
    return decayRatesOf(signal.report(0)).length;
  });
  expect(read).toEqual(found);
});

test('items beyond the bound are left out and told as dropped', () => {
  const { signal, feedback } = open(
    { items: itemsOf([3, 3, 3, 3]), vectors: anglesOf('a', [0, 10, 20, 30]) },
    { maxItems: 2, readings: 2 },
  );
  feedback(...[0, 1, 2, 3].map((item) => ({ item })));
  const report = signal.report(0);
  expect(report.skipped).toBe(2);
  expect(told(report)).toContainEqual(['events.dropped', { reason: 'signal_memory', events: 2 }]);
  feedback(...clicks(0, [1, 2]), ...clicks(3, [1, 2, 3]));
  expect(decayRatesOf(signal.report(0))).toEqual([
    { catalog: 'n3', readings: 1, sum: expect.closeTo(0.0193, 3) },
  ]);
});

test('items that come later are followed, one by one or many at once', () => {
  const { signal, around, feedback } = open(
    { items: itemsOf([3]), vectors: anglesOf('a', [0, 60, 120]) },
    { readings: 2 },
  );
  feedback(...clicks(0, [0]));
  signal.report(0);
  for (const count of [2, 3, 3000]) {
    around.items = itemsOf(new Array(count).fill(3));
    around.vectors = anglesOf(
      `b${count}`,
      new Array(count).fill(0).map((_, item) => item),
    );
    feedback(...clicks(count - 1, [0]));
    signal.report(0);
    feedback(...clicks(count - 1, [1, 2]));
    expect(decayRatesOf(signal.report(0))).toMatchObject([{ catalog: 'n3', readings: 1 }]);
  }
});

/** The facts a report becomes. */
function told(report: SimilarityReport): [FactName, unknown][] {
  const facts: [FactName, unknown][] = [];
  const emit = <Name extends FactName>(name: Name, fact: Facts[Name]) => facts.push([name, fact]);
  similarity.tell(report, emit);
  return facts;
}

test('a report becomes the decay rates, the cold items and the length of the queue', () => {
  const { signal, feedback, warmUp } = open(withCold());
  expect(told(signal.report(0))).toEqual([
    ['retraining.waits', { items: 0 }],
    ['items.cold', { catalog: 'n3', items: 1 }],
  ]);
  warmUp();
  feedback(...clicks(0, hoursTo(10)));
  const [row] = signal.report(0).rows;
  expect(row.decayRates?.counts).toHaveLength(13);
  feedback(...clicks(0, [11]));
  expect(told(signal.report(0)).map(([name]) => name)).toEqual([
    'retraining.waits',
    'similarity.measured',
    'items.cold',
  ]);
});
