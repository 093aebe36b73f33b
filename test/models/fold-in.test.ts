import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createRng } from '../../src/math/rng.ts';
import { cbow } from '../../src/models/cbow.ts';
import { createFoldInWindow } from '../../src/models/fold-in-window.ts';
import { modelKinds } from '../../src/models/index.ts';
import { createFrequencies } from '../../src/models/item-frequencies.ts';
import { item2vec } from '../../src/models/item2vec.ts';
import { type Example, learnVector } from '../../src/models/learn-vector.ts';
import type { Interactions, ModelKind } from '../../src/models/model.ts';
import { PayloadReader, PayloadWriter } from '../../src/models/payload.ts';
import { queryAfter, retrieved, scored } from './ask.ts';
import { sessionsOf, tableOf } from './tiny-sessions.ts';

const small = { dimensions: 8, epochs: 20, negatives: 4, learningRate: 0.1 };
const table = tableOf('abcdefxyz');
const times = (count: number, clicks: string): string[] => Array(count).fill(clicks);
/** Sessions with the letters in every order. */
const orders = (letters: string): string[] =>
  letters === ''
    ? ['']
    : [...letters].flatMap((first) =>
        orders(letters.replace(first, '')).map((rest) => first + rest),
      );
/** Two groups of items that never meet. */
const twoGroups = sessionsOf(...times(30, 'abcabc'), ...times(30, 'defdef'));
/** x has come to the first group, between a and b. */
const withX = sessionsOf(...times(20, 'caxbca'), ...times(20, 'defdef'));

/** A kind that can fold in, and how its payload reads: arrays of the whole model, then those with rows of items. */
function subjectOf<Options>(
  kind: ModelKind<Options>,
  arrays: { all: string[]; rows: string[] },
  more: Partial<Options> = {},
) {
  const load = (payload: Uint8Array) =>
    kind.load(payload, { kind: kind.kind, version: '0'.repeat(12), trainedAtMs: 5 }, table);
  return {
    name: kind.kind,
    load,
    foldIn: kind.foldIn!,
    train: (sessions: Interactions) =>
      kind.fit(sessions, { ...kind.defaults, ...small, ...more }, () => {}),
    nearest: (payload: Uint8Array, item: string) =>
      retrieved(load(payload), queryAfter(table, item, { purpose: 'similar' }), { table })[0][0],
    /** What every array holds, by item id; what belongs to no item is under the name of the array. */
    read(payload: Uint8Array) {
      const reader = new PayloadReader(payload);
      const ids = reader.ids('items');
      reader.json('options', z.unknown());
      const whole = arrays.all.map((name) => [name, reader.float32(name)]);
      const columns = arrays.rows.map((name) => reader.float32(name));
      reader.end();
      const rowsOf = (at: number) =>
        columns.map((column) => {
          const width = column.length / ids.length;
          return column.slice(at * width, (at + 1) * width);
        });
      return Object.fromEntries([...whole, ...ids.map((id, at) => [id, rowsOf(at)])]);
    },
  };
}

const subjects = [
  subjectOf(item2vec, { all: [], rows: ['bias', 'input', 'output'] }, { direction: 'forwards' }),
  subjectOf(cbow, { all: ['returns'], rows: ['bias', 'last', 'earlier', 'output'] }),
];

for (const { name, train, foldIn, load, nearest, read } of subjects)
  describe(`fold-in of ${name}`, () => {
    const trained = train(twoGroups);
    /** Shares of the items in what a model scores after some clicks. */
    const shares = (payload: Uint8Array, clicks: string) => {
      const scores = scored(load(payload), queryAfter(table, clicks), table);
      const total = Object.values(scores).reduce((a, b) => a + b);
      return Object.fromEntries(Object.entries(scores).map(([id, score]) => [id, score / total]));
    };

    test('an item that came after training gets a place among those it is clicked with', () => {
      const { payload, learnt } = foldIn(trained, ['x'], withX);
      expect(learnt).toEqual(['x']);
      expect('abc').toContain(nearest(payload, 'x'));
      expect(shares(trained, 'ca').x).toBe(0);
      // That b always follows a is frozen, so x can only come second.
      const foreseen = retrieved(load(payload), queryAfter(table, 'ca'), { table });
      expect(foreseen.slice(0, 2).map(([id]) => id)).toContain('x');
      expect(shares(payload, 'de').x).toBeLessThan(0.02);
      // What comes after it is foreseen as well.
      expect(retrieved(load(payload), queryAfter(table, 'x'), { table })[0][0]).toBe('b');
    });

    test('all that is not asked for stays the same to the bit, and new items come last', () => {
      const before = read(trained);
      const { payload } = foldIn(trained, ['x', 'b'], withX);
      const { x, b, ...others } = read(payload);
      const { b: oldB, ...oldOthers } = before;
      expect(others).toEqual(oldOthers);
      expect(Object.keys(read(payload))).toEqual([...Object.keys(before), 'x']);
      // An item that was known keeps its bias, and nothing else of its own.
      expect(b[0]).toEqual(oldB[0]);
      for (let column = 1; column < b.length; column++) expect(b[column]).not.toEqual(oldB[column]);
      expect(x.every((row: Float32Array) => row.every(Number.isFinite))).toBe(true);
    });

    test('an item that has moved is found where it is clicked now', () => {
      const then = sessionsOf(...orders('abcx'), ...orders('abcx'), ...orders('defy'));
      const now = sessionsOf(...orders('abc'), ...orders('defx'));
      const old = train(then);
      expect('abc').toContain(nearest(old, 'x'));
      const { payload } = foldIn(old, ['x'], now);
      expect('defy').toContain(nearest(payload, 'x'));
      expect(shares(payload, 'de').x).toBeGreaterThan(2 * shares(old, 'de').x);
      expect(shares(payload, 'ab').x).toBeLessThan(shares(old, 'ab').x / 2);
    });

    test('the same sessions and seed give the same bytes, another seed others', () => {
      const { payload } = foldIn(trained, ['x'], withX);
      expect(foldIn(trained, ['x'], withX).payload).toEqual(payload);
      expect(foldIn(trained, ['x'], withX, { seed: 2 }).payload).not.toEqual(payload);
    });

    test('an item is learnt the same alone, beside others and asked for twice', () => {
      const sessions = sessionsOf(...times(9, 'caxbca'), ...times(9, 'dyef'), ...times(9, 'abc'));
      const alone = foldIn(trained, ['x'], sessions).payload;
      const { payload, learnt } = foldIn(trained, ['y', 'x', 'x', 'e'], sessions);
      expect(learnt).toEqual(['y', 'x', 'e']);
      expect(read(payload).x).toEqual(read(alone).x);
    });

    test('an item without a known one next to it is left as it was, and is not named', () => {
      const sessions = sessionsOf('x', 'xx', 'yz', 'xyb', 'aa', 'abc', 'def');
      expect(foldIn(trained, ['x', 'z', 'nowhere'], sessions)).toEqual({
        payload: trained,
        learnt: [],
      });
      expect(foldIn(trained, [], sessions)).toEqual({ payload: trained, learnt: [] });
      expect(foldIn(trained, ['a', 'x'], sessionsOf())).toEqual({ payload: trained, learnt: [] });
      const { payload, learnt } = foldIn(trained, ['x', 'y'], sessions);
      expect(learnt).toEqual(['y']);
      expect(read(payload).x).toBeUndefined();
    });

    test('a model that knows nothing learns nothing', () => {
      const empty = train(sessionsOf());
      expect(foldIn(empty, ['x'], withX)).toEqual({ payload: empty, learnt: [] });
    });

    test('an item scores by its share of the clicks', () => {
      const mixed = train(sessionsOf(...orders('abcd'), ...orders('abcd')));
      const [low, high] = [100, 4].map((others) => {
        const rest = Array(others).fill(orders('abc')).flat();
        const sessions = sessionsOf(...orders('abcx'), ...rest, 'd');
        return shares(foldIn(mixed, ['x'], sessions).payload, 'a').x;
      });
      expect(high / low).toBeGreaterThan(5);
    });

    test('sessions that were picked for an item do not make it the most popular one', () => {
      const picked = foldIn(trained, ['x'], sessionsOf(...times(20, 'ax'), ...times(20, 'xb')));
      for (const clicks of ['d', 'e', 'f'])
        expect(shares(picked.payload, clicks).x).toBeLessThan(0.2);
    });

    test('a payload that is cut off is refused as corrupt', () => {
      for (let length = 0; length < trained.length; length += 50)
        expect(() => foldIn(trained.slice(0, length), ['x'], withX)).toThrow(
          expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
        );
    });
  });

test('cbow does not lay to an item what the clicks before it foresee already', () => {
  const { train, foldIn, load } = subjects[1];
  const odds = (clicks: string) => {
    const { payload } = foldIn(train(twoGroups), ['x'], sessionsOf(...times(20, clicks), 'd'));
    const { c, x } = scored(load(payload), queryAfter(table, 'x'), table);
    return c / x;
  };
  // After a and b comes c, with or without x; after d and e it comes because of x.
  expect(odds('dexc')).toBeGreaterThan(10 * odds('abxc'));
});

test('counts that no model can have are refused as corrupt', () => {
  const payload = new PayloadWriter()
    .json(['a', 'b'])
    .json({ dimensions: 2 })
    .array(Float32Array.of(900, 0))
    .array(new Float32Array(4))
    .array(new Float32Array(4))
    .bytes();
  expect(() => item2vec.foldIn!(payload, ['x'], sessionsOf('axb'))).toThrow(
    expect.objectContaining({ code: 'SL_MODEL_CORRUPT' }),
  );
});

test('only kinds with vectors of items, or with sessions, can fold in', () => {
  const able = Object.values(modelKinds).filter(({ foldIn }) => foldIn !== undefined);
  expect(able.map(({ kind }) => kind).sort()).toEqual(['cbow', 'item2vec', 'session-knn']);
});

describe('the frequency of an item', () => {
  // Two items with 4 and 16 clicks in training, drawn in proportion to the square root: 2 and 4.
  const bias = Float32Array.of(Math.log(2), Math.log(4));
  const frequenciesIn = (sessions: Interactions) =>
    createFrequencies(bias, 0.5, createFoldInWindow(['a', 'b'], ['a', 'x'], sessions));

  const once = { clicks: 1, firstAtMs: 0 };

  test('is its share of the clicks of the window', () => {
    const frequencyOf = frequenciesIn(sessionsOf('abbb', 'bb', 'bx'));
    // a: 2 of 10 clicks, 2 of 6 draws.
    expect(frequencyOf(0, once).drawnPerClick).toBeCloseTo(2 / 6 / 0.2, 6);
    expect(frequencyOf(0, once).bias).toBe(bias[0]);
    // x: 2 of 10 clicks are 4 of the 20 in training, so it is drawn as often as a.
    expect(frequencyOf(2, once).drawnPerClick).toBeCloseTo(2 / 8 / 0.2, 6);
    expect(frequencyOf(2, once).bias).toBeCloseTo(Math.log(2), 6);
  });

  test('is for a new item its share of the clicks since it was there', () => {
    const sessions = sessionsOf('abbb', 'bb', 'bx');
    const frequencyOf = frequenciesIn(sessions);
    const late = { clicks: 1, firstAtMs: sessions.atMs[6] };
    // Two clicks are left, so x has 2 of 4, which are 10 of the 20 in training.
    expect(frequencyOf(2, late).bias).toBeCloseTo(Math.log(Math.sqrt(10)), 6);
    expect(frequencyOf(0, late)).toEqual(frequencyOf(0, once));
  });

  test('is that of training, or of the mean item, where every session was picked', () => {
    const frequencyOf = frequenciesIn(sessionsOf('abbb', 'bx'));
    expect(frequencyOf(0, once).drawnPerClick).toBeCloseTo(2 / 6 / 0.2, 6);
    expect(frequencyOf(2, once).bias).toBeCloseTo(Math.log(Math.sqrt(10)), 6);
  });

  test('is the same for all where training drew uniformly', () => {
    const window = createFoldInWindow(['a', 'b'], ['x'], sessionsOf('ab', 'bx'));
    const frequencyOf = createFrequencies(new Float32Array(2), 0, window);
    expect(frequencyOf(2, once)).toEqual({ bias: 0, drawnPerClick: 1 / 3 / (2 / 6) });
  });
});

describe('learning one vector', () => {
  const training = { epochs: 300, learningRate: 0.2, rng: createRng(1) };
  const one = { right: 0, weight: 1 };

  test('ends where negatives and what is right are in balance', () => {
    // σ(v) = 1 / (1 + negatives), so v = -ln negatives.
    for (const negatives of [0.25, 1, 3, 2.5]) {
      const vector = Float32Array.of(1);
      const examples = Array<Example>(20).fill(one);
      const rows = Float32Array.of(1);
      learnVector(vector, examples, { ...training, rows, negatives, draw: () => 0 });
      expect(vector[0]).toBeCloseTo(-Math.log(negatives), 2);
    }
  });

  test('takes what stands beside the vector as done', () => {
    const vector = Float32Array.of(0);
    const examples = Array<Example>(20).fill({ ...one, beside: Float32Array.of(2) });
    const rows = Float32Array.of(1);
    learnVector(vector, examples, { ...training, rows, negatives: 3, draw: () => 0 });
    expect(vector[0]).toBeCloseTo(-Math.log(3) - 2, 2);
  });

  test('ends near the maximum that plain gradient ascent on all examples finds', () => {
    const rows = Float32Array.of(1, 0, 0, 1, -1, 1, 1, 1);
    const examples = [0, 0, 1, 3].map((right) => ({ right, weight: right === 3 ? 0.5 : 1 }));
    const rng = createRng(7);
    const vector = new Float32Array(2);
    const draw = () => rng.below(4);
    learnVector(vector, examples, { ...training, epochs: 4000, rows, negatives: 2, draw, rng });
    const slow = slowMaximum(rows, examples, 2);
    expect(vector[0]).toBeCloseTo(slow[0], 1);
    expect(vector[1]).toBeCloseTo(slow[1], 1);
  });
});

/** Ascends the expected log-likelihood, each row being drawn equally often, in steps of the whole gradient. */
function slowMaximum(rows: Float32Array, examples: readonly Example[], negatives: number) {
  const vector = [0, 0];
  const count = rows.length / 2;
  for (let step = 0; step < 5000; step++) {
    const gradient = [0, 0];
    const add = (row: number, label: number, weight: number) => {
      const [r0, r1] = [rows[2 * row], rows[2 * row + 1]];
      const error = label - 1 / (1 + Math.exp(-(vector[0] * r0 + vector[1] * r1)));
      gradient[0] += weight * error * r0;
      gradient[1] += weight * error * r1;
    };
    for (const { right, weight } of examples) {
      add(right, 1, weight);
      for (let row = 0; row < count; row++) add(row, 0, (weight * negatives) / count);
    }
    vector[0] += 0.05 * gradient[0];
    vector[1] += 0.05 * gradient[1];
  }
  return vector;
}

test('learnt in both directions, an item after which nothing comes has neighbours too', () => {
  const { train, foldIn, nearest } = subjectOf(
    item2vec,
    { all: [], rows: ['bias', 'input', 'output'] },
    { direction: 'both' },
  );
  const { payload, learnt } = foldIn(
    train(twoGroups),
    ['x'],
    sessionsOf(...times(20, 'abcx'), ...times(20, 'defdef')),
  );
  expect(learnt).toEqual(['x']);
  expect('abc').toContain(nearest(payload, 'x'));
});
