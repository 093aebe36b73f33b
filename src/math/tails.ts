import { stirlingError } from './log-gamma.ts';

/** Natural logarithms of the probabilities of both tails of a distribution at a value that belongs to both. */
export interface Tails {
  /** ln P(at least the value), at most 0. */
  readonly upper: number;
  /** ln P(at most the value), at most 0. */
  readonly lower: number;
}

/**
 * Tails of the Poisson distribution: how unlikely `count` events are where `mean` are expected. Exact to 1e-12 as
 * deep as e^-1e5, far below the least double; -Infinity only for the impossible. A count that is not whole is taken
 * between its neighbours by the incomplete gamma functions (Abramowitz & Stegun 26.4.21): P(count, mean) above,
 * Q(count + 1, mean) below. Throws RangeError for a count or a mean that is negative or not finite. O(√mean) near the
 * mean, fewer steps far from it.
 *
 * @example poissonTail(20, 10) // upper -5.669: 0.0035; lower -0.0016
 */
export function poissonTail(count: number, mean: number): Tails {
  check('count', count, Number.MAX_VALUE);
  check('mean', mean, Number.MAX_VALUE);
  return { upper: gammaTails(count, mean).lower, lower: gammaTails(count + 1, mean).upper };
}

/**
 * Tails of the binomial distribution: how unlikely `hits` among `trials` are where each is one with probability
 * `rate`. Accurate as `poissonTail` is, by the incomplete beta function (Abramowitz & Stegun 26.5.24). Throws
 * RangeError for trials that are negative or not finite, hits outside 0 to `trials` and a rate outside 0 to 1.
 * O(√trials) near the expectation, fewer steps far from it.
 *
 * @example binomialTail(8, 10, 0.5) // upper -2.906: 0.0547; lower -0.0108
 */
export function binomialTail(hits: number, trials: number, rate: number): Tails {
  check('trials', trials, Number.MAX_VALUE);
  check('hits', hits, trials);
  check('rate', rate, 1);
  return {
    upper: betaTails(hits, trials - hits + 1, rate).lower,
    lower: betaTails(hits + 1, trials - hits, rate).upper,
  };
}

/** ln P(X = count) of the Poisson distribution by Loader's saddle point (2000), which keeps its digits; count > 0. */
function logPoisson(count: number, mean: number): number {
  return -deviance(count, mean) - stirlingError(count) - Math.log(2 * Math.PI * count) / 2;
}

/** ln P(X = hits) of the binomial distribution, as `logPoisson`; neither hits nor misses 0, rate within 0 to 1. */
function logBinomial(hits: number, trials: number, rate: number): number {
  const misses = trials - hits;
  const errors = stirlingError(trials) - stirlingError(hits) - stirlingError(misses);
  const saddle = deviance(hits, trials * rate) + deviance(misses, trials * (1 - rate));
  return errors - saddle - Math.log(2 * Math.PI * hits * (misses / trials)) / 2;
}

/** ln P(a, x) and ln Q(a, x), the regularised incomplete gamma functions: the smaller one from its own expansion. */
function gammaTails(a: number, x: number): Tails {
  if (a === 0) return { lower: 0, upper: Number.NEGATIVE_INFINITY };
  if (x === 0) return { lower: Number.NEGATIVE_INFINITY, upper: 0 };
  const front = logPoisson(a, x);
  if (x < a + 1) return withUpper(front + Math.log(gammaSeries(a, x)));
  return withLower(front + Math.log(a * gammaFraction(a, x)));
}

/** ln of the regularised incomplete beta function at x, and of what is above: the smaller one from its fraction. */
function betaTails(a: number, b: number, x: number): Tails {
  if (a === 0 || (x === 1 && b > 0)) return { lower: 0, upper: Number.NEGATIVE_INFINITY };
  if (b === 0 || x === 0) return { lower: Number.NEGATIVE_INFINITY, upper: 0 };
  const y = 1 - x;
  const front = logBinomial(a, a + b, x) + Math.log((a / (a + b)) * b);
  if (x < a / (a + b)) return withUpper(front + Math.log(betaFraction(a, b, { x, y })));
  return withLower(front + Math.log(betaFraction(b, a, { x: y, y: x })));
}

function withUpper(lower: number): Tails {
  return { lower: Math.min(0, lower), upper: complement(lower) };
}

function withLower(upper: number): Tails {
  return { lower: complement(upper), upper: Math.min(0, upper) };
}

/** ln (1 - e^log). Above a half `expm1` keeps the digits, below it `log1p` does. */
function complement(log: number): number {
  if (log >= 0) return Number.NEGATIVE_INFINITY;
  return log > -Math.LN2 ? Math.log(-Math.expm1(log)) : Math.log1p(-Math.exp(log));
}

/** count · ln(count / mean) + mean - count, without cancellation where both are close (Loader's bd0). */
function deviance(count: number, mean: number): number {
  const v = (count - mean) / (count + mean);
  if (Math.abs(v) > 0.1) return count * Math.log(count / mean) + mean - count;
  let power = 2 * count * v;
  let sum = (count - mean) * v;
  for (let n = 3, before = Number.NaN; sum !== before; n += 2) {
    before = sum;
    power *= v * v;
    sum += power / n;
  }
  return sum;
}

/** 1 + x/(a+1) + x²/((a+1)(a+2)) + ... (Abramowitz & Stegun 6.5.29). */
function gammaSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** 1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- ...))), Lentz's method (Numerical Recipes 6.2). */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.POSITIVE_INFINITY;
  let d = 1 / b;
  let value = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 4e-16 && n < mostSteps; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    change = c * d;
    value *= change;
  }
  return value;
}

/**
 * The fraction of DiDonato & Morris (1992, Algorithm 708, BFRAC) by Lentz's method; `y` is 1 - x. Unlike that of
 * Abramowitz & Stegun 26.5.8 it keeps its digits for rare hits among very many trials.
 */
function betaFraction(a: number, b: number, { x, y }: { x: number; y: number }): number {
  // The same with x and with y, but for digits.
  const excess = 1 + (x < y ? a - (a + b) * x : (a + b) * y - b);
  let d = (1 + 1 / a) / excess;
  let c = Number.POSITIVE_INFINITY;
  let value = d;
  for (let n = 1, change = 0; Math.abs(change - 1) > 4e-16 && n < mostSteps; n++) {
    const size = a + 2 * n - 1;
    const weight = n * (b - n) * x;
    const numerator = (a + n - 1) * (a + b + n - 1) * (weight / size) * (x / size);
    const denominator = n + weight / size + ((a + n) / (size + 2)) * (excess + n * (1 + y));
    d = 1 / (numerator * d + denominator);
    c = denominator + numerator / c;
    change = c * d;
    value *= change;
  }
  return value;
}

/** Rounding can keep the last digit of a fraction moving for ever. */
const mostSteps = 1e6;

function check(name: string, value: number, most: number): void {
  if (!(value >= 0 && value <= most)) {
    const expected = most === Number.MAX_VALUE ? 'a finite number of at least 0' : `0 to ${most}`;
    throw new RangeError(`${name} is ${value}, expected ${expected}`);
  }
}
