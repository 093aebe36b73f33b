import type { Reading } from './signal.ts';

/** The values of one series at the moments of its signal; null where there was too little to say. */
export interface HistorySeries {
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (number | null)[];
  readonly samples: readonly number[];
}

/** What one signal read at moments of the past, oldest first. */
export interface SignalPast {
  readonly atMs: readonly number[];
  readonly series: readonly HistorySeries[];
}

/** Readings kept in a ring, a fixed time apart. */
export interface SignalHistory {
  /** Keeps the readings of a signal, unless it has some that are younger than the time between two. */
  record(signal: string, readings: readonly Reading[], atMs: number): void;
  /** What is kept of a signal; undefined for one that never read anything. */
  of(signal: string): SignalPast | undefined;
}

/** Bounds of a history. */
export interface HistoryOptions {
  readonly everySeconds?: number;
  /** Moments kept of each signal. */
  readonly points?: number;
  /** Series kept of each signal; later ones are left out. */
  readonly maxSeries?: number;
}

interface Series {
  readonly measure: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Rings by moment; NaN is null. */
  readonly values: Float64Array;
  readonly samples: Float64Array;
}

interface Track {
  readonly atMs: Float64Array;
  readonly series: Map<string, Series>;
  /** Moments ever recorded. */
  moments: number;
}

/**
 * Makes an empty history: an hour in steps of ten seconds unless told otherwise. Memory: 16 bytes a series and
 * moment.
 *
 * @example
 * const history = createHistory();
 * history.record('flow', [{ measure: 'events', labels: {}, value: 3, samples: 3 }], 1000);
 * history.of('flow'); // { atMs: [1000], series: [{ measure: 'events', labels: {}, values: [3], samples: [3] }] }
 */
export function createHistory({
  everySeconds = 10,
  points = 360,
  maxSeries = 500,
}: HistoryOptions = {}): SignalHistory {
  const tracks = new Map<string, Track>();
  return {
    record(signal, readings, atMs) {
      const track = trackOf(tracks, signal, points);
      const { moments } = track;
      const lastAtMs = track.atMs[(moments + points - 1) % points];
      // Reports come a little early or late: half a second of it does not matter.
      if (moments > 0 && atMs - lastAtMs < everySeconds * 1000 - 500) return;
      const at = moments % points;
      track.atMs[at] = atMs;
      for (const { values, samples } of track.series.values()) {
        values[at] = Number.NaN;
        samples[at] = 0;
      }
      for (const reading of readings) {
        const series = seriesOf(track, reading, { points, maxSeries });
        if (series === undefined) continue;
        series.values[at] = reading.value ?? Number.NaN;
        series.samples[at] = reading.samples;
      }
      track.moments += 1;
    },
    of(signal) {
      const track = tracks.get(signal);
      return track === undefined ? undefined : pastOf(track, points);
    },
  };
}

function trackOf(tracks: Map<string, Track>, signal: string, points: number): Track {
  let track = tracks.get(signal);
  if (track === undefined) {
    track = { atMs: new Float64Array(points), series: new Map(), moments: 0 };
    tracks.set(signal, track);
  }
  return track;
}

function seriesOf(
  { series }: Track,
  { measure, labels }: Reading,
  { points, maxSeries }: { points: number; maxSeries: number },
): Series | undefined {
  const key = [measure, ...Object.entries(labels).flat()].join('\0');
  const known = series.get(key);
  if (known !== undefined || series.size >= maxSeries) return known;
  const made = {
    measure,
    labels,
    values: new Float64Array(points).fill(Number.NaN),
    samples: new Float64Array(points),
  };
  series.set(key, made);
  return made;
}

function pastOf({ atMs, series, moments }: Track, points: number): SignalPast {
  const count = Math.min(moments, points);
  const inOrder = Array.from({ length: count }, (_, i) => (moments - count + i) % points);
  return {
    atMs: inOrder.map((at) => atMs[at]),
    series: [...series.values()].map(({ measure, labels, values, samples }) => ({
      measure,
      labels,
      values: inOrder.map((at) => (Number.isNaN(values[at]) ? null : values[at])),
      samples: inOrder.map((at) => samples[at]),
    })),
  };
}
