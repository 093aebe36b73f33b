import type { SeriesValues, WatchedSeries } from '../watched-series.ts';
import { isSoundTick } from './check-tick.ts';
import { LabelSlices, type Slice } from './label-slices.ts';
import { type LeafTick, leafLabels } from './leaf-tick.ts';
import { markCount } from './marks.ts';
import { SlowBounds } from './slow-bounds.ts';
import {
  bucketsIn,
  hitStatistics,
  isTried,
  latencyStatistics,
  readStatistic,
  type Statistic,
  sliceStatistics,
  slowStatistic,
} from './statistics.ts';
import { valueNames } from './value-names.ts';

/** The measures of the cube as series, tick by tick. */
export interface CubeSeries {
  /** What a tick says of every series so far; all NaN for a tick that cannot be counted with. */
  read(tick: LeafTick): SeriesValues;
  /** Series known. */
  readonly size: number;
}

/** Surroundings and bounds of the series. */
export interface CubeSeriesOptions {
  /** Names of the declared labels, which stand after `leafLabels`. */
  readonly labels: readonly string[];
  /** The name behind a code of an event. */
  readonly nameOf: (code: number) => string;
  /** Length to which counts are scaled, and rounded; absent: they stay as counted. */
  readonly tickSeconds?: number | undefined;
  readonly maxSeries?: number;
  /** Values watched of each label: the first to come, the biggest first. */
  readonly maxValues?: number;
}

/** A series and where it is read. */
interface Reader {
  readonly slice: number;
  readonly statistic: Statistic;
  /** Of the bound of slow requests, where it is their share. */
  readonly version?: number;
}

/** Labels whose values have latency quantiles of their own: the first four. */
const latencyLabels = 4;
/** Ticks this many times longer or shorter than they should be tell no counts. */
const oddLength = 3;

/**
 * Makes the series of no traffic yet: each measure of all traffic and of each value of each label, fallbacks and
 * degradations by stage and by reason, and the share of slow requests and latency quantiles by work, strategy, segment
 * and catalogue. A series begins
 * with its first trial, those of a reason with their first hit. From then on a tick without requests is a count of 0 and
 * a ratio that is not measured. A tick costs O(cells · labels + series · marks).
 *
 * @example
 * const series = createCubeSeries({ labels: [], nameOf });
 * series.read(tick).added; // [{ name: 'requests', labels: {}, kind: 'count', … }, …]
 */
export function createCubeSeries({
  labels: declared,
  nameOf,
  tickSeconds,
  maxSeries = 2000,
  maxValues = 50,
}: CubeSeriesOptions): CubeSeries {
  const labels = [...leafLabels, ...declared];
  const names = valueNames(nameOf);
  const slices = new LabelSlices(labels.length, maxValues);
  const readers: Reader[] = [];
  const known = new Set<string>();
  const bounds = new SlowBounds();

  const describe = ({ label, code }: Slice, statistic: Statistic): WatchedSeries => {
    const { name, kind, direction, measure } = statistic;
    const own = label < 0 ? {} : { [labels[label]]: names(labels[label], code) };
    return { name, labels: { ...own, ...statistic.labels }, kind, direction, measure };
  };
  const admit = (): WatchedSeries[] => {
    const added: WatchedSeries[] = [];
    for (const [slice, of] of slices.slices.entries()) {
      for (const [at, statistic] of statisticsOf(of).entries()) {
        if (readers.length >= maxSeries) return added;
        const key = `${slice} ${at}`;
        if (known.has(key) || !isTried(statistic, slices.counts, slice * markCount)) continue;
        known.add(key);
        readers.push({ slice, statistic });
        added.push(describe(of, statistic));
      }
    }
    return added;
  };
  /** A bound that moves begins a new series: shares over two bounds cannot be compared. */
  const admitSlow = (): WatchedSeries[] => {
    const added: WatchedSeries[] = [];
    for (const [slice, of] of slices.slices.entries()) {
      if (of.label >= latencyLabels) continue;
      bounds.learn(slice, bucketsIn(slowStatistic.trials, slices.counts, slice * markCount));
      const version = bounds.version(slice);
      const key = `${slice} slow ${version}`;
      if (version === 0 || known.has(key) || readers.length >= maxSeries) continue;
      known.add(key);
      readers.push({ slice, statistic: slowStatistic, version });
      added.push(describe(of, slowStatistic));
    }
    return added;
  };
  const readOne = ({ slice, statistic, version }: Reader) => {
    if (version === undefined) return readStatistic(statistic, slices.counts, slice * markCount);
    if (version !== bounds.version(slice)) return { value: Number.NaN, trials: Number.NaN };
    const buckets = bucketsIn(statistic.trials, slices.counts, slice * markCount);
    const trials = sumFrom(buckets, 0);
    return { value: trials > 0 ? sumFrom(buckets, bounds.of(slice) ?? 0) : Number.NaN, trials };
  };
  const read = (tick: LeafTick): SeriesValues => {
    const isSound = isSoundTick(tick, labels.length);
    if (isSound) slices.count(tick);
    const added = isSound ? [...admit(), ...admitSlow()] : [];
    const values = new Float64Array(readers.length).fill(Number.NaN);
    const trials = new Float64Array(readers.length).fill(Number.NaN);
    if (!isSound) return { added, values, trials };
    const length = tickSeconds === undefined ? 1 : tickSeconds / tick.seconds;
    for (const [at, reader] of readers.entries()) {
      const found = readOne(reader);
      values[at] = reader.statistic.kind === 'count' ? scaled(found.value, length) : found.value;
      trials[at] = found.trials;
    }
    return { added, values, trials };
  };
  return {
    read,
    get size() {
      return readers.length;
    },
  };
}

function statisticsOf({ label }: Slice): readonly Statistic[] {
  if (label < 0) return ofAll;
  return label < latencyLabels ? ofTimed : sliceStatistics;
}

const ofTimed = [...sliceStatistics, ...latencyStatistics];
const ofAll = [...ofTimed, ...hitStatistics];

function scaled(count: number, factor: number): number {
  if (factor === 1) return count;
  return factor > oddLength || factor < 1 / oddLength ? Number.NaN : Math.round(count * factor);
}

function sumFrom(buckets: Float64Array, first: number): number {
  let sum = 0;
  for (let b = first; b < buckets.length; b++) sum += buckets[b];
  return sum;
}
