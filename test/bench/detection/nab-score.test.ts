import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSeries, readNabCorpus } from './nab-corpus.ts';
import { bestNabScore, type NabProfile, nabScoreAt, type ScoredRows } from './nab-score.ts';

const standard: NabProfile = { hit: 1, miss: 1, falseAlarm: 0.11 };
const lowMisses: NabProfile = { hit: 1, miss: 2, falseAlarm: 0.11 };

type Windows = ScoredRows['windows'];

/** 100 rows, of which the first 15 are the probation period, with score 1 at the detections. */
function detected(rows: readonly number[], windows: Windows = [[40, 49]]): ScoredRows {
  const scores = Array.from({ length: 100 }, (_, row) => (rows.includes(row) ? 1 : 0));
  return { count: 100, windows, scores };
}

const scoreOf = (rows: readonly number[], windows?: Windows) =>
  nabScoreAt([detected(rows, windows)], standard, 1);

/** The definition, row by row: Σ over windows and rows outside, against nothing and everything found. */
function slowScore(files: readonly ScoredRows[], profile: NabProfile, threshold: number): number {
  const sigma = (y: number) => (y > 3 ? -1 : 2 / (1 + Math.exp(5 * y)) - 1);
  let [raw, windows] = [0, 0];
  for (const { count, windows: all, scores } of files) {
    const from = Math.min(Math.floor(0.15 * count), 750);
    const rows = [...Array(count).keys()].filter((i) => i >= from && scores[i] >= threshold);
    for (const [a, b] of all) {
      const worths = rows
        .filter((i) => i >= a && i <= b)
        .map((i) => (profile.hit * sigma(-(b - i + 1) / (b - a + 1))) / sigma(-1));
      raw += worths.length === 0 ? -profile.miss : Math.max(...worths);
      windows += 1;
    }
    for (const i of rows) {
      if (all.some(([a, b]) => i >= a && i <= b)) continue;
      const last = all.findLast(([, b]) => b < i);
      const worth = last === undefined ? -1 : sigma((i - last[1]) / (last[1] - last[0]));
      raw += profile.falseAlarm * worth;
    }
  }
  const nothing = -windows * profile.miss;
  return (100 * (raw - nothing)) / (windows * profile.hit - nothing);
}

describe('a NAB score, worked by hand', () => {
  test('is 0 for a detector that finds nothing, and for one that says the same of every row', () => {
    expect(scoreOf([])).toBe(0);
    expect(bestNabScore([detected([])], standard)).toEqual({
      score: 0,
      threshold: Number.POSITIVE_INFINITY,
    });
  });

  test('is 100 for the first row of each window and nothing else, in every profile', () => {
    const files = [
      detected([40]),
      detected(
        [20, 60],
        [
          [20, 30],
          [60, 60],
        ],
      ),
    ];
    for (const profile of [standard, lowMisses]) {
      expect(nabScoreAt(files, profile, 1)).toBeCloseTo(100, 10);
      expect(bestNabScore(files, profile).score).toBeCloseTo(100, 10);
    }
  });

  test('falls the later a window is found, and its last row still counts as found', () => {
    // y = -6/10: (2 / (1 + e^-3) - 1) / .98661 = .91743, and with the miss that is avoided 1.91743 of 2.
    expect(scoreOf([44])).toBeCloseTo(95.871, 3);
    // y = -1/10.
    expect(scoreOf([49])).toBeCloseTo(62.412, 3);
  });

  test('takes .11 for a detection before any window: too early is no detection', () => {
    expect(scoreOf([39])).toBeCloseTo(-5.5, 10);
    expect(scoreOf([39, 40])).toBeCloseTo(94.5, 10);
  });

  test('takes little right behind a window and all far from it', () => {
    // y = 1/9: .11 · (2 / (1 + e^(5/9)) - 1) = -.029793.
    expect(scoreOf([50])).toBeCloseTo(-1.4896, 3);
    // y = 31/9, beyond 3.
    expect(scoreOf([80])).toBeCloseTo(-5.5, 10);
    // Behind a window of one row everything is far.
    expect(scoreOf([41], [[40, 40]])).toBeCloseTo(-5.5, 10);
  });

  test('measures from the window before, not from the next', () => {
    const windows = [
      [20, 29],
      [60, 69],
    ] as const;
    expect(scoreOf([59], windows)).toBeCloseTo(-2.75, 10);
  });

  test('counts a window once, by its earliest detection, and false alarms each', () => {
    expect(scoreOf([40, 41, 42, 49])).toBeCloseTo(100, 10);
    expect(scoreOf([40, 20, 21])).toBeCloseTo(89, 10);
  });

  test('ignores the probation period, also where a window begins in it', () => {
    expect(scoreOf([3, 14, 40])).toBeCloseTo(100, 10);
    const windows = [[10, 19]] as const;
    expect(scoreOf([12], windows)).toBe(0);
    // y = -5/10.
    expect(scoreOf([12, 15], windows)).toBeCloseTo(50 + 50 * (0.848284 / 0.986614), 3);
  });

  test('ends the probation period of long files after 750 rows', () => {
    const scores = new Float64Array(10_000);
    scores[750] = 1;
    const file = { count: 10_000, windows: [[750, 800]], scores } as const;
    expect(nabScoreAt([file], standard, 1)).toBeCloseTo(100, 10);
  });

  test('weighs what was missed as its profile says', () => {
    const files = [detected([40]), detected([])];
    expect(nabScoreAt(files, standard, 1)).toBeCloseTo(50, 10);
    // One of two windows, 3 of 6; a false alarm takes .11 of 6.
    expect(nabScoreAt([detected([40, 20]), detected([])], lowMisses, 1)).toBeCloseTo(48.1667, 3);
  });
});

describe('the threshold', () => {
  const scores = (entries: Record<number, number>) =>
    Array.from({ length: 100 }, (_, row) => entries[row] ?? 0);

  test('is one for all files, the best for their sum', () => {
    const loud = { ...detected([]), scores: scores({ 20: 5, 21: 5, 22: 5, 40: 6 }) };
    const soft = { ...detected([]), scores: scores({ 40: 3 }) };
    // At 3 both windows are found for three false alarms; at 6 one window and none.
    const best = bestNabScore([loud, soft], standard);
    expect(best.threshold).toBe(3);
    expect(best.score).toBeCloseTo(100 - 100 * ((3 * 0.11) / 4), 10);
    expect(nabScoreAt([loud, soft], standard, 3)).toBeCloseTo(best.score, 10);
  });

  test('takes rows of one score together or not at all', () => {
    const entries = Object.fromEntries([40, ...Array(25).keys()].map((row) => [row, 1]));
    const file = { ...detected([]), scores: scores(entries) };
    expect(bestNabScore([file], standard).score).toBeCloseTo(100 - 50 * 0.11 * 10, 10);
  });

  test('no threshold is better than the one chosen, and each scores as the definition says', () => {
    const window = fc.tuple(fc.nat(18), fc.nat(4));
    const file = fc
      .record({
        windows: fc.uniqueArray(window, { minLength: 1, maxLength: 3, selector: ([at]) => at }),
        scores: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 100, maxLength: 100 }),
      })
      .map(({ windows, scores }) => ({
        count: 100,
        windows: windows
          .toSorted(([a], [b]) => a - b)
          .map(([at, more]) => [at * 5, at * 5 + more] as const),
        scores,
      }));
    const files = fc.array(file, { minLength: 1, maxLength: 3 });
    const property = fc.property(files, fc.constantFrom(standard, lowMisses), (some, profile) => {
      const best = bestNabScore(some, profile);
      const all = [0, 1, 2, 3, 4, 5, 6].map((threshold) => {
        const score = nabScoreAt(some, profile, threshold);
        expect(score).toBeCloseTo(slowScore(some, profile, threshold), 9);
        return score;
      });
      expect(best.score).toBeCloseTo(Math.max(...all), 9);
    });
    fc.assert(property, { numRuns: 50 });
  });
});

describe('bad input', () => {
  test('scores that are missing or no numbers, and files without any window, are refused', () => {
    const file = { ...detected([]), scores: [1, 2] };
    expect(() => bestNabScore([file], standard)).toThrow('scores are 2, expected 100');
    const nan = { ...detected([]), scores: Array(100).fill(Number.NaN) };
    expect(() => nabScoreAt([nan], standard, 1)).toThrow('score of row 15 is NaN');
    expect(() => bestNabScore([detected([], [])], standard)).toThrow('files have no window');
  });

  const csv = 'timestamp,value\n2014-04-01 00:00:00,1\n2014-04-01 00:05:00,2.5\n';

  test('a file needs its windows, numbers, and window ends among its rows', () => {
    expect(() => parseSeries('a.csv', csv, undefined)).toThrow('a.csv has no entry');
    expect(() => parseSeries('a.csv', `${csv}2014-04-01 00:10:00,x\n`, [])).toThrow(
      'a.csv row 2 is 2014-04-01 00:10:00,x',
    );
    const outside = [['2014-04-01 00:00:00.000000', '2014-04-01 00:07:00.000000']] as const;
    expect(() => parseSeries('a.csv', csv, outside)).toThrow(
      'no row at 2014-04-01 00:07:00.000000',
    );
  });

  test('windows are found by their times, of rows with one time the first', () => {
    const twice = `${csv}2014-04-01 00:05:00,3\n`;
    const window = ['2014-04-01 00:00:00.000000', '2014-04-01 00:05:00.000000'] as const;
    const series = parseSeries('a.csv', twice, [window]);
    expect(series.windows).toEqual([[0, 1]]);
    expect(series.values).toEqual(Float64Array.of(1, 2.5, 3));
    expect(series.atMs[1] - series.atMs[0]).toBe(300_000);
  });
});

const folder = `${process.env.SIGHTLINE_BENCH_DATA ?? '../shared/data'}/anomaly/nab`;
const present = existsSync(folder);
if (!present) process.stderr.write(`skipped: there is no ${folder}\n`);

test.skipIf(!present)('the corpus is read whole, and a detector that knows it has 100', () => {
  const { series, profiles } = readNabCorpus(folder);
  expect(Object.keys(profiles)).toEqual(['standard', 'reward_low_FP_rate', 'reward_low_FN_rate']);
  expect(profiles.standard).toEqual(standard);
  const knowing = series.map((file) => {
    const scores = new Float64Array(file.count);
    for (const [from] of file.windows) scores[from] = 1;
    return { ...file, scores };
  });
  for (const profile of Object.values(profiles))
    expect(bestNabScore(knowing, profile).score).toBeCloseTo(100, 10);
});
