import { expect, test } from 'vitest';
import { type Axis, createParzen } from '../../src/math/parzen.ts';
import { createRng } from '../../src/math/rng.ts';

const line: Axis = { snap: (place) => place };
/** Five cells of equal width. */
const cells: Axis = {
  snap: (place) => (Math.min(4, Math.floor(place * 5)) + 0.5) / 5,
  cellOf: (place) => [place - 0.1, place + 0.1],
};

test('without points the density is even', () => {
  const none = createParzen([], [line, { choices: 4 }]);
  expect(none.logDensity([0.1, 0])).toBeCloseTo(Math.log(1 / 4), 12);
  expect(none.logDensity([0.9, 3])).toBeCloseTo(Math.log(1 / 4), 12);
});

test('the density over a line is one in all, points at its ends or not', () => {
  for (const points of [[[0.5]], [[0]], [[1], [0.98], [0.2]]]) {
    const { logDensity } = createParzen(points, [line]);
    let sum = 0;
    for (let at = 0.0005; at < 1; at += 0.001) sum += Math.exp(logDensity([at])) / 1000;
    expect(sum).toBeCloseTo(1, 4);
  }
});

test('the masses of cells and of choices are one in all', () => {
  const { logDensity } = createParzen(
    [
      [0.1, 2],
      [0.5, 2],
    ],
    [cells, { choices: 3 }],
  );
  let sum = 0;
  for (const cell of [0.1, 0.3, 0.5, 0.7, 0.9])
    for (const choice of [0, 1, 2]) sum += Math.exp(logDensity([cell, choice]));
  expect(sum).toBeCloseTo(1, 6);
  expect(logDensity([0.1, 2])).toBeGreaterThan(logDensity([0.9, 2]));
  expect(logDensity([0.1, 2])).toBeGreaterThan(logDensity([0.1, 0]));
});

test('samples follow the density', () => {
  const parzen = createParzen(
    [
      [0.1, 1],
      [0.3, 1],
    ],
    [cells, { choices: 2 }],
  );
  const rng = createRng(3);
  const counts = new Map<string, number>();
  const draws = 20_000;
  for (let i = 0; i < draws; i++) {
    const key = parzen.sample(rng).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const cell of [0.1, 0.3, 0.5, 0.7, 0.9].map(cells.snap))
    for (const choice of [0, 1]) {
      const expected = Math.exp(parzen.logDensity([cell, choice]));
      const share = (counts.get([cell, choice].join()) ?? 0) / draws;
      // Five standard errors.
      expect(Math.abs(share - expected)).toBeLessThan(5 * Math.sqrt(expected / draws));
    }
});
