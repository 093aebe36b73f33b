import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CalibrationOptions,
  type CalibrationReport,
  calibration,
} from '../../src/signals/calibration.ts';
import type { Reading } from '../../src/signals/signal.ts';
import { createJoin, type TestSlate } from './joined.ts';
import { createSlowJoin, joinSteps, slowOutcomes } from './slow-join.ts';

const joinSeconds = 60;
const create = (options: CalibrationOptions = {}) =>
  createJoin({ joinSeconds }, { kind: calibration, options: { minPlaces: 1, ...options } });
type Join = ReturnType<typeof create>;

/** Shows a slate and clicks on some of its items. */
function judge(join: Join, slate: Omit<TestSlate, 'request'>, clicks: readonly number[] = []) {
  shown += 1;
  const request = `request ${shown}`;
  join.show({ request, ...slate }, 0);
  for (const item of clicks) join.tell({ request, item, type: 'click' }, 0);
}
let shown = 0;

const readOf = ({ readings }: CalibrationReport, measure: string, strategy?: string) =>
  readings.find((one) => one.measure === measure && one.labels.strategy === strategy)?.value;

const factsOf = (report: CalibrationReport) => {
  const facts: unknown[] = [];
  calibration.tell(report, (name, fact) => facts.push([name, fact]));
  return facts;
};

test('a slate worked by hand is told when its time to be clicked is over', () => {
  const join = create();
  judge(join, { items: [1, 2, 3], predicted: [0.25, 0.75, 0.5] }, [2]);
  expect(factsOf(join.report(59_999))).toEqual([
    ['feedback.joined', { outcome: 'matched', events: 1 }],
  ]);
  const counts = [0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0];
  expect(factsOf(join.report(60_000))).toEqual([
    ['clicks.judged', { strategy: 'blend', catalog: 'shoes', errors: { counts, sum: 1 } }],
    [
      'calibration.measured',
      {
        strategy: 'blend',
        catalog: 'shoes',
        ratio: 1.5,
        logLoss: expect.closeTo((-2 * Math.log(0.75) - Math.log(0.5)) / 3, 12),
        brier: (0.0625 + 0.0625 + 0.25) / 3,
        calibrationError: 1 / 3,
      },
    ],
  ]);
});

test('prediction errors are told once', () => {
  const join = create();
  judge(join, { items: [1], predicted: [0.25] });
  expect(join.report(60_000).judged).toHaveLength(1);
  expect(join.report(61_000).judged).toEqual([]);
});

test('conversions alone are no clicks', () => {
  const join = create();
  join.show({ request: 'a', items: [1], predicted: [0.5] }, 0);
  join.tell({ request: 'a', item: 1, type: 'purchase' }, 0);
  const report = join.report(60_000);
  expect(report.measured).toMatchObject([{ clicks: 0, ratio: undefined }]);
  expect(readOf(report, 'calibration_ratio', 'blend')).toBeNull();
});

test('places without a probability are not judged', () => {
  const join = create();
  judge(join, { items: [1, 2, 3, 4, 5], predicted: [0.5, Number.NaN, -0.5, 1.5, Infinity] });
  expect(join.report(60_000).measured).toMatchObject([{ count: 1 }]);
  judge(join, { items: [1] });
  expect(join.report(120_000).judged).toEqual([]);
});

test('a group with too few judgements reads null', () => {
  const join = create({ minPlaces: 50 });
  const items = Array.from({ length: 49 }, (_, i) => i);
  judge(join, { items, predicted: items.map(() => 0.5) });
  const report = join.report(60_000);
  expect(report.measured).toEqual([]);
  expect(report.readings.slice(0, 4)).toEqual(
    ['log_loss', 'brier_score', 'calibration_error_ratio', 'calibration_ratio'].map(
      (measure): Reading => ({
        measure,
        labels: { strategy: 'blend', catalog: 'shoes' },
        value: null,
        samples: 49,
      }),
    ),
  );
  judge(join, { items: [1], predicted: [0.5] });
  expect(readOf(join.report(120_000), 'brier_score', 'blend')).toBe(0.25);
});

test('a group rests after it was measured, and is measured again only where it changed', () => {
  const join = create({ everySeconds: 5 });
  const showAt = (nowMs: number) =>
    join.show({ request: `at ${nowMs}`, items: [1], predicted: [0.5] }, nowMs);
  showAt(0);
  showAt(4999);
  expect(join.report(60_000).measured).toMatchObject([{ count: 1 }]);
  expect(join.report(64_999).measured).toEqual([]);
  expect(join.report(65_000).measured).toMatchObject([{ count: 2 }]);
  expect(join.report(70_000).measured).toEqual([]);
  expect(readOf(join.report(70_000), 'brier_score', 'blend')).toBe(0.25);
});

test('only the latest judgements count', () => {
  const join = create({ windowPlaces: 600, everySeconds: 0 });
  const slate = (length: number, predicted: number) => ({
    items: Array.from({ length }, (_, i) => i),
    predicted: Array.from({ length }, () => predicted),
  });
  judge(join, slate(500, 1));
  expect(join.report(60_000).measured).toMatchObject([{ count: 500, brier: 1 }]);
  judge(join, slate(400, 0));
  expect(join.report(120_000).measured).toMatchObject([{ count: 600, brier: 1 / 3 }]);
  judge(join, slate(200, 0));
  expect(join.report(180_000).measured).toMatchObject([{ count: 600, brier: 0 }]);
});

test('groups are bounded and the others share one', () => {
  const join = create({ maxGroups: 3 });
  for (const catalog of ['a', 'b', 'c', 'd', 'a'])
    judge(join, { items: [1], predicted: [0.5], catalog });
  expect(join.report(60_000).measured).toMatchObject([
    { catalog: 'a', count: 2 },
    { catalog: 'b', count: 1 },
    { strategy: '__other__', catalog: '__other__', count: 2 },
  ]);
});

test('many full windows are measured over several reports', () => {
  const join = create({ windowPlaces: 15_000, everySeconds: 5 });
  const items = new Array<number>(15_000).fill(1);
  const predicted = items.map(() => 0.5);
  for (const catalog of ['a', 'b', 'c', 'd', 'e']) judge(join, { items, predicted, catalog });
  const measuredAt = (nowMs: number) => join.report(nowMs).measured.map(({ catalog }) => catalog);
  expect([measuredAt(60_000), measuredAt(61_000)]).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  // Now all are due again: the one that was never measured comes first, then the others by their age.
  for (const catalog of ['a', 'b', 'c', 'd'])
    judge(join, { items: [1], predicted: [0.5], catalog });
  expect([measuredAt(120_000), measuredAt(121_000), measuredAt(122_000)]).toEqual([
    ['e', 'a'],
    ['b', 'c'],
    ['d'],
  ]);
});

test('feedback is told by how it found its request since the report before', () => {
  const join = create();
  const none = { matched: 0, late: 0, unmatched: 0, attributed: 0, unattributed: 0 };
  join.show({ request: 'a', items: [1], user: 'u1' }, 0);
  join.tell({ request: 'a', item: 1, type: 'view' }, 0);
  join.tell({ request: 'b', item: 1, type: 'view' }, 0);
  for (const user of ['u1', 'u1', 'u2']) join.tell({ user, item: 1, type: 'view' }, 0);
  const outcomes = { matched: 1, unmatched: 1, attributed: 2, unattributed: 1 };
  expect(join.report(0).joined).toEqual({ ...none, ...outcomes });
  join.tell({ request: 'a', item: 1, type: 'view' }, 60_000);
  const report = join.report(60_000);
  expect(report.joined).toEqual({ ...none, late: 1 });
  expect(factsOf(report)).toEqual([['feedback.joined', { outcome: 'late', events: 1 }]]);
  expect(Object.keys(none).map((outcome) => readOf(report, `feedback_${outcome}`))).toEqual([
    1, 1, 1, 2, 1,
  ]);
});

test('whatever comes when, the measures are those of all judgements taken one by one', () => {
  const bounds = { joinSeconds, maxRequests: 5, maxPlaces: 13 };
  const options = { windowPlaces: 7, everySeconds: 0, minPlaces: 1 };
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const clip = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));
  fc.assert(
    fc.property(joinSteps, (steps) => {
      const join = createJoin(bounds, { kind: calibration, options });
      const slow = createSlowJoin(bounds);
      let nowMs = 0;
      let errors = 0;
      for (const step of steps) {
        nowMs += step.afterMs;
        slow.take(step, nowMs);
        if ('slate' in step) join.show(step.slate, nowMs);
        else join.tell(step.feedback, nowMs);
        for (const { errors: told } of join.report(nowMs).judged) errors += told.sum;
      }
      nowMs += joinSeconds * 1000;
      slow.expire(nowMs);
      const report = join.report(nowMs);
      for (const { errors: told } of report.judged) errors += told.sum;
      const judged = slow.left.flatMap((request) =>
        slowOutcomes(request).flatMap((bits, place) => {
          const p = request.slate.predicted?.[place] ?? Number.NaN;
          const { strategy, catalog } = request.slate;
          return p >= 0 && p <= 1 ? [{ strategy, catalog, p, y: bits & 1 }] : [];
        }),
      );
      expect(errors).toBeCloseTo(
        judged.reduce((sum, { p, y }) => sum + Math.abs(p - y), 0),
        9,
      );
      for (const strategy of ['blend', 'trend']) {
        for (const catalog of ['shoes', 'bags']) {
          const group = judged
            .filter((one) => one.strategy === strategy && one.catalog === catalog)
            .slice(-7);
          const read = (measure: string) =>
            report.readings.find(
              ({ measure: name, labels }) =>
                name === measure && labels.strategy === strategy && labels.catalog === catalog,
            );
          if (group.length === 0) {
            expect(read('brier_score')).toBeUndefined();
            continue;
          }
          const clicks = group.reduce((sum, { y }) => sum + y, 0);
          expect(read('brier_score')?.samples).toBe(group.length);
          expect(read('brier_score')?.value).toBeCloseTo(
            mean(group.map(({ p, y }) => (p - y) ** 2)),
            9,
          );
          expect(read('log_loss')?.value).toBeCloseTo(
            mean(group.map(({ p, y }) => -Math.log(y === 1 ? clip(p) : 1 - clip(p)))),
            9,
          );
          // With no more judgements than bins each is a bin of its own, and equal predictions share their clicks.
          const rate = (p: number) => mean(group.filter((one) => one.p === p).map(({ y }) => y));
          expect(read('calibration_error_ratio')?.value).toBeCloseTo(
            mean(group.map(({ p }) => Math.abs(p - rate(p)))),
            9,
          );
          if (clicks === 0) expect(read('calibration_ratio')?.value).toBeNull();
          else
            expect(read('calibration_ratio')?.value).toBeCloseTo(
              group.reduce((sum, { p }) => sum + p, 0) / clicks,
              9,
            );
        }
      }
    }),
    { numRuns: 50 },
  );
});
