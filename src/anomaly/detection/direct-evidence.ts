import type { Forecast } from './forecast.ts';
import {
  countDivergence,
  divergenceSurprise,
  levelSurprise,
  ratioDivergence,
  type Share,
} from './predictive-tail.ts';
import { kindCodes, type Sample } from './residual.ts';

/** Ticks kept beside the present one: two to four in a row say something, one never does. */
const kept = 3;
/** Surprise beyond which no longer row is asked. */
const plenty = 40;
/** Least and most standard deviation of the logarithm of a rate, beside the law of counts. */
const [leastWander, mostWander] = [0.02, 0.6];
/** Factor of its variance for not knowing its law, which is taken as normal, and farthest it can go in deviations. */
const [unknownLaw, farthest] = [2, 12];
/** Ticks that the noise of a forecast is known from, at most. */
const noiseTicks = 960;
/** Golden ratio, and rounds of a search that find a place to 0.3 %. */
const [golden, rounds] = [(Math.sqrt(5) - 1) / 2, 12];
/** A level is not taken to be steadier than this share of itself. */
const leastSpread = 0.05;
/** Ticks after which the spread of a level may still be twice what it seems. */
const unsureTicks = 20;

/** Ticks in a row that lie on one side, all with the value of the weakest; the trials are those of all of them. */
interface Run extends Sample {
  readonly ticks: number;
  readonly side: 1 | -1;
}

/**
 * What the last two to four ticks say together when every one of them is far out on the same side, from the laws of
 * counts and without a bound, so that it need not add up over many ticks. They count as the weakest of them each, which
 * is why one spike says nothing. 24 bytes a series.
 */
export class DirectEvidence {
  readonly #values: Float32Array;
  readonly #trials: Float32Array;
  readonly #forecast: Forecast;

  constructor(series: number, forecast: Forecast) {
    this.#values = new Float32Array(series * kept).fill(Number.NaN);
    this.#trials = new Float32Array(series * kept);
    this.#forecast = forecast;
  }

  /** Bytes of all columns. */
  get bytes(): number {
    return this.#values.byteLength + this.#trials.byteLength;
  }

  /** Forgets the ticks of a series. */
  clear(series: number): void {
    this.#values.fill(Number.NaN, series * kept, (series + 1) * kept);
  }

  /** Keeps a tick for those that follow. */
  push(series: number, { value, trials }: Sample): void {
    const at = series * kept;
    this.#values.copyWithin(at + 1, at, at + kept - 1);
    this.#trials.copyWithin(at + 1, at, at + kept - 1);
    this.#values[at] = value;
    this.#trials[at] = trials;
  }

  /**
   * Surprise of the present tick, `score` deviations from the forecast, with those before it, however many of them say
   * more; 0 where they do not agree. O(1).
   */
  surprise(series: number, sample: Sample, score: number): number {
    const side = score > 0 ? 1 : -1;
    const { kind } = sample;
    let [value, trials, most] = [sample.value, sample.trials, 0];
    for (let back = 0; back < kept && most < plenty; back++) {
      const before = this.#values[series * kept + back];
      if (Number.isNaN(before)) break;
      value = side > 0 ? Math.min(value, before) : Math.max(value, before);
      trials += this.#trials[series * kept + back];
      // Whoever is not beyond what was expected ends the run.
      if ((value - this.#forecast.expected(series)) * side <= 0) break;
      most = Math.max(most, this.#ofRun(series, { kind, value, trials, ticks: back + 2, side }));
    }
    return most;
  }

  #ofRun(series: number, run: Run): number {
    const { kind, value, ticks, side } = run;
    if (kind === kindCodes.level) return this.#ofLevels(series, run);
    const of = kind === kindCodes.count ? ticks : run.trials;
    const now = { hits: value * of, of };
    const past = this.#past(series, kind);
    const divergence = kind === kindCodes.count ? countDivergence : ratioDivergence;
    // The rate may have wandered a part of the way, at its own cost.
    const variance = this.#wander(series, kind);
    const nats = leastOf(
      (shift) =>
        (shift * shift) / (2 * variance) + divergence(now, shifted(past, kind, shift * side)),
      farthest * Math.sqrt(variance),
    );
    return divergenceSurprise(nats);
  }

  /** What the forecast stands for. */
  #past(series: number, kind: number): Share {
    const forecast = this.#forecast;
    const ticks = forecast.memory(series, kind);
    const of = kind === kindCodes.count ? ticks : ticks * forecast.usualTrials(series);
    const most = kind === kindCodes.count ? Number.POSITIVE_INFINITY : 1;
    return { hits: Math.min(Math.max(0, forecast.expected(series)), most) * of, of };
  }

  /** Noise that resembles itself from tick to tick can be far out twice for one reason. */
  #ofLevels(series: number, { value, ticks, side }: Run): number {
    const forecast = this.#forecast;
    const expected = forecast.expected(series);
    const unsure = 1 + unsureTicks / forecast.ticks(series);
    const spread = Math.max(forecast.spread(series) * unsure, leastSpread * Math.abs(expected));
    const score = ((value - expected) / spread) * side;
    if (!(score > 1)) return 0;
    const fresh = forecast.spread(series) > 0 ? 1 - forecast.carried(series) : 0;
    // What never came in n ticks may come once in 2n + 1 (Jeffreys): latencies of few requests leap like that.
    const rarest = Math.log10(2 * forecast.ticks(series) + 1);
    return (1 + (ticks - 1) * fresh) * Math.min(levelSurprise(score), rarest);
  }

  /** Variance of the logarithm of a rate, or of odds, beside what the law of counts has. */
  #wander(series: number, kind: number): number {
    const forecast = this.#forecast;
    const chance = Math.sqrt(2 / Math.min(forecast.ticks(series), noiseTicks));
    const excess = Math.max(0, forecast.spread(series) ** 2 - 1 - chance);
    const expected = forecast.expected(series);
    const rest = kind === kindCodes.count ? 1 : (1 - expected) * forecast.usualTrials(series);
    const own = Math.min(excess / Math.max(expected * rest, 1e-9), mostWander ** 2);
    return unknownLaw * own + leastWander ** 2;
  }
}

/** A past whose rate, or whose odds, are moved by a factor e^shift. */
function shifted({ hits, of }: Share, kind: number, shift: number): Share {
  const more = (hits + 0.5) * Math.exp(shift);
  if (kind === kindCodes.count) return { hits: more - 0.5, of };
  return { hits: ((of + 1) * more) / (more + of - hits + 0.5) - 0.5, of };
}

/** Least value of a function with one valley on 0 to `end`, by golden section (Kiefer 1953). */
function leastOf(f: (x: number) => number, end: number): number {
  let [from, to] = [0, end];
  let [low, high] = [to - golden * (to - from), from + golden * (to - from)];
  let [atLow, atHigh] = [f(low), f(high)];
  for (let round = 0; round < rounds; round++) {
    if (atLow < atHigh) {
      [to, high, atHigh] = [high, low, atLow];
      low = to - golden * (to - from);
      atLow = f(low);
    } else {
      [from, low, atLow] = [low, high, atHigh];
      high = from + golden * (to - from);
      atHigh = f(high);
    }
  }
  return Math.min(atLow, atHigh);
}
