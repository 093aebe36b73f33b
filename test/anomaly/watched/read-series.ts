import type { SeriesSource } from '../../../src/anomaly/watched/all-series.ts';
import type { WatchedSeries } from '../../../src/anomaly/watched-series.ts';

/** One reading by the names of the series, as somebody sees it who keeps the list of all that were ever added. */
export interface NamedReading {
  readonly values: Readonly<Record<string, number>>;
  readonly trials: Readonly<Record<string, number>>;
  readonly added: readonly WatchedSeries[];
}

/** Follows a source as the detector does; a series is named `name` or `name{value,...}`. */
export function following(source: SeriesSource): (seconds?: number) => NamedReading {
  const known: string[] = [];
  return (seconds = 30) => {
    const { added, values, trials } = source.read(seconds);
    known.push(...added.map(nameOf));
    if (values.length !== known.length || trials.length !== known.length) {
      throw new Error(
        `${values.length} values and ${trials.length} trials of ${known.length} series`,
      );
    }
    const named = (numbers: Float64Array) =>
      Object.fromEntries(known.map((name, position) => [name, numbers[position]]));
    return { values: named(values), trials: named(trials), added };
  };
}

function nameOf({ name, labels }: WatchedSeries): string {
  const values = Object.values(labels);
  return values.length === 0 ? name : `${name}{${values.join()}}`;
}
