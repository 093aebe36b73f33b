import type { SeriesKind } from '../../../src/anomaly/detection/series-bank.ts';
import type { Draws } from './draws.ts';

/** A simulated series: quiet while its change says nothing. */
export interface QuietSeries {
  readonly kind: SeriesKind;
  readonly family: string;
  /** What is injected; may be set at any time. */
  readonly change: Change;
  /** Trials of the last value of a ratio, 0 for the other kinds. */
  trials: number;
  /** The value of the tick at this time: level, events, or hits among `trials`. */
  next(atSeconds: number): number;
}

/** How far a series is from its quiet self. */
export interface Change {
  /** Factor of what is expected of a count, 1 while quiet. */
  gain: number;
  /** Rate of a ratio in place of its own, NaN while quiet. */
  rate: number;
  /** Added to a level, in standard deviations, 0 while quiet. */
  shift: number;
}

/** How a family draws the numbers that a series keeps for life, and what it makes of them. */
type Family = (draws: Draws, over?: Partial<Traits>) => Omit<QuietSeries, 'family'>;

/** Numbers that a series keeps for life. */
interface Traits {
  /** Level: its middle; count: expected events a tick; ratio: expected trials a tick. */
  readonly mean: number;
  /** Level: standard deviation; bursty counts and ratios: that of the logarithm of the intensity. */
  readonly spread: number;
  /** Correlation of neighbouring ticks. */
  readonly memory: number;
  /** Degrees of freedom of the noise, Infinity for the normal distribution. */
  readonly degrees: number;
  /** Daily swing: of a level in standard deviations, else as a share of the mean. */
  readonly swing: number;
  /** Of a ratio. */
  readonly rate: number;
}

const daySeconds = 86_400;

const quiet = (): Change => ({ gain: 1, rate: Number.NaN, shift: 0 });

/** The families of a quiet fleet, by name; the name begins with the kind. */
export const families = {
  'level steady': levelFamily(() => ({})),
  'level correlated': levelFamily((draws) => ({ memory: pick(draws, [0.3, 0.6, 0.9]) })),
  'level heavy': levelFamily((draws) => ({
    memory: between(draws, 0, 0.9),
    degrees: between(draws, 4, 8),
  })),
  'level seasonal': levelFamily((draws) => ({
    memory: between(draws, 0, 0.6),
    degrees: 5,
    swing: between(draws, 1, 5),
  })),
  'level skewed': levelFamily(
    (draws) => ({ memory: between(draws, 0, 0.9), spread: between(draws, 0.2, 0.8) }),
    (x, { mean, spread }) => mean * Math.exp(spread * x),
  ),
  'level whole': levelFamily(
    (draws) => ({
      memory: between(draws, 0, 0.9),
      mean: Math.round(scaled(draws, 3, 300)),
      spread: between(draws, 0.3, 3),
    }),
    (x, { mean, spread }) => Math.round(mean + spread * x),
  ),
  'level constant': levelFamily(
    () => ({}),
    (_, { mean }) => mean,
  ),
  'count small': countFamily((draws) => ({ mean: scaled(draws, 0.2, 5) })),
  'count middle': countFamily((draws) => ({ mean: scaled(draws, 5, 200) })),
  'count large': countFamily((draws) => ({ mean: scaled(draws, 200, 10_000) })),
  'count bursty': countFamily((draws) => ({
    mean: scaled(draws, 1, 3000),
    spread: between(draws, 0.1, 0.5),
    memory: between(draws, 0, 0.9),
  })),
  'ratio few': ratioFamily((draws) => ({ mean: scaled(draws, 0.2, 30) })),
  'ratio many': ratioFamily((draws) => ({ mean: scaled(draws, 30, 100_000) })),
  'ratio bursty': ratioFamily((draws) => ({
    mean: scaled(draws, 30, 10_000),
    spread: between(draws, 0.05, 0.3),
    memory: between(draws, 0, 0.9),
  })),
} satisfies Record<string, Family>;

/** Name of a family of quiet series. */
export type FamilyName = keyof typeof families;

/** Standard deviations from the middle become a value: mean + spread · x unless the family says otherwise. */
type Shape = (x: number, traits: Traits) => number;

function levelFamily(
  traitsOf: (draws: Draws) => Partial<Traits>,
  shape: Shape = (x, { mean, spread }) => mean + spread * x,
): Family {
  return (draws, over) => {
    const mean = scaled(draws, 1e-3, 1e6);
    const own = { mean, spread: mean * scaled(draws, 1e-3, 0.5), ...traitsOf(draws), ...over };
    const traits = complete(own);
    const [noise, season] = [createNoise(draws, traits), createSeason(draws, traits)];
    const change = quiet();
    const next = (at: number) => shape(noise() + season(at) + change.shift, traits);
    return { kind: 'level', change, trials: 0, next };
  };
}

function countFamily(traitsOf: (draws: Draws) => Partial<Traits>): Family {
  return (draws, over) => {
    const own = { swing: between(draws, 0, 0.5), ...traitsOf(draws), ...over };
    const expected = createIntensity(draws, complete(own));
    const change = quiet();
    const next = (at: number) => draws.poisson(change.gain * expected(at));
    return { kind: 'count', change, trials: 0, next };
  };
}

function ratioFamily(traitsOf: (draws: Draws) => Partial<Traits>): Family {
  return (draws, over) => {
    const own = { swing: between(draws, 0, 0.5), ...traitsOf(draws), ...over };
    const traits = complete({ rate: scaled(draws, 0.001, 0.5), ...own });
    const expected = createIntensity(draws, { ...traits, spread: 0 });
    const burst = createNoise(draws, traits);
    const change = quiet();
    const series = {
      kind: 'ratio' as const,
      change,
      trials: 0,
      next(at: number) {
        const rate = Number.isNaN(change.rate) ? traits.rate : change.rate;
        const present = traits.spread === 0 ? rate : rate * Math.exp(traits.spread * burst());
        series.trials = draws.poisson(change.gain * expected(at));
        return draws.binomial(series.trials, Math.min(present, 0.95));
      },
    };
    return series;
  };
}

/** Expected events as a function of time: the mean with its season and, where it is bursty, with its bursts. */
function createIntensity(draws: Draws, traits: Traits): (atSeconds: number) => number {
  const { mean, spread } = traits;
  const season = createSeason(draws, traits);
  if (spread === 0) return (at) => mean * (1 + season(at));
  const burst = createNoise(draws, traits);
  // The mean of a log-normal variable is above the exponential of its middle.
  return (at) => mean * (1 + season(at)) * Math.exp(spread * burst() - spread ** 2 / 2);
}

/** Noise of variance 1 and the correlation `memory`. */
function createNoise(draws: Draws, { memory, degrees }: Traits): () => number {
  const fresh = degrees === Number.POSITIVE_INFINITY ? draws.normal : () => draws.heavy(degrees);
  if (memory === 0) return fresh;
  const share = Math.sqrt(1 - memory ** 2);
  let x = fresh();
  return () => {
    x = memory * x + share * fresh();
    return x;
  };
}

/** A wave a day, whose height falls by half and rises again within the week. */
function createSeason(draws: Draws, { swing }: Traits): (atSeconds: number) => number {
  const phase = 2 * Math.PI * draws.unit();
  if (swing === 0) return () => 0;
  return (at) => {
    const days = at / daySeconds;
    const week = 0.75 + 0.25 * Math.cos((2 * Math.PI * days) / 7);
    return swing * week * Math.sin(2 * Math.PI * days + phase);
  };
}

function complete(traits: Partial<Traits>): Traits {
  const none = { mean: 0, spread: 0, memory: 0, swing: 0, rate: 0 };
  return { ...none, degrees: Number.POSITIVE_INFINITY, ...traits };
}

const between = ({ unit }: Draws, low: number, high: number) => low + (high - low) * unit();
const scaled = (draws: Draws, low: number, high: number) =>
  Math.exp(between(draws, Math.log(low), Math.log(high)));
const pick = <T>({ unit }: Draws, list: readonly T[]) => list[Math.floor(unit() * list.length)];

/** Makes a series of a family, with some of its numbers given. */
export function createQuietSeries(
  family: FamilyName,
  draws: Draws,
  over: Partial<Traits> = {},
): QuietSeries {
  return Object.assign(families[family](draws, over), { family });
}
