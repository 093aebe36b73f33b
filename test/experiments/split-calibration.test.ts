import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineExperiment } from '../../src/experiments/experiment.ts';
import { createSplitCalibration } from '../../src/experiments/split-calibration.ts';
import type { SplitMeasurements } from '../../src/experiments/split-decision.ts';
import { measured, optionsOf } from './outcomes.ts';

const hourMs = 3_600_000;
const createSplit = (options: Record<string, unknown> = {}) =>
  createSplitCalibration(defineExperiment('new-blend', optionsOf(options)), { startedAtMs: 0 });

/** Updates a split once an hour with arms that differ by each drift; answers reason and share of each. */
const hourly = (split: ReturnType<typeof createSplit>, ...drifts: number[]) =>
  drifts.map((drift) => {
    const nowMs = split.sinceMs + hourMs;
    const { reason, share } = split.update(measured({ drift, share: split.share }), nowMs);
    expect(split.share).toBe(share);
    return [reason, share];
  });

test('it starts with the share of the configuration', () => {
  expect(createSplit()).toMatchObject({ state: 'split', share: 0.1, sinceMs: 0 });
  expect(createSplit({ share: 0.02 }).share).toBe(0.02);
});

test('arms that differ get the share of their band', () => {
  expect(hourly(createSplit(), 0.1)).toEqual([['steady', 0.1]]);
  expect(hourly(createSplit(), 0.5)).toEqual([['changed', 0.25]]);
});

test('equal arms read the least drift there is', () => {
  const equal = [900, 10, 80, 10];
  const assigned = { control: 9000, treatment: 1000 };
  const decision = createSplit().update({ control: equal, treatment: equal, assigned }, hourMs);
  expect(decision).toEqual({
    share: 0.1,
    changed: false,
    reason: 'steady',
    samples: { control: 1000, treatment: 1000 },
    mismatch: { statistic: 0, pValue: 1, degreesOfFreedom: 1 },
    drift: 0.05,
    band: 0,
  });
});

test('one change moves no more than the limit, so the highest band takes two', () => {
  expect(hourly(createSplit(), 0.9, 0.9, 0.9)).toEqual([
    ['changed', 0.25],
    ['changed', 0.4],
    ['steady', 0.4],
  ]);
});

test('less drift moves the share down again, within the same limit', () => {
  const split = createSplit();
  hourly(split, 0.9, 0.9);
  expect(hourly(split, 0.1, 0.1)).toEqual([
    ['changed', 0.25],
    ['changed', 0.1],
  ]);
});

test('a band is left only when its edge is passed by more than the hysteresis', () => {
  const split = createSplit();
  expect(hourly(split, 0.34)).toEqual([['steady', 0.1]]);
  expect(hourly(split, 0.36)).toEqual([['changed', 0.25]]);
  expect(hourly(split, 0.26, 0.64)).toEqual([
    ['steady', 0.25],
    ['steady', 0.25],
  ]);
  expect(hourly(split, 0.24)).toEqual([['changed', 0.1]]);
});

test('a band that is left on the way to its share is left for good', () => {
  const split = createSplit();
  expect(hourly(split, 0.7, 0.5, 0.62, 0.66)).toEqual([
    ['changed', 0.25],
    ['steady', 0.25],
    ['steady', 0.25],
    ['changed', 0.4],
  ]);
});

test('what only rounding leaves to the share of the band is no change of its own', () => {
  const split = createSplit({ share: 0.4, calibration: { maxChange: 0.1 } });
  const reasons = hourly(split, 0.1, 0.1, 0.1, 0.1).map(([reason]) => reason);
  expect(reasons).toEqual(['changed', 'changed', 'changed', 'steady']);
  expect(split.share).toBe(0.1);
});

test('a start share that is in no band takes the band of the drift as it is', () => {
  expect(hourly(createSplit({ share: 0.2 }), 0.31)).toEqual([['changed', 0.25]]);
});

test('a share is kept for the minimum time, and the band is judged anew after it', () => {
  const split = createSplit();
  const update = (drift: number, nowMs: number) =>
    split.update(measured({ drift, share: split.share }), nowMs).reason;
  expect(update(0.5, hourMs - 1)).toBe('too_soon');
  expect(update(0.5, hourMs)).toBe('changed');
  expect(split.sinceMs).toBe(hourMs);
  expect(update(0.9, 2 * hourMs - 1)).toBe('too_soon');
  expect(update(0.3, 2 * hourMs)).toBe('steady');
});

test('a time that is none changes nothing', () => {
  const split = createSplit();
  expect(split.update(measured({ drift: 0.9, share: 0.1 }), Number.NaN).reason).toBe('too_soon');
});

test('either arm with too few outcomes changes nothing and is not measured', () => {
  const enough = measured({ drift: 0.9, share: 0.1, samples: 500 });
  const few = measured({ drift: 0.9, share: 0.1, samples: 499 });
  const judge = (measurements: SplitMeasurements) => createSplit().update(measurements, hourMs);
  expect(judge(enough).reason).toBe('changed');
  const decision = judge({ ...enough, treatment: few.treatment });
  expect(decision).toMatchObject({ reason: 'too_few', share: 0.1 });
  expect(decision.samples).toEqual({ control: 500, treatment: 499 });
  expect(decision.drift).toBeUndefined();
  expect(judge({ ...enough, control: few.control }).reason).toBe('too_few');
  expect(judge({ ...enough, control: [0, 0, 0, 0] }).reason).toBe('too_few');
});

test('arms filled otherwise than planned change nothing and are named', () => {
  const assigned = { control: 8800, treatment: 1200 };
  const decision = createSplit().update(
    { ...measured({ drift: 0.9, share: 0.1 }), assigned },
    hourMs,
  );
  expect(decision).toMatchObject({ reason: 'mismatch', changed: false, share: 0.1 });
  // (8800 - 9000)² / 9000 + (1200 - 1000)² / 1000
  expect(decision.mismatch?.statistic).toBeCloseTo(44.444, 3);
  expect(decision.mismatch?.pValue).toBeLessThan(1e-10);
});

test('an arm that nobody reaches is a mismatch, not too few', () => {
  const nobody = { control: [900, 0, 100, 0], treatment: [0, 0, 0, 0] };
  const judge = (control: number) =>
    createSplit().update({ ...nobody, assigned: { control, treatment: 0 } }, hourMs);
  expect(judge(1000).reason).toBe('mismatch');
  expect(judge(49)).toMatchObject({ reason: 'too_few', mismatch: undefined });
});

test('the split is tested against the share in force', () => {
  const split = createSplit();
  hourly(split, 0.5);
  const before = measured({ drift: 0.5, share: 0.1 });
  expect(split.update(before, 2 * hourMs).reason).toBe('mismatch');
  expect(hourly(split, 0.5)).toEqual([['steady', 0.25]]);
});

test('kill gives everybody control at once and until revive, which starts anew', () => {
  const split = createSplit();
  hourly(split, 0.9, 0.9);
  split.kill(3 * hourMs);
  expect(split).toMatchObject({ state: 'killed', share: 0, sinceMs: 3 * hourMs });
  expect(split.update(measured({ drift: 0.9, share: 0.4 }), 9 * hourMs)).toEqual({
    share: 0,
    changed: false,
    reason: 'killed',
    samples: { control: 1000, treatment: 1000 },
  });
  split.kill(10 * hourMs);
  expect(split.sinceMs).toBe(3 * hourMs);
  split.revive(11 * hourMs);
  expect(split).toMatchObject({ state: 'split', share: 0.1, sinceMs: 11 * hourMs });
  expect(hourly(split, 0.34)).toEqual([['steady', 0.1]]);
});

test('revive changes nothing where nothing was killed', () => {
  const split = createSplit();
  hourly(split, 0.5);
  split.revive(5 * hourMs);
  expect(split).toMatchObject({ share: 0.25, sinceMs: hourMs });
});

test('an experiment that is not enabled splits nobody, and revive does not help', () => {
  const split = createSplit({ enabled: false });
  split.kill(1);
  split.revive(2);
  expect(split).toMatchObject({ state: 'disabled', share: 0 });
  expect(hourly(split, 0.9)).toEqual([['disabled', 0]]);
});

test('calibration that is not enabled measures and keeps the start share', () => {
  const split = createSplit({ calibration: { enabled: false } });
  const decision = split.update(measured({ drift: 0.9, share: 0.1 }), hourMs);
  expect(decision).toMatchObject({ reason: 'disabled', share: 0.1, band: 2 });
  expect(decision.drift).toBeCloseTo(0.9, 6);
  expect(split.share).toBe(0.1);
});

test.each([
  ['outcomes of control', { control: [1, 2, 3] }],
  ['outcomes of control', { control: [-1, 2, 3, 4] }],
  ['outcomes of treatment', { treatment: [Number.NaN, 2, 3, 4] }],
  ['outcomes of treatment', { treatment: [Number.POSITIVE_INFINITY, 2, 3, 4] }],
  ['keys of control and treatment', { assigned: { control: -1, treatment: 5 } }],
  ['keys of control and treatment', { assigned: { control: Number.NaN, treatment: 5 } }],
])('%s that are no counts are refused by name', (subject, wrong) => {
  const measurements = { ...measured({ drift: 0.9, share: 0.1 }), ...wrong };
  for (const options of [{}, { enabled: false }]) {
    const split = createSplit(options);
    expect(() => split.update(measurements, hourMs)).toThrow(
      expect.objectContaining({
        code: 'SL_DATA_INVALID',
        message: expect.stringContaining(subject),
      }),
    );
  }
});

const step = fc.record({
  afterMs: fc.integer({ min: 0, max: 2 * hourMs }),
  act: fc.constantFrom('update', 'update', 'update', 'update', 'kill', 'revive'),
  drift: fc.double({ min: 0.05, max: 0.95, noNaN: true }),
  samples: fc.constantFrom(100, 1000, 100_000),
  broken: fc.boolean().map((broken) => broken && 0.5),
});

test('whatever is measured when, the share keeps its bounds, its limit and its time', () => {
  const options = fc.record({
    share: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    maxChange: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    minSeconds: fc.integer({ min: 0, max: 7200 }),
  });
  fc.assert(
    fc.property(
      options,
      fc.array(step, { maxLength: 40 }),
      ({ share, maxChange, minSeconds }, steps) => {
        const calibration = { maxChange, minSecondsBetweenChanges: minSeconds };
        const split = createSplit({ share, calibration });
        let [nowMs, changedAtMs] = [0, 0];
        let killed = false;
        for (const { afterMs, act, drift, samples, broken } of steps) {
          nowMs += afterMs;
          const before = split.share;
          if (act === 'update') {
            const at = { drift, samples, share: broken || before };
            const decision = split.update(measured(at), nowMs);
            expect(decision.share).toBe(split.share);
            expect(decision.changed).toBe(split.share !== before);
            expect(Math.abs(split.share - before)).toBeLessThanOrEqual(maxChange + 1e-8);
            if (decision.changed) {
              expect(nowMs - changedAtMs).toBeGreaterThanOrEqual(minSeconds * 1000);
              changedAtMs = nowMs;
            }
          } else {
            split[act as 'kill' | 'revive'](nowMs);
            if (killed !== (act === 'kill')) changedAtMs = nowMs;
            killed = act === 'kill';
          }
          if (killed) expect(split.share).toBe(0);
          else expect(split.share).toBeGreaterThanOrEqual(Math.min(share, 0.1) - 1e-9);
          expect(split.share).toBeLessThanOrEqual(Math.max(share, 0.4) + 1e-9);
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a drift that stays is followed to the share of its band, and no further', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.double({ min: 0.02, max: 0.5, noNaN: true }),
      (drift, maxChange) => {
        const split = createSplit({ share: 0.2, calibration: { maxChange } });
        const reasons = hourly(split, ...new Array(20).fill(drift)).map(([reason]) => reason);
        expect(reasons.lastIndexOf('changed')).toBeLessThan(reasons.indexOf('steady'));
        expect([0.1, 0.25, 0.4]).toContain(split.share);
      },
    ),
    { numRuns: 100 },
  );
});
