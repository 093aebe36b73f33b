import { SeriesBank } from '../../../src/anomaly/detection/series-bank.ts';
import { round } from '../harness/spread.ts';
import { type NabSeries, readNabCorpus } from './nab-corpus.ts';
import { bestNabScore, type NabProfile, nabScoreAt, type ScoredRows } from './nab-score.ts';

const names = {
  standard: 'standard',
  low_fp: 'reward_low_FP_rate',
  low_fn: 'reward_low_FN_rate',
} as const;

/**
 * Every series of a NAB folder through a bank of its own, one row a tick, in order: each score is asked for before the
 * next row is shown. `two_fold` has the threshold from the files of even places for those of odd ones, and the reverse,
 * and both together.
 */
export function scoreNab(folder: string, log: (line: string) => void) {
  const { series, profiles } = readNabCorpus(folder);
  const startedAt = performance.now();
  const files = series.map((one) => ({ ...one, scores: scoreRows(one) }));
  const points = series.reduce((sum, { count }) => sum + count, 0);
  const usPerPoint = round(((performance.now() - startedAt) * 1000) / points);
  const best = (name: string) => bestNabScore(files, profiles[name]);
  const { threshold } = best(names.standard);
  for (const file of files.filter(({ windows }) => windows.length > 0))
    log(`${file.name.padEnd(60)} ${round(nabScoreAt([file], profiles.standard, threshold))}`);
  return {
    standard: round(best(names.standard).score),
    low_fp: round(best(names.low_fp).score),
    low_fn: round(best(names.low_fn).score),
    two_fold: Object.fromEntries(
      Object.entries(names).map(([short, name]) => [short, twoFold(files, profiles[name])]),
    ),
    files: files.length,
    windows: countWindows(files),
    points,
    us_per_point: usPerPoint,
  };
}

/** What the rows of most files are apart. */
const tickSeconds = 300;

/** The surprise of each row. Rows come a tick apart whatever their times say: some stand still or go back. */
function scoreRows({ count, values, atMs }: NabSeries): Float64Array {
  const bank = new SeriesBank({ tickSeconds, maxSeries: 1 });
  const place = bank.add({ kind: 'level', direction: 'both' });
  const [value, trials] = [new Float64Array(1), new Float64Array(1)];
  const scores = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    value[0] = values[row];
    bank.tick(value, trials, atMs[0] + row * tickSeconds * 1000);
    scores[row] = bank.surprise(place);
  }
  return scores;
}

function twoFold(files: readonly ScoredRows[], profile: NabProfile) {
  const [even, odd] = [0, 1].map((half) => files.filter((_, i) => i % 2 === half));
  const evenScore = nabScoreAt(even, profile, bestNabScore(odd, profile).threshold);
  const oddScore = nabScoreAt(odd, profile, bestNabScore(even, profile).threshold);
  const share = countWindows(even) / countWindows(files);
  return {
    even: round(evenScore),
    odd: round(oddScore),
    both: round(share * evenScore + (1 - share) * oddScore),
  };
}

function countWindows(files: readonly ScoredRows[]): number {
  return files.reduce((sum, { windows }) => sum + windows.length, 0);
}
