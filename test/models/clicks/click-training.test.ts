import { expect, test } from 'vitest';
import { SightlineError } from '../../../src/domain/errors.ts';
import { auc } from '../../../src/math/auc.ts';
import { calibrationError } from '../../../src/math/calibration-error.ts';
import type { ClickExamples } from '../../../src/models/clicks/click-examples.ts';
import { predictClicks } from '../../../src/models/clicks/click-prediction.ts';
import { type ClickTraining, fitClicks } from '../../../src/models/clicks/click-training.ts';
import { madeClicks } from './made-clicks.ts';
import { plainDeepFm } from './plain-deepfm.ts';

const options: ClickTraining = {
  dimensions: 4,
  hidden: [],
  epochs: 10,
  patience: 3,
  batchRows: 64,
  learningRate: 0.03,
  decay: 0,
  dropout: 0,
  seed: 1,
};
const learnt = (
  train: ReturnType<typeof madeClicks>,
  more: Partial<ClickTraining> = {},
  validation?: ClickExamples,
  threads = 1,
) => {
  const { fields, fieldOf } = train;
  return fitClicks({ fields, fieldOf, train, validation }, { ...options, ...more }, () => {}, {
    threads,
  });
};
const areaOf = (weights: ReturnType<typeof learnt>, test: ClickExamples) =>
  auc(predictClicks(weights, test), test.clicked);

/** Clicks where two of three agree, which no single feature tells. */
const agree = ([a, b]: readonly number[]) => a === b;
const parity = ([a, b, c]: readonly number[]) => (a + b + c) % 2 === 1;

test('a factorisation machine learns that two features go together', () => {
  const weights = learnt(madeClicks(1500, agree));
  expect(areaOf(weights, madeClicks(500, agree, { seed: 2 }))).toBeGreaterThan(0.99);
});

test('the network learns what takes three features, and the machine alone does not', () => {
  const train = madeClicks(2000, parity);
  const fresh = madeClicks(500, parity, { seed: 2 });
  expect(areaOf(learnt(train, { hidden: [16, 8] }), fresh)).toBeGreaterThan(0.99);
  expect(areaOf(learnt(train), fresh)).toBeLessThan(0.65);
});

test.each([
  { name: 'a machine', hidden: [] },
  { name: 'a network of one layer', hidden: [8] },
  { name: 'a network of two layers over an odd number of inputs', hidden: [16, 8] },
])('$name takes the steps that the papers write down', ({ hidden }) => {
  const train = madeClicks(150, parity, { values: 9, noise: 0.1 });
  const some = { ...train, values: train.values.map((_, at) => 0.5 + (at % 3)) };
  const more = { hidden, decay: 0.02, epochs: 2, dimensions: 4 };
  const weights = learnt(some, more);
  const plain = plainDeepFm({ ...some, dimensions: 4, hidden }, some, { ...options, ...more }, 2);
  expect(weights.bias).toBeCloseTo(plain.bias, 4);
  for (const part of ['linear', 'embeddings', 'dense'] as const) {
    const gaps = Array.from(weights[part], (value, i) => Math.abs(value - plain[part][i]));
    expect(Math.max(0, ...gaps)).toBeLessThan(2e-3);
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length)).toBeLessThan(1e-4);
  }
});

test('a feature that occurs twice in a row is two features of equal weights', () => {
  const train = madeClicks(60, agree, { fields: 2 });
  const twice = { ...train, codes: train.codes.map((code, at) => (at % 8 < 2 ? 0 : code)) };
  const shape = { ...twice, dimensions: 4, hidden: [] };
  const plain = plainDeepFm(shape, twice, { ...options, batchRows: 60 }, 1);
  const weights = learnt(twice, { epochs: 1, batchRows: 60 });
  for (const [i, value] of plain.embeddings.entries())
    expect(weights.embeddings[i]).toBeCloseTo(value, 4);
});

test('any number of threads learns the same bits, with dropout too', () => {
  const train = madeClicks(400, parity, { values: 5 });
  const bits = [1, 2, 3].map((threads) =>
    learnt(train, { hidden: [16, 8], dropout: 0.3, epochs: 3 }, train, threads),
  );
  expect(bits[1]).toEqual(bits[0]);
  expect(bits[2]).toEqual(bits[0]);
});

test('stops when the hold-out gets no better, and keeps the best pass', () => {
  const noisy = { values: 40, noise: 0.3 };
  const train = madeClicks(400, agree, noisy);
  const held = madeClicks(400, agree, { ...noisy, seed: 2 });
  const areas: number[] = [];
  const task = { ...train, train, validation: held };
  const weights = fitClicks(task, { ...options, epochs: 100, patience: 2 }, (_, note) => {
    const found = /hold-out AUC ([\d.]+)/.exec(note);
    if (found) areas.push(Number(found[1]));
  });
  expect(areas.length).toBeLessThan(100);
  expect(areaOf(weights, held)).toBeCloseTo(Math.max(...areas), 4);
});

test('what was learnt by heart is calibrated on the hold-out', () => {
  const noisy = { values: 20, noise: 0.25 };
  const train = madeClicks(1500, agree, noisy);
  const weights = learnt(
    train,
    { epochs: 40, patience: 40 },
    madeClicks(3000, agree, { ...noisy, seed: 2 }),
  );
  const fresh = madeClicks(3000, agree, { ...noisy, seed: 3 });
  const [calibrated, raw] = [weights, { ...weights, platt: { slope: 1, offset: 0 } }].map((one) => {
    const p = predictClicks(one, fresh).map((z) => 1 / (1 + Math.exp(-z)));
    return calibrationError(p, fresh.clicked, p.length, { bins: 5 });
  });
  expect(calibrated.ece).toBeLessThan(raw.ece / 2);
  expect(Math.abs(Math.log(calibrated.ratio ?? 0))).toBeLessThan(0.15);
});

test.each([
  { what: 'no examples', make: () => madeClicks(0, agree), says: /no examples/ },
  { what: 'clicks alone', make: () => madeClicks(9, () => true), says: /all 9 examples/ },
  { what: 'no clicks', make: () => madeClicks(9, () => false), says: /no example of 9/ },
  {
    what: 'a value that is no number',
    make: () => ({ ...madeClicks(9, agree), values: new Float32Array(27).fill(Number.NaN) }),
    says: /value 0 is NaN/,
  },
  {
    what: 'a feature beyond the last',
    make: () => ({ ...madeClicks(9, agree), codes: new Uint32Array(27).fill(6) }),
    says: /feature is 6, expected less than 6/,
  },
  {
    what: 'a label of 2',
    make: () => ({ ...madeClicks(9, agree), clicked: new Uint8Array(9).fill(2) }),
    says: /label is 2/,
  },
  {
    what: 'a rate that runs away',
    make: () => ({ ...madeClicks(90, agree), values: new Float32Array(270).fill(3e38) }),
    says: /ran away in pass 1/,
  },
])('$what is refused by name', ({ make, says }) => {
  const run = () => learnt(make());
  expect(run).toThrow(SightlineError);
  expect(run).toThrow(says);
});

test('a hold-out of strange numbers is refused, one of one class or of nothing decides nothing', () => {
  const train = madeClicks(90, agree);
  const strange = { ...train, values: new Float32Array(270).fill(Number.NaN) };
  expect(() => learnt(train, {}, strange)).toThrow(/value 0 is NaN/);
  const last = learnt(train);
  for (const held of [madeClicks(9, () => true), madeClicks(0, agree)])
    expect(learnt(train, {}, held)).toEqual(last);
});

test('an example without features gets the logit of the bias', () => {
  const train = madeClicks(200, agree, { noise: 0.4 });
  const weights = learnt(train, { epochs: 2 });
  const empty = { ...train, offsets: new Uint32Array(2), clicked: Uint8Array.of(0) };
  const nothing = { ...empty, codes: new Uint32Array(0), values: new Float32Array(0) };
  expect(predictClicks(weights, nothing)[0]).toBeCloseTo(weights.bias, 6);
});
