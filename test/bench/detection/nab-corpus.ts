import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SightlineError } from '../../../src/domain/errors.ts';
import type { LabelledRows, NabProfile } from './nab-score.ts';

/** One series of the Numenta Anomaly Benchmark. */
export interface NabSeries extends LabelledRows {
  /** Folder and file, such as realTraffic/speed_6005.csv. */
  readonly name: string;
  /** Times of the rows, read as UTC; some come twice or go back. */
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** What a NAB folder holds. */
export interface NabCorpus {
  /** In the order of their names. */
  readonly series: readonly NabSeries[];
  /** By name as in profiles.json: standard, reward_low_FP_rate, reward_low_FN_rate. */
  readonly profiles: Readonly<Record<string, NabProfile>>;
}

type Window = readonly [string, string];

/**
 * Reads a folder laid out as the Numenta Anomaly Benchmark: data/GROUP/FILE.csv with the columns timestamp and value,
 * labels/combined_windows.json and profiles.json. SL_DATA_INVALID for a file without windows, a row that is no number
 * and a window whose ends are not rows of its file.
 */
export function readNabCorpus(folder: string): NabCorpus {
  const windows: Record<string, readonly Window[] | undefined> = readJson(
    join(folder, 'labels/combined_windows.json'),
  );
  const names = readdirSync(join(folder, 'data'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.csv'))
    .sort();
  const costs: Record<string, { CostMatrix: Record<string, number> }> = readJson(
    join(folder, 'profiles.json'),
  );
  return {
    series: names.map((name) =>
      parseSeries(name, readFileSync(join(folder, 'data', name), 'utf8'), windows[name]),
    ),
    profiles: Object.fromEntries(
      Object.entries(costs).map(([name, { CostMatrix: cost }]) => [
        name,
        { hit: cost.tpWeight, miss: cost.fnWeight, falseAlarm: cost.fpWeight },
      ]),
    ),
  };
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The rows of a CSV text and its windows as rows. Errors as `readNabCorpus`. */
export function parseSeries(
  name: string,
  text: string,
  windows: readonly Window[] | undefined,
): NabSeries {
  if (windows === undefined)
    throw new SightlineError('SL_DATA_INVALID', `${name} has no entry in combined_windows.json`);
  const lines = text.trim().split(/\r?\n/).slice(1);
  const times = lines.map((line) => line.slice(0, line.indexOf(',')));
  const values = Float64Array.from(lines, (line) => Number(line.slice(line.indexOf(',') + 1)));
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0)
    throw new SightlineError(
      'SL_DATA_INVALID',
      `${name} row ${wrong} is ${lines[wrong]}, expected a time and a number`,
    );
  const rowOf = (time: string) => {
    // Windows are written with microseconds, rows without; of rows with one time the first counts.
    const row = times.indexOf(time.replace(/\.0+$/, ''));
    if (row < 0)
      throw new SightlineError('SL_DATA_INVALID', `${name} has no row at ${time}, a window's end`);
    return row;
  };
  return {
    name,
    atMs: Float64Array.from(times, (time) => Date.parse(`${time.replace(' ', 'T')}Z`)),
    values,
    count: values.length,
    windows: windows.map(([from, to]) => [rowOf(from), rowOf(to)]),
  };
}
