import { callWithin } from '../../domain/call-within.ts';
import { importPart, type PluginPart } from '../../domain/plugin-part.ts';
import type { WatchedSeries } from '../watched-series.ts';
import { asDetector, checkVerdict, type PluginDetector } from './plugin-detector.ts';

/** What all series read in a tick, by their places. */
export interface TickNumbers {
  readonly series: readonly (WatchedSeries | undefined)[];
  readonly values: Float64Array;
  readonly trials: Float64Array;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** What a detector of a plugin says of a series at the moment. */
export interface PluggedVerdict {
  readonly state: 'quiet' | 'firing';
  readonly direction: 'up' | 'down';
  readonly expected: number;
  /** Epoch milliseconds at which it began to be anomalous. */
  readonly onsetMs: number;
}

/** What a tick found. */
export interface PluggedFindings {
  /** Series that are anomalous, and those that are from now on judged by somebody else. */
  readonly places: readonly number[];
  /** Detectors that failed and are left out. */
  readonly failures: readonly Error[];
}

/** Milliseconds for the values of one tick by one detector. */
const limitMs = 1000;

const unjudged: PluggedVerdict = {
  state: 'quiet',
  direction: 'up',
  expected: Number.NaN,
  onsetMs: 0,
};

/** The detectors of plugins, each for the series that the configuration gives it. One that fails is left out. */
export class PluggedDetectors {
  #running = new Map<string, Running>();
  #released: number[] = [];
  #failures: Error[] = [];

  /** Judges by these from now on; those that ran before go on as they are, and one that failed stays out. */
  async follow(parts: readonly PluginPart[]): Promise<void> {
    const next = new Map<string, Running>();
    for (const part of parts) {
      const key = JSON.stringify(part);
      next.set(key, this.#running.get(key) ?? (await this.#start(part)));
    }
    for (const [key, { judged }] of this.#running)
      if (!next.has(key)) this.#released.push(...judged.keys());
    this.#running = next;
  }

  /** Undefined for a series that no detector of a plugin judges. */
  verdict(place: number): PluggedVerdict | undefined {
    for (const { judged } of this.#running.values()) {
      const found = judged.get(place);
      if (found !== undefined) return found.verdict;
    }
    return undefined;
  }

  /** Takes one tick. O(detectors · series). */
  judge(tick: TickNumbers): PluggedFindings {
    const places = this.#released;
    const failures = this.#failures;
    this.#released = [];
    this.#failures = [];
    for (const one of this.#running.values()) {
      if (one.make === undefined) continue;
      try {
        callWithin(limitMs, () => judgeAll(one, tick));
      } catch (cause) {
        places.push(...one.judged.keys());
        failures.push(failureOf(one.part, cause));
        one.make = undefined;
        one.judged.clear();
      }
      for (const [place, { verdict }] of one.judged)
        if (verdict.state === 'firing') places.push(place);
    }
    return { places, failures };
  }

  async #start(part: PluginPart): Promise<Running> {
    const judged = new Map<number, Judged>();
    const names = new Set(part.series);
    try {
      return { part, names, judged, make: await importPart(part) };
    } catch (cause) {
      this.#failures.push(failureOf(part, cause));
      return { part, names, judged, make: undefined };
    }
  }
}

interface Running {
  readonly part: PluginPart;
  readonly names: ReadonlySet<string>;
  readonly judged: Map<number, Judged>;
  /** Makes a detector for one more series; undefined once one failed. */
  make: (() => unknown) | undefined;
}

interface Judged {
  readonly detect: PluginDetector;
  verdict: PluggedVerdict;
}

function judgeAll({ names, judged, make }: Running, tick: TickNumbers): void {
  for (const [place, series] of tick.series.entries()) {
    if (series === undefined || !names.has(series.name)) continue;
    const known = judged.get(place) ?? { detect: asDetector(make?.()), verdict: unjudged };
    judged.set(place, known);
    known.verdict = verdictOf(known, series, { place, tick });
  }
}

function verdictOf(
  { detect, verdict: before }: Judged,
  { kind, direction: wanted }: WatchedSeries,
  { place, tick: { values, trials, atMs } }: { place: number; tick: TickNumbers },
): PluggedVerdict {
  const value = kind === 'ratio' ? values[place] / trials[place] : values[place];
  // Nobody can say whether what is not measured any more goes on.
  if (!Number.isFinite(value)) return unjudged;
  const { isAnomalous, expected } = checkVerdict(detect(value, atMs));
  const direction = value < expected ? 'down' : 'up';
  const isFiring = isAnomalous && (wanted === 'both' || wanted === direction);
  const goesOn = before.state === 'firing' && before.direction === direction;
  return {
    state: isFiring ? 'firing' : 'quiet',
    direction,
    expected,
    onsetMs: goesOn ? before.onsetMs : atMs,
  };
}

function failureOf({ name, plugin }: PluginPart, cause: unknown): Error {
  const { message } = cause as Error;
  return new Error(
    `detector ${name} of plugin ${plugin} failed and the built-in one takes over: ${message}`,
  );
}
