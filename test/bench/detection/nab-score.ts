import { SightlineError } from '../../../src/domain/errors.ts';

/** Rows of a file and which of them are labelled. */
export interface LabelledRows {
  readonly count: number;
  /** First and last row of each anomaly window, ascending. */
  readonly windows: readonly (readonly [number, number])[];
}

/** A file with the anomaly score of each row; more is more anomalous. */
export interface ScoredRows extends LabelledRows {
  readonly scores: ArrayLike<number>;
}

/** What detections are worth. */
export interface NabProfile {
  /** For the earliest detection in a window. */
  readonly hit: number;
  /** Taken for a window without a detection. */
  readonly miss: number;
  /** Taken for a detection far from a window. */
  readonly falseAlarm: number;
}

/** A corpus under one threshold. */
export interface NabScore {
  /** 100 for the first row of each window and nothing else, 0 for no detections; negative for worse. */
  readonly score: number;
  /** Rows with at least this score are detections; Infinity for none. */
  readonly threshold: number;
}

/** Value of a detection at a place: -1 at the begin of a window, 0 behind its end, rising to 3 and more. */
const worthAt = (place: number) => (place > 3 ? -1 : 2 / (1 + Math.exp(5 * place)) - 1);

/**
 * Score of the Numenta Anomaly Benchmark (Lavin & Ahmad 2015, as its code computes it) with the one threshold over all
 * files that is best for them. Equal scores are detections together. SL_DATA_INVALID where a file does not have one
 * score a row or one is NaN, and where no file has a window. O(rows log rows).
 *
 * @example bestNabScore([{ count: 10, windows: [[4, 5]], scores: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0] }], profile)
 * // { score: 100, threshold: 1 }
 */
export function bestNabScore(files: readonly ScoredRows[], profile: NabProfile): NabScore {
  const detections = files.flatMap((file) => judgeRows(file, profile));
  detections.sort((a, b) => b.score - a.score);
  const best = { raw: 0, threshold: Number.POSITIVE_INFINITY };
  const caught = new Map<object, number>();
  let raw = 0;
  for (const [i, { score, worth, window }] of detections.entries()) {
    raw += window === undefined ? worth : gain(caught, window, worth + profile.miss);
    if (score !== detections[i + 1]?.score && raw > best.raw) {
      best.raw = raw;
      best.threshold = score;
    }
  }
  return { score: normalise(best.raw, files, profile), threshold: best.threshold };
}

/** Score with a threshold that was chosen elsewhere. Errors and cost as `bestNabScore`. */
export function nabScoreAt(
  files: readonly ScoredRows[],
  profile: NabProfile,
  threshold: number,
): number {
  const caught = new Map<object, number>();
  let raw = 0;
  for (const file of files)
    for (const { score, worth, window } of judgeRows(file, profile))
      if (score >= threshold)
        raw += window === undefined ? worth : gain(caught, window, worth + profile.miss);
  return normalise(raw, files, profile);
}

/** What a file's row would add as a detection; `window` is the one that it lies in. */
interface Judged {
  readonly score: number;
  readonly worth: number;
  readonly window: object | undefined;
}

/** Every row behind the probation period: 15 % of the rows, at most 750. */
function judgeRows({ count, windows, scores }: ScoredRows, profile: NabProfile): Judged[] {
  if (scores.length !== count)
    throw new SightlineError('SL_DATA_INVALID', `scores are ${scores.length}, expected ${count}`);
  const judged: Judged[] = [];
  for (let row = Math.min(Math.floor(0.15 * count), 750); row < count; row++) {
    const score = scores[row];
    if (Number.isNaN(score))
      throw new SightlineError('SL_DATA_INVALID', `score of row ${row} is NaN, expected a number`);
    const window = windows.find(([from, to]) => row >= from && row <= to);
    judged.push({ score, worth: worthOf(row, { window, windows }, profile), window });
  }
  return judged;
}

type Window = LabelledRows['windows'][number];

function worthOf(
  row: number,
  { window, windows }: { window: Window | undefined; windows: readonly Window[] },
  { hit, falseAlarm }: NabProfile,
): number {
  if (window !== undefined) {
    const [from, to] = window;
    return (hit * worthAt(-(to - row + 1) / (to - from + 1))) / worthAt(-1);
  }
  const before = windows.findLast(([, to]) => to < row);
  if (before === undefined) return -falseAlarm;
  return falseAlarm * worthAt((row - before[1]) / (before[1] - before[0]));
}

/** Only the best detection of a window counts, and the window is no longer missed. */
function gain(caught: Map<object, number>, window: object, worth: number): number {
  const before = caught.get(window) ?? 0;
  caught.set(window, Math.max(before, worth));
  return Math.max(0, worth - before);
}

/** `raw` is what detections add to a corpus of which every window is missed. */
function normalise(raw: number, files: readonly ScoredRows[], { hit, miss }: NabProfile): number {
  const windows = files.reduce((sum, file) => sum + file.windows.length, 0);
  if (windows === 0)
    throw new SightlineError('SL_DATA_INVALID', 'files have no window, expected one or more');
  return (100 * raw) / (windows * (hit + miss));
}
