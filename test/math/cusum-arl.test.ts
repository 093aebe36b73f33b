import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CusumChart,
  cusumArl,
  cusumThreshold,
  siegmundArl,
  twoSidedCusumArl,
} from '../../src/math/cusum-arl.ts';
import { chiSquareTail } from '../../src/math/sample-ratio.ts';

/** Nyström's method with 80 nodes and plain elimination, which loses digits as runs get long. */
const reference = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/cusum_arl_reference.json`;
const present = existsSync(reference);
if (!present) process.stderr.write(`skipped: there is no ${reference}\n`);

interface ReferenceTable {
  readonly cases: readonly (Required<CusumChart> & {
    readonly arl_one_sided: number;
    readonly siegmund: number;
    readonly arl_two_sided: number | null;
  })[];
  readonly h_for_target: readonly {
    readonly mu1: number;
    readonly k: number;
    readonly ARL0: number;
    readonly h: number;
    readonly ARL1: number;
  }[];
}

/** The slow clear twin: Brook & Evans 1972, a chain of `size` equal cells, solved by value iteration. */
function brookEvans({ h, k, mu = 0 }: CusumChart, size: number): number {
  const width = (2 * h) / (2 * size - 1);
  const below = (x: number) => (x < 0 ? 1 : -1) * 0.5 * chiSquareTail(x * x, 1) + (x < 0 ? 0 : 1);
  const step = (from: number, to: number) => {
    const high = below((to - from + 0.5) * width + k - mu);
    return to === 0 ? high : high - below((to - from - 0.5) * width + k - mu);
  };
  const chances = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => step(i, j)),
  );
  let lengths = Array<number>(size).fill(1);
  for (let change = 1; change > 1e-12; ) {
    const next = chances.map((row) => row.reduce((sum, p, j) => sum + p * lengths[j], 1));
    change = Math.abs(next[0] - lengths[0]) / next[0];
    lengths = next;
  }
  return lengths[0];
}

const drift = fc.record({
  k: fc.double({ min: 0, max: 3, noNaN: true }),
  mu: fc.double({ min: -1, max: 3, noNaN: true }),
});
const length = fc.double({ min: 0, max: 12, noNaN: true });
const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

describe('cusumArl', () => {
  test.skipIf(!present)('reproduces every case of the reference table', () => {
    const { cases } = JSON.parse(readFileSync(reference, 'utf8')) as ReferenceTable;
    expect(cases.length).toBeGreaterThan(200);
    for (const { arl_one_sided, arl_two_sided, siegmund, ...chart } of cases) {
      // What plain elimination leaves of 16 digits.
      const tolerance = 1e-9 + arl_one_sided * 3e-16;
      expect(Math.abs(cusumArl(chart) / arl_one_sided - 1)).toBeLessThan(tolerance);
      expect(siegmundArl(chart) / siegmund).toBeCloseTo(1, 12);
      if (arl_two_sided !== null)
        expect(Math.abs(twoSidedCusumArl(chart) / arl_two_sided - 1)).toBeLessThan(tolerance);
    }
  });

  test('gives the run lengths of the textbooks', () => {
    // Lucas & Crosier 1982, and Montgomery, Introduction to Statistical Quality Control, table 9.3: two-sided, k = 1/2.
    const shifts = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4];
    const table: Record<number, readonly number[]> = {
      4: [168, 74.2, 26.6, 13.3, 8.38, 4.75, 3.34, 2.62, 2.19, 1.71],
      5: [465, 139, 38, 17, 10.4, 5.75, 4.01, 3.11, 2.57, 2.01],
    };
    for (const h of [4, 5])
      for (const [i, mu] of shifts.entries())
        expect(twoSidedCusumArl({ h, k: 0.5, mu }) / table[h][i]).toBeCloseTo(1, 2);
  });

  test('keeps its digits where runs are long', () => {
    // The same equation solved with 40 digits, mpmath 1.3.
    const exact = [
      [5, 0.5, 930.8870120641235],
      [20, 0.5, 3090078553.0719123],
      [12, 1, 128990773618.01743],
      [13, 1, 953120062863.8091],
    ];
    for (const [h, k, arl] of exact) expect(cusumArl({ h, k }) / arl).toBeCloseTo(1, 12);
  });

  test('agrees with the Markov chain of Brook and Evans', () => {
    for (const chart of [
      { h: 3, k: 0.5 },
      { h: 2.5, k: 0.25, mu: -0.3 },
      { h: 4, k: 0.5, mu: 1 },
      { h: 1, k: 1 },
    ]) {
      // Its error falls with the square of the cells.
      const [coarse, fine] = [brookEvans(chart, 40), brookEvans(chart, 80)];
      expect(cusumArl(chart) / (fine + (fine - coarse) / 3)).toBeCloseTo(1, 4);
    }
  });

  test('a threshold of 0 waits for the first value above k', () => {
    // 1 / P(X > 0.5) and 1 / P(X > 0).
    expect(cusumArl({ h: 0, k: 0.5 })).toBeCloseTo(3.241096704566969, 12);
    expect(cusumArl({ h: 0, k: 0.5, mu: 0.5 })).toBeCloseTo(2, 12);
  });

  test('only the distance of mean and k matters', () => {
    const property = fc.property(length, drift, (h, { k, mu }) => {
      expect(cusumArl({ h, k, mu }) / cusumArl({ h, k: k - mu })).toBeCloseTo(1, 9);
    });
    fc.assert(property, { numRuns: 50 });
  });

  test('runs are longer with a higher threshold and a lower mean, also beyond the longest that is solved', () => {
    const property = fc.property(length, drift, (h, { k, mu }) => {
      const arl = cusumArl({ h, k, mu });
      expect(arl).toBeGreaterThanOrEqual(1);
      expect(cusumArl({ h: h + 0.1, k, mu })).toBeGreaterThan(arl);
      expect(cusumArl({ h, k, mu: mu - 0.1 })).toBeGreaterThan(arl);
    });
    fc.assert(property, { numRuns: 50 });
    for (const k of [0, 0.1, 0.5]) {
      const [before, at, after] = [59.9, 60, 60.1].map((h) => Math.log(cusumArl({ h, k })));
      expect(after - at).toBeGreaterThan(0);
      expect((after - at) / (at - before)).toBeCloseTo(1, 2);
    }
  });

  test('above the longest that is solved, a unit of threshold costs 1 / (mu - k) values with the drift', () => {
    const length = (h: number) => cusumArl({ h, k: 0.5, mu: 1 });
    expect(length(59) - length(58)).toBeCloseTo(2, 9);
    expect(length(61) - length(60)).toBeCloseTo(2, 9);
    expect(length(1000) - length(59)).toBeCloseTo(2 * 941, 6);
  });

  test('runs that no number can hold are infinite', () => {
    for (const k of [1, 10]) expect(cusumArl({ h: 800, k })).toBe(Number.POSITIVE_INFINITY);
    expect(cusumArl({ h: 1, k: 60 })).toBe(Number.POSITIVE_INFINITY);
    expect(cusumArl({ h: 10, k: 0, mu: 60 })).toBe(1);
  });

  test('what is no chart is refused', () => {
    for (const value of [...bad, -1])
      expect(() => cusumArl({ h: value, k: 0.5 })).toThrow(`h is ${value}, expected a finite`);
    for (const value of bad) {
      expect(() => cusumArl({ h: 5, k: value })).toThrow(RangeError);
      expect(() => cusumArl({ h: 5, k: 0.5, mu: value })).toThrow(RangeError);
    }
  });
});

describe('siegmundArl', () => {
  test('is the square of the corrected threshold without drift, and continuous there', () => {
    expect(siegmundArl({ h: 4, k: 0.5, mu: 0.5 })).toBeCloseTo(5.166 ** 2, 12);
    for (const near of [1e-9, 9.6e-5, 9.8e-5])
      expect(siegmundArl({ h: 4, k: near }) / 5.166 ** 2).toBeCloseTo(
        1 + (2 * near * 5.166) / 3,
        6,
      );
  });
});

describe('cusumThreshold', () => {
  test.skipIf(!present)('finds every threshold of the reference table', () => {
    const { h_for_target } = JSON.parse(readFileSync(reference, 'utf8')) as ReferenceTable;
    for (const { k, mu1, ARL0, h, ARL1 } of h_for_target) {
      expect(Math.abs(cusumThreshold({ arl: ARL0, k }) - h)).toBeLessThan(1e-6);
      expect(cusumArl({ h, k, mu: mu1 }) / ARL1).toBeCloseTo(1, 7);
    }
  });

  test('gives the designs of the textbooks', () => {
    // Hawkins 1993, in Montgomery, table 9.4: k and h of two-sided charts with run length 370.
    const designs = [
      [0.25, 8.01],
      [0.5, 4.77],
      [0.75, 3.34],
      [1, 2.52],
      [1.25, 1.99],
      [1.5, 1.61],
    ];
    for (const [k, h] of designs)
      expect(Math.abs(cusumThreshold({ arl: 740, k }) - h)).toBeLessThan(0.015);
  });

  test('is the inverse of the run length, from the shortest to 1e12', () => {
    const property = fc.property(
      fc.double({ min: 0, max: 12, noNaN: true }),
      drift,
      (decades, { k, mu }) => {
        const arl = 10 ** decades;
        const h = cusumThreshold({ arl, k, mu });
        if (h === 0) expect(cusumArl({ h, k, mu })).toBeGreaterThanOrEqual(arl);
        else expect(cusumArl({ h, k, mu }) / arl).toBeCloseTo(1, 9);
      },
    );
    fc.assert(property, { numRuns: 50 });
  });

  test('each decade of run length costs ln 10 / 2k', () => {
    for (const k of [0.25, 0.5, 1]) {
      const decade = cusumThreshold({ arl: 1e11, k }) - cusumThreshold({ arl: 1e10, k });
      expect(decade).toBeCloseTo(Math.LN10 / (2 * k), 3);
    }
  });

  test('is 0 where every threshold runs longer', () => {
    expect(cusumThreshold({ arl: 1, k: 0.5 })).toBe(0);
    expect(cusumThreshold({ arl: 1000, k: 5 })).toBe(0);
  });

  test('what is no run length is refused', () => {
    for (const arl of [...bad, 0, 0.9, -5])
      expect(() => cusumThreshold({ arl, k: 0.5 })).toThrow(`arl is ${arl}, expected a finite`);
    for (const value of bad)
      expect(() => cusumThreshold({ arl: 10, k: value })).toThrow(RangeError);
  });
});
