import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LeafTick } from '../../src/anomaly/cube/leaf-tick.ts';
import {
  degradedMark,
  fallbackMark,
  latencyBucket,
  plainMark,
  timeMark,
} from '../../src/anomaly/cube/marks.ts';
import { type LeavesOptions, leaves } from '../../src/signals/leaves.ts';
import type { SignalContext } from '../../src/signals/signal.ts';
import {
  packFeatures,
  packLabels,
  packTrouble,
  type RingEvent,
} from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';
import { createJoin } from './joined.ts';
import { observe } from './observed.ts';

const outcome = { ok: 0, fallback: 1, partial: 2, empty: 3, error: 4 };
const { requests, exposures, clicks, empty, partial, errors, featuresAsked, featuresMissing } =
  plainMark;
/** A request event of 20 items that took 30 ms. */
const served = (event: Partial<RingEvent>): Partial<RingEvent> => ({
  kind: 2,
  position: 20,
  predicted: 0.03,
  item: 0,
  ...event,
});
const timed = timeMark(0, latencyBucket(0.03));

/** A signal without feedback that reads the clock of the machine as it is told. */
function create(options: LeavesOptions = {}, context: Partial<SignalContext> = {}) {
  const { requests: window } = createJoin({ maxRequests: 8 });
  return leaves.create(testContext({ requests: window, ...context }), options);
}

/** Counts as `{ 'work,strategy,segment,catalog,variant,…': { mark: count } }`. */
function countsOf(tick: LeafTick | undefined) {
  const found: Record<string, Record<number, number>> = {};
  for (let i = 0; i < (tick?.leaf.length ?? 0); i++) {
    const key = tick?.labels.map((column) => column[tick.leaf[i]]).join() ?? '';
    found[key] ??= {};
    expect(found[key]).not.toHaveProperty(String(tick?.mark[i]));
    found[key][tick?.mark[i] ?? -1] = tick?.count[i] ?? Number.NaN;
  }
  return found;
}

test('requests are counted by their labels, with what they showed and how long they took', () => {
  const signal = create();
  const labels = { work: 1, strategy: 2, segment: 3, catalog: 4, variant: 5 };
  observe(signal, [
    served(labels),
    served({
      ...labels,
      position: 7,
      predicted: 2,
      trouble: packTrouble({ reason: 0, stage: 0, slowest: 4 }),
    }),
    served({ ...labels, variant: 0 }),
  ]);
  expect(countsOf(signal.report(30_000).tick)).toEqual({
    '1,2,3,4,5': {
      [requests]: 2,
      [exposures]: 27,
      [timed]: 1,
      [timeMark(4, latencyBucket(2))]: 1,
    },
    '1,2,3,4,0': { [requests]: 1, [exposures]: 20, [timed]: 1 },
  });
});

test('declared labels are told apart when there are any', () => {
  const events = [served({ item: packLabels(8, 9) }), served({ item: packLabels(8, 10) })];
  const found = [0, 1, 2].map((declaredLabels) => {
    const signal = create({ declaredLabels });
    observe(signal, events);
    return Object.keys(countsOf(signal.report(30_000).tick));
  });
  expect(found).toEqual([['0,0,0,0,0'], ['0,0,0,0,0,8'], ['0,0,0,0,0,8,9', '0,0,0,0,0,8,10']]);
});

test('a degradation is a fallback where it changed what was shown, and only noted where it did not', () => {
  const signal = create();
  const trouble = packTrouble({ reason: 7, stage: 3, slowest: 0 });
  const ends = [outcome.ok, outcome.fallback, outcome.partial, outcome.empty, outcome.error];
  observe(signal, [
    ...ends.map((detail, work) => served({ detail, trouble, work: work + 1, position: 0 })),
    served({ detail: outcome.ok, work: 9, position: 0 }),
  ]);
  const noted = { [requests]: 1, [timed]: 1, [degradedMark(3, 7)]: 1 };
  const changed = { [requests]: 1, [timed]: 1, [fallbackMark(3, 7)]: 1 };
  expect(countsOf(signal.report(30_000).tick)).toEqual({
    '1,0,0,0,0': noted,
    '2,0,0,0,0': changed,
    '3,0,0,0,0': { ...noted, [partial]: 1 },
    '4,0,0,0,0': { ...changed, [empty]: 1 },
    '5,0,0,0,0': { ...noted, [errors]: 1 },
    '9,0,0,0,0': { [requests]: 1, [timed]: 1 },
  });
});

test('features asked for and missing are summed, and a request without a time has no time', () => {
  const signal = create();
  observe(signal, [
    served({ features: packFeatures(3, 1), predicted: Number.NaN }),
    served({ features: packFeatures(2, 2), predicted: Number.NaN }),
  ]);
  expect(countsOf(signal.report(30_000).tick)).toEqual({
    '0,0,0,0,0': { [requests]: 2, [exposures]: 40, [featuresAsked]: 5, [featuresMissing]: 3 },
  });
});

test('a tick ends with the first report after its time, and ticks keep to their length on average', () => {
  const signal = create({ tickSeconds: 30 });
  const ends: (number | undefined)[][] = [];
  for (let nowMs = 0; nowMs <= 95_000; nowMs += 700) {
    const { tick } = signal.report(nowMs);
    if (tick !== undefined) ends.push([tick.atMs, tick.seconds]);
  }
  expect(ends).toEqual([
    [30_100, 30.1],
    [60_200, 30.1],
    [90_300, 30.1],
  ]);
});

test('a tick after a long pause is as long as it was, and the next is of the usual length', () => {
  const signal = create({ tickSeconds: 30 });
  signal.report(0);
  expect(signal.report(100_000).tick).toMatchObject({ atMs: 100_000, seconds: 100 });
  expect(signal.report(129_000).tick).toBeUndefined();
  expect(signal.report(130_000).tick).toMatchObject({ atMs: 130_000, seconds: 30 });
});

test('a tick without traffic is a tick without leaves', () => {
  const signal = create();
  signal.report(0);
  const { tick } = signal.report(30_000);
  expect(tick).toMatchObject({ atMs: 30_000, seconds: 30, overflow: 0 });
  expect(tick?.labels.map((column) => column.length)).toEqual([0, 0, 0, 0, 0]);
  expect(tick?.leaf.length).toBe(0);
});

test('each tick begins anew', () => {
  const signal = create();
  observe(signal, [served({ work: 1 })]);
  signal.report(30_000);
  observe(signal, [served({ work: 2 })], { putAtMs: 31_000 });
  expect(Object.keys(countsOf(signal.report(60_000).tick))).toEqual(['2,0,0,0,0']);
});

test('the time of ticks never goes back, whatever the clock of the machine does', () => {
  let offsetMs = 0;
  const signal = create({}, { epochMs: (nowMs) => nowMs + offsetMs });
  signal.report(0);
  const at = [30_000, 60_000, 90_000, 120_000].map((nowMs) => {
    offsetMs = nowMs === 60_000 ? -3_600_000 : nowMs === 120_000 ? 7_200_000 : offsetMs;
    return signal.report(nowMs).tick;
  });
  expect(at.map((tick) => tick?.atMs)).toEqual([30_000, 30_001, 30_002, 7_320_000]);
  expect(at.map((tick) => tick?.seconds)).toEqual([30, 30, 30, 30]);
});

test('a click counts where its request stands, in the tick in which it comes', () => {
  const join = createJoin({}, { kind: leaves, options: { declaredLabels: 1 } });
  const event = { request: 77, work: 1, strategy: 2, segment: 3, catalog: 4 };
  join.send(
    [
      { ...event, kind: 0, item: 5, position: 0, detail: 6 },
      { ...event, kind: 2, position: 1, variant: 6, item: packLabels(8, 0) },
    ],
    0,
  );
  const leaf = '1,2,3,4,6,8';
  expect(countsOf(join.report(30_000).tick)).toEqual({ [leaf]: { [requests]: 1, [exposures]: 1 } });
  join.send([{ ...event, kind: 2, request: 78, variant: 6, item: packLabels(9, 0) }], 31_000);
  expect(countsOf(join.report(60_000).tick)).toMatchObject({ '1,2,3,4,6,9': { [requests]: 1 } });

  const click = { type: 'click', item: 5, request: 'slate' };
  join.show({ request: 'slate', items: [5] }, 61_000);
  join.tell(click, 62_000);
  join.tell({ ...click, item: 999 }, 62_000);
  join.tell({ ...click, type: 'purchase' }, 62_000);
  join.tell({ ...click, type: 'view' }, 62_000);
  join.tell({ ...click, request: 'nobody' }, 62_000);
  const [counts] = Object.values(countsOf(join.report(90_000).tick));
  expect(counts).toEqual({ [requests]: 1, [exposures]: 1, [clicks]: 2 });
  join.tell(click, 150_000);
  const later = countsOf(join.report(150_000).tick);
  expect(Object.values(later)).toEqual([{ [clicks]: 1 }]);
});

test('a click whose request is no longer waited for is not counted', () => {
  const join = createJoin({ joinSeconds: 60 }, { kind: leaves, options: {} });
  join.show({ request: 'old', items: [5] }, 0);
  join.report(30_000);
  join.tell({ request: 'old', item: 5, type: 'click' }, 61_000);
  expect(countsOf(join.report(61_000).tick)).toEqual({});
});

test('leaves beyond the bound are counted under others in all labels, and counted', () => {
  const signal = create({ maxLeaves: 3 });
  const events = [1, 2, 3, 4, 5, 1].map((work) => served({ work, predicted: Number.NaN }));
  observe(signal, events);
  const { tick, readings } = signal.report(30_000);
  expect(tick?.overflow).toBe(2);
  expect(countsOf(tick)).toEqual({
    '1,0,0,0,0': { [requests]: 2, [exposures]: 40 },
    '2,0,0,0,0': { [requests]: 1, [exposures]: 20 },
    '3,0,0,0,0': { [requests]: 1, [exposures]: 20 },
    '0,0,0,0,0': { [requests]: 2, [exposures]: 40 },
  });
  expect(readings.map(({ measure, value }) => [measure, value])).toEqual([
    ['leaves', 4],
    ['cells', 8],
    ['overflow_events', 2],
  ]);
  observe(signal, [served({ work: 5 })], { putAtMs: 31_000 });
  expect(signal.report(60_000).tick?.overflow).toBe(0);
});

test('times and degradations beyond the bound of cells are counted under others', () => {
  const signal = create({ maxCells: 2 });
  const trouble = packTrouble({ reason: 7, stage: 3, slowest: 0 });
  observe(signal, [served({ work: 1, trouble }), served({ work: 2, trouble })]);
  const { tick } = signal.report(30_000);
  expect(tick?.overflow).toBe(2);
  const plain = { [requests]: 1, [exposures]: 20 };
  const more = { [timed]: 1, [degradedMark(3, 7)]: 1 };
  expect(countsOf(tick)).toEqual({
    '1,0,0,0,0': { ...plain, ...more },
    '2,0,0,0,0': plain,
    '0,0,0,0,0': more,
  });
});

test('whatever comes, the counts are those of a recount of all events', () => {
  const code = fc.nat(2);
  const event = fc.record({
    kind: fc.constantFrom(0, 1, 2),
    work: code,
    strategy: code,
    segment: code,
    catalog: code,
    variant: code,
    item: fc.tuple(code, code).map(([first, second]) => packLabels(first, second)),
    position: fc.integer({ min: -1, max: 30 }),
    detail: fc.nat(4),
    predicted: fc.constantFrom(0, 0.001, 0.2, 90, Number.NaN),
    trouble: fc
      .record({ reason: fc.nat(24), stage: fc.nat(6), slowest: fc.nat(6) })
      .map((trouble) => ({ ...trouble, packed: packTrouble(trouble) })),
    features: fc.tuple(fc.nat(5), fc.nat(5)),
  });
  const steps = fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 4 });
  fc.assert(
    fc.property(steps, fc.nat(2), (all, declaredLabels) => {
      const signal = create({ declaredLabels });
      for (const [step, events] of all.entries()) {
        const sent = events.map((one) => ({
          ...one,
          trouble: one.trouble.packed,
          features: packFeatures(...one.features),
        }));
        observe(signal, sent, { putAtMs: step * 30_000 });
        const expected: Record<string, Record<number, number>> = {};
        for (const one of events.filter(({ kind }) => kind === 2)) {
          const declared = [one.item & 0xffff, one.item >>> 16].slice(0, declaredLabels);
          const { work, strategy, segment, catalog, variant } = one;
          const key = [work, strategy, segment, catalog, variant, ...declared].join();
          expected[key] ??= {};
          const leaf = expected[key];
          const add = (mark: number, amount: number) => {
            if (amount > 0) leaf[mark] = (leaf[mark] ?? 0) + amount;
          };
          add(requests, 1);
          add(exposures, one.position);
          add(featuresAsked, one.features[0]);
          add(featuresMissing, one.features[1]);
          add([-1, -1, partial, empty, errors][one.detail], one.detail < 2 ? 0 : 1);
          const { reason, stage, slowest } = one.trouble;
          const mark = one.detail === 1 || one.detail === 3 ? fallbackMark : degradedMark;
          add(mark(stage, reason), reason > 0 ? 1 : 0);
          const seconds = Math.fround(one.predicted);
          if (seconds >= 0) add(timeMark(slowest, latencyBucket(seconds)), 1);
        }
        expect(countsOf(signal.report((step + 1) * 30_000).tick)).toEqual(expected);
      }
    }),
    { numRuns: 100 },
  );
});
