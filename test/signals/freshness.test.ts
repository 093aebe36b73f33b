import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sessionFreshness } from '../../src/math/session-gaps.ts';
import { type FreshnessOptions, freshness } from '../../src/signals/freshness.ts';
import type { Emit } from '../../src/telemetry/facts.ts';
import { kindCode } from '../../src/telemetry/ring-event.ts';
import { testContext } from './context.ts';
import { observe } from './observed.ts';

const windowMs = 300_000;
/** Codes of segments. */
const [gold, silver, ordinary] = [1, 2, 3];
const names = ['__other__', 'gold', 'silver', 'default'];

const open = (options?: FreshnessOptions) =>
  freshness.create(testContext({ nameOf: (code) => names[code] }), options);
type Signal = ReturnType<typeof open>;

const click = (session: number, atMs: number) => ({ kind: kindCode.feedback, session, atMs });
const request = (session: number, segment: number) => ({
  kind: kindCode.request,
  session,
  segment,
});

/** Three clicks with two unlike gaps: one bit. */
const clicks = (session: number) => [0, 1000, 5000].map((atMs) => click(session, atMs));

function readings(signal: Signal, nowMs: number, segment: string): Record<string, unknown> {
  const found = signal.report(nowMs).readings.filter(({ labels }) => labels.segment === segment);
  return Object.fromEntries(found.map(({ measure, value }) => [measure, value]));
}

function measured(times: readonly number[], nowMs: number) {
  const out = { entropyBits: 0, normalisedEntropy: 0, freshness: 0, events: 0 };
  return sessionFreshness(Float64Array.from(times), times.length, { nowMs, windowMs }, out);
}

test('a session reads as its gaps and its idle time say', () => {
  const signal = open();
  observe(signal, clicks(7), { nowMs: 5000 });
  const { normalisedEntropy, freshness } = measured([0, 1000, 5000], 65_000);
  const about = { labels: { segment: 'default' }, samples: 1, windowSeconds: 300 };
  expect(signal.report(65_000).readings).toEqual([
    { measure: 'entropy_bits', value: 1, ...about },
    { measure: 'normalised_entropy_ratio', value: normalisedEntropy, ...about },
    { measure: 'freshness_ratio', value: freshness, ...about },
    { measure: 'sessions', value: 1, ...about },
    { measure: 'late_events', labels: {}, value: 0, samples: 0 },
  ]);
});

const wait = fc.oneof(fc.nat(4000), fc.nat(100_000), fc.nat(400_000));
const lateness = fc.oneof(fc.constant(0), fc.nat(40_000), fc.nat(400_000));
const arrival = fc.record({ session: fc.integer({ min: 1, max: 3 }), wait, lateness });

test('whatever comes when, the sums are those of its sessions measured anew', () => {
  const property = fc.property(fc.array(arrival, { maxLength: 50 }), wait, (arrivals, idleMs) => {
    const signal = open();
    const kept: number[][] = [[], [], [], []];
    const entropies: number[] = [];
    let nowMs = 1_700_000_000_000;
    let late = 0;
    for (const { session, wait, lateness } of arrivals) {
      nowMs += wait;
      const atMs = nowMs - lateness;
      observe(signal, [click(session, atMs)], { nowMs });
      const last = kept[session].at(-1) ?? 0;
      if (atMs <= Math.max(nowMs, last) - windowMs) late += 1;
      else {
        kept[session] = [...kept[session], atMs].sort((a, b) => a - b);
        const { events, entropyBits } = measured(kept[session], Math.max(atMs, last));
        if (events > 1) entropies.push(entropyBits);
      }
    }
    nowMs += idleMs;
    const under = kept.map((times) => measured(times, nowMs)).filter(({ events }) => events > 0);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const { rows, readings } = signal.report(nowMs);
    expect(readings.at(-1)).toMatchObject({ measure: 'late_events', value: late });
    expect(rows).toHaveLength(under.length + entropies.length > 0 ? 1 : 0);
    for (const row of rows) {
      expect(row.sessions).toBe(under.length);
      expect(row.withGaps).toBe(under.filter(({ events }) => events > 1).length);
      expect(row.freshness).toBeCloseTo(sum(under.map(({ freshness }) => freshness)), 9);
      expect(row.entropyBits).toBeCloseTo(sum(under.map(({ entropyBits }) => entropyBits)), 9);
      expect(sum(row.entropies.counts)).toBe(entropies.length);
      expect(row.entropies.sum).toBeCloseTo(sum(entropies), 9);
    }
  });
  fc.assert(property, { numRuns: 100 });
});

test('a session is of the segment of its last request', () => {
  const signal = open();
  observe(signal, [request(7, gold), ...clicks(7), request(8, silver), click(8, 0)]);
  expect(readings(signal, 5000, 'gold')).toMatchObject({ sessions: 1, entropy_bits: 1 });
  expect(readings(signal, 5000, 'silver')).toMatchObject({ sessions: 1, entropy_bits: null });
  observe(signal, [request(7, silver), request(7, silver)]);
  expect(readings(signal, 5000, 'gold')).toMatchObject({ sessions: 0, entropy_bits: null });
  expect(readings(signal, 5000, 'silver')).toMatchObject({ sessions: 2, entropy_bits: 1 });
});

test('sessions that made no request share the default segment with those that have it', () => {
  const signal = open();
  observe(signal, [request(7, ordinary), ...clicks(7), ...clicks(8)]);
  const { rows } = signal.report(5000);
  expect(rows).toMatchObject([{ segment: 'default', sessions: 2, entropies: { sum: 2 } }]);
});

test('what is a window older than now or than its session is left out and counted once', () => {
  const signal = open();
  observe(signal, [click(7, 50_000), click(8, 340_000), click(8, 40_001)], { nowMs: 340_000 });
  observe(signal, [click(8, 40_000), click(9, 39_000), click(9, Number.NaN)], { nowMs: 340_000 });
  const late = () => signal.report(340_000).readings.at(-1);
  expect(late()).toEqual({ measure: 'late_events', labels: {}, value: 3, samples: 3 });
  expect(late()).toMatchObject({ value: 0 });
  observe(signal, [click(8, 600_000), click(8, 310_000)], { nowMs: 600_000 });
  observe(signal, [click(8, 300_000)], { nowMs: 500_000 });
  expect(late()).toMatchObject({ value: 1 });
  expect(readings(signal, 600_000, 'default')).toMatchObject({ sessions: 1 });
});

test('exposures, and events of nobody, are no events of a session', () => {
  const signal = open();
  const exposures = clicks(7).map((event) => ({ ...event, kind: kindCode.exposure }));
  observe(signal, [...exposures, ...clicks(0), request(0, gold), request(7, gold)]);
  expect(signal.report(5000).rows).toEqual([]);
});

test('the session heard of the longest time ago makes room', () => {
  const signal = open({ maxSessions: 2 });
  observe(
    signal,
    [7, 8].flatMap((session) => [request(session, gold), ...clicks(session)]),
  );
  observe(signal, [request(7, gold), click(9, 5000)]);
  expect(readings(signal, 5000, 'gold')).toMatchObject({ sessions: 1, entropy_bits: 1 });
  // The session that came in its place has nothing of it.
  expect(readings(signal, 5000, 'default')).toMatchObject({ sessions: 1, entropy_bits: null });
});

test('of a long session the latest events are measured', () => {
  const signal = open({ maxEvents: 3 });
  observe(signal, [...clicks(7), click(7, 9000)], { nowMs: 9000 });
  expect(readings(signal, 9000, 'default')).toMatchObject({ entropy_bits: 0 });
});

test('segments beyond the bound share one name', () => {
  const signal = open({ maxSegments: 1 });
  observe(signal, [request(7, gold), request(8, silver), request(9, ordinary)]);
  observe(signal, [7, 8, 9].flatMap(clicks));
  const { rows } = signal.report(5000);
  expect(rows.map(({ segment, sessions }) => [segment, sessions])).toEqual([
    ['__other__', 2],
    ['gold', 1],
  ]);
});

test('sessions from before the start go on, and what they did then is not told again', () => {
  const signal = open();
  const session = Float64Array.of(7, 0, 7);
  const atMs = Float64Array.of(0, 500, 1000);
  signal.recall?.({ count: 3, session, item: Int32Array.of(1, 1, 1), atMs });
  expect(signal.report(1000).rows).toMatchObject([{ sessions: 1, entropies: { sum: 0 } }]);
  observe(signal, [click(7, 5000)], { nowMs: 5000 });
  expect(signal.report(5000).rows).toMatchObject([{ sessions: 1, entropies: { sum: 1 } }]);
});

test('entropies are told once, and freshness is told to be 0 when all sessions have ended', () => {
  const signal = open();
  const told: unknown[] = [];
  const emit: Emit = (name, fact) => told.push([name, fact]);
  const tellAt = (nowMs: number) => freshness.tell(signal.report(nowMs), emit);
  tellAt(0);
  observe(signal, [request(7, gold), ...clicks(7), request(8, gold), click(8, 5000)]);
  tellAt(5000);
  tellAt(5000 + windowMs);
  const fact = (entropies: object, freshness: number) => [
    'sessions.measured',
    { segment: 'gold', entropies, freshness },
  ];
  // After the second click no bit, after the third one bit; the second session has no gap.
  expect(told).toEqual([
    fact({ counts: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], sum: 1 }, mean(5000)),
    fact({ counts: new Array(12).fill(0), sum: 0 }, 0),
  ]);
});

/** Mean freshness of the session of `clicks` and one with a single event. */
const mean = (nowMs: number) => measured([0, 1000, 5000], nowMs).freshness / 2;

test('bounds out of range are refused', () => {
  expect(() => open({ windowSeconds: 0 })).toThrow(RangeError);
  expect(() => open({ maxEvents: 1 })).toThrow(RangeError);
});
