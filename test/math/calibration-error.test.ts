import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calibrationError } from '../../src/math/calibration-error.ts';
import { createRng } from '../../src/math/rng.ts';

type Row = readonly [p: number, clicked: number];
type Options = Parameters<typeof calibrationError>[3];

function measure(rows: readonly Row[], options?: Options) {
  const p = Float64Array.from(rows, ([value]) => value);
  return calibrationError(
    p,
    Uint8Array.from(rows, ([, y]) => y),
    rows.length,
    options,
  );
}

/** Few different predictions, so that many are equal. */
const prediction = fc.oneof(
  fc.constantFrom(0, 0.1, 0.5, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const rows = fc.array(fc.tuple(prediction, fc.nat(1)), { minLength: 1, maxLength: 80 });

/** The definitions one after the other; each row has the click rate of all rows with its prediction. */
function slowMeasure(list: readonly Row[], { bins = 20, epsilon = 1e-6 } = {}) {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const rated = list
    .map(([p]) => ({ p, rate: mean(list.filter(([q]) => q === p).map(([, y]) => y)) }))
    .sort((a, b) => a.p - b.p);
  let ece = 0;
  for (let bin = 0; bin < bins; bin++) {
    const [from, to] = [bin, bin + 1].map((edge) => Math.floor((edge * list.length) / bins));
    const gap = rated.slice(from, to).reduce((sum, { p, rate }) => sum + p - rate, 0);
    ece += Math.abs(gap) / list.length;
  }
  const clip = (p: number) => Math.min(1 - epsilon, Math.max(epsilon, p));
  return {
    ece,
    brier: mean(list.map(([p, y]) => (p - y) ** 2)),
    logLoss: mean(list.map(([p, y]) => -Math.log(y === 1 ? clip(p) : 1 - clip(p)))),
  };
}

test('four predictions worked by hand', () => {
  // Sorted into two bins: .1 .4 | .4 .9. The two .4 share one click, so the bins are off by 0 and by .2.
  const list: Row[] = [
    [0.4, 1],
    [0.1, 0],
    [0.9, 1],
    [0.4, 0],
  ];
  const { logLoss, brier, ece, ratio, count, clicks } = measure(list, { bins: 2 });
  expect(ece).toBeCloseTo(0.2 / 4, 12);
  expect(brier).toBeCloseTo((0.36 + 0.01 + 0.01 + 0.16) / 4, 12);
  expect(logLoss).toBeCloseTo(-Math.log(0.4 * 0.9 * 0.9 * 0.6) / 4, 12);
  expect(ratio).toBeCloseTo(1.8 / 2, 12);
  expect([count, clicks]).toEqual([4, 2]);
});

test('equals the definitions, for any number of bins', () => {
  const property = fc.property(rows, fc.integer({ min: 1, max: 100 }), (list, bins) => {
    const [fast, slow] = [measure(list, { bins }), slowMeasure(list, { bins })];
    expect(fast.ece).toBeCloseTo(slow.ece, 12);
    expect(fast.brier).toBeCloseTo(slow.brier, 12);
    expect(fast.logLoss).toBeCloseTo(slow.logLoss, 9);
  });
  fc.assert(property);
});

test('the order of the rows changes nothing, to the last bit', () => {
  const property = fc.property(rows, fc.nat(), (list, seed) => {
    const order = Uint32Array.from(list, (_, i) => i);
    createRng(seed).shuffle(order);
    expect(measure(Array.from(order, (i) => list[i]))).toEqual(measure(list));
  });
  fc.assert(property);
});

test('predictions that are the click rate have no calibration error', () => {
  const list = Array.from({ length: 1000 }, (_, i): Row => [0.25, i % 4 === 0 ? 1 : 0]);
  expect(measure(list).ece).toBeCloseTo(0, 12);
  expect(measure(list).ratio).toBe(1);
  expect(measure(list).brier).toBeCloseTo(0.25 * 0.75, 12);
});

test('outcomes drawn from the predictions are calibrated, from half of them are not', () => {
  const rng = createRng(5);
  const draw = (share: number) =>
    measure(
      Array.from({ length: 20_000 }, (): Row => {
        const p = rng.unit();
        return [p, rng.unit() < p * share ? 1 : 0];
      }),
    );
  // A bin of 1000 has a standard error of at most .016.
  expect(draw(1).ece).toBeLessThan(0.025);
  expect(draw(0.5).ece).toBeCloseTo(0.25, 1.5);
  expect(draw(0.5).ratio).toBeCloseTo(2, 0.7);
});

test('a certain prediction that fails costs no more than epsilon allows', () => {
  expect(measure([[0, 1]]).logLoss).toBeCloseTo(-Math.log(1e-6), 12);
  expect(measure([[1, 0]], { epsilon: 0.01 }).logLoss).toBeCloseTo(-Math.log(0.01), 12);
  expect(measure([[1, 1]]).logLoss).toBeCloseTo(1e-6, 11);
  expect(measure([[0, 1]])).toMatchObject({ brier: 1, ece: 1, ratio: 0 });
});

test('without clicks there is no ratio', () => {
  expect(measure([[0.5, 0]])).toMatchObject({ ratio: undefined, clicks: 0, ece: 0.5 });
});

test('rows behind the count are not read, and no column is changed', () => {
  const p = Float32Array.of(0.75, 0.25, Number.NaN);
  const clicked = Uint8Array.of(1, 0, 7);
  expect(calibrationError(p, clicked, 2)).toMatchObject({ count: 2, brier: 0.0625, ratio: 1 });
  expect([...p.subarray(0, 2), ...clicked]).toEqual([0.75, 0.25, 1, 0, 7]);
});

test('any number of bins ends quickly', () => {
  const list: Row[] = [
    [0.2, 0],
    [0.7, 1],
  ];
  expect(measure(list, { bins: Number.MAX_SAFE_INTEGER }).ece).toBeCloseTo(0.25, 12);
});

test('columns and options out of range are refused', () => {
  expect(() => measure([])).toThrow('count is 0');
  expect(() => measure([[1.01, 0]])).toThrow('prediction 0 is 1.01, expected 0 to 1');
  expect(() => measure([[Number.NaN, 0]])).toThrow('prediction 0 is NaN');
  expect(() => measure([[0.5, 2]])).toThrow('outcome 0 is 2, expected 0 or 1');
  expect(() => calibrationError(new Float32Array(1), new Uint8Array(2), 2)).toThrow('count is 2');
  expect(() => measure([[0.5, 1]], { bins: 0 })).toThrow('bins is 0');
  expect(() => measure([[0.5, 1]], { bins: 1.5 })).toThrow(RangeError);
  expect(() => measure([[0.5, 1]], { epsilon: 0 })).toThrow('epsilon is 0');
  expect(() => measure([[0.5, 1]], { epsilon: 0.5 })).toThrow(RangeError);
});
