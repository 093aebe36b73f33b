import type { SeriesValues, WatchedSeries } from '../watched-series.ts';

/** Something that has series to watch. */
export interface SeriesSource {
  /** Reads all of them once a tick; `seconds` is the true length of the tick. */
  read(seconds: number): SeriesValues;
}

/**
 * Joins sources into one. A series keeps the place that it got when its source first told of it, whatever others add
 * later. What `read` answers is made anew each time, so it may be kept or handed to a thread. O(series).
 *
 * @example
 * const all = joinSeries([createMetricSeries(set), createRegisteredSeries()]);
 * all.read(30).values.length; // as many as both have
 */
export function joinSeries(sources: readonly SeriesSource[]): SeriesSource {
  const places: readonly number[][] = sources.map(() => []);
  let taken = 0;
  return {
    read(seconds) {
      const added: WatchedSeries[] = [];
      const parts = sources.map((source, s) => {
        const part = source.read(seconds);
        for (const series of part.added) {
          added.push(series);
          places[s].push(taken);
          taken += 1;
        }
        return part;
      });
      const values = new Float64Array(taken).fill(Number.NaN);
      const trials = new Float64Array(taken).fill(Number.NaN);
      for (let s = 0; s < parts.length; s++) {
        for (let position = 0; position < places[s].length; position++) {
          values[places[s][position]] = parts[s].values[position];
          trials[places[s][position]] = parts[s].trials[position];
        }
      }
      return { added, values, trials };
    },
  };
}
