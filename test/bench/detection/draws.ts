import { gammaln } from 'simple-statistics';
import type { Rng } from '../../../src/math/rng.ts';

/** Random numbers of the distributions that traffic follows. */
export interface Draws {
  /** Uniform in [0, 1). */
  unit(): number;
  /** N(0, 1), by Box and Muller (1958). */
  normal(): number;
  /** Student's t of more than two degrees of freedom, scaled to variance 1 (Bailey 1994). */
  heavy(degrees: number): number;
  /** Gamma of scale 1, for a shape above 0 (Marsaglia & Tsang 2000). */
  gamma(shape: number): number;
  /** Poisson, for a mean of at least 0: inversion, from 10 on transformed rejection (Hörmann 1993). */
  poisson(mean: number): number;
  /** Binomial: inversion, from 10 expected on transformed rejection (Hörmann 1993). */
  binomial(trials: number, rate: number): number;
}

/**
 * Makes draws from uniform numbers. All of them are exact, not approximate: the alarms of a quiet fleet are made of
 * the far tails. O(1) each, below 10 expected O(expected).
 */
export function createDraws(rng: Rng): Draws {
  const { unit } = rng;
  const normal = createNormal(unit);
  const gamma = createGamma(unit, normal);
  return { unit, normal, heavy: createHeavy(unit), gamma, ...createCounts(unit) };
}

function createNormal(unit: () => number): () => number {
  let kept = Number.NaN;
  return () => {
    if (!Number.isNaN(kept)) {
      const value = kept;
      kept = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - unit()));
    const angle = 2 * Math.PI * unit();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function createHeavy(unit: () => number): (degrees: number) => number {
  return (degrees) => {
    for (;;) {
      const [u, v] = [2 * unit() - 1, 2 * unit() - 1];
      const w = u * u + v * v;
      if (w === 0 || w > 1) continue;
      const t = u * Math.sqrt((degrees * (w ** (-2 / degrees) - 1)) / w);
      return t * Math.sqrt((degrees - 2) / degrees);
    }
  };
}

function createGamma(unit: () => number, normal: () => number): (shape: number) => number {
  return function gamma(shape: number): number {
    if (shape < 1) return gamma(shape + 1) * (1 - unit()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - unit()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
}

function createCounts(unit: () => number): Pick<Draws, 'poisson' | 'binomial'> {
  const poisson = (mean: number) => (mean < 10 ? smallPoisson(mean) : largePoisson(mean));
  const binomial = (trials: number, rate: number): number => {
    if (rate > 0.5) return trials - binomial(trials, 1 - rate);
    return trials * rate < 10 ? smallBinomial(trials, rate) : largeBinomial(trials, rate);
  };

  function smallPoisson(mean: number): number {
    let [count, p, u] = [0, Math.exp(-mean), unit()];
    while (u >= p && count < 200) {
      u -= p;
      count += 1;
      p *= mean / count;
    }
    return count;
  }

  /** Algorithm PTRS. */
  function largePoisson(mean: number): number {
    const b = 0.931 + 2.53 * Math.sqrt(mean);
    const a = -0.059 + 0.02483 * b;
    const inverse = 1.1239 + 1.1328 / (b - 3.4);
    for (;;) {
      const u = unit() - 0.5;
      const v = 1 - unit();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
      if (us >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return count;
      if (count < 0 || (us < 0.013 && v > us)) continue;
      const log = count * Math.log(mean) - mean - gammaln(count + 1);
      if (Math.log((v * inverse) / (a / (us * us) + b)) <= log) return count;
    }
  }

  function smallBinomial(trials: number, rate: number): number {
    const odds = rate / (1 - rate);
    let [count, p, u] = [0, Math.exp(trials * Math.log1p(-rate)), unit()];
    while (u >= p && count < trials) {
      u -= p;
      count += 1;
      p *= (odds * (trials - count + 1)) / count;
    }
    return count;
  }

  /** Algorithm BTRS. */
  function largeBinomial(trials: number, rate: number): number {
    const spread = Math.sqrt(trials * rate * (1 - rate));
    const b = 1.15 + 2.53 * spread;
    const a = -0.0873 + 0.0248 * b + 0.01 * rate;
    const alpha = (2.83 + 5.1 / b) * spread;
    const mode = Math.floor((trials + 1) * rate);
    const logOdds = Math.log(rate / (1 - rate));
    const atMode = gammaln(mode + 1) + gammaln(trials - mode + 1);
    for (;;) {
      const u = unit() - 0.5;
      const v = 1 - unit();
      const us = 0.5 - Math.abs(u);
      const count = Math.floor(((2 * a) / us + b) * u + trials * rate + 0.5);
      if (us >= 0.07 && v <= 0.92 - 4.2 / b) return count;
      if (count < 0 || count > trials) continue;
      const log =
        atMode - gammaln(count + 1) - gammaln(trials - count + 1) + (count - mode) * logOdds;
      if (Math.log((v * alpha) / (a / (us * us) + b)) <= log) return count;
    }
  }

  return { poisson, binomial };
}
