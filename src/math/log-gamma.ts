const logSqrtTwoPi = Math.log(2 * Math.PI) / 2;

/** From here on the six terms of `stirlingSeries` are exact to 1e-15. */
const asymptotic = 10;

/** As many factors are multiplied faster than two gamma functions are had, and stay finite below 1e38 each. */
const fewFactors = 8;

/**
 * Natural logarithm of the gamma function at a positive number; ln (n - 1)! for a whole one. Stirling's series
 * (Abramowitz & Stegun 6.1.41) from 10 on, below that through Γ(x + 1) = xΓ(x): within 2e-14, relative for large
 * results. Throws RangeError unless `x` is positive and finite. O(1).
 *
 * @example logGamma(5) // 3.178, which is ln 24
 */
export function logGamma(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY))
    throw new RangeError(`argument of log gamma is ${x}, expected positive and finite`);
  let above = x;
  let product = 1;
  for (; above < asymptotic; above++) product *= above;
  const log = (above - 0.5) * Math.log(above) - above + logSqrtTwoPi + stirlingSeries(above);
  return product === 1 ? log : log - Math.log(product);
}

/**
 * Natural logarithm of the rising factorial Γ(x + count) / Γ(x) = x (x + 1) ... (x + count - 1), the factor that counts
 * have in negative binomial and beta-binomial probabilities; 0 for a count of 0. One logarithm for small whole counts,
 * without cancellation there. For `x` above 0 and `count` of at least 0. O(1).
 *
 * @example logRising(3, 2) // 2.485, which is ln 3 · 4
 */
export function logRising(x: number, count: number): number {
  if (count > fewFactors || !Number.isInteger(count)) return logGamma(x + count) - logGamma(x);
  let product = 1;
  for (let i = 0; i < count; i++) product *= x + i;
  return Math.log(product);
}

/**
 * What Stirling's formula lacks: ln Γ(x + 1) - (x + ½) ln x + x - ½ ln 2π for positive `x`, about 1/(12x). A
 * probability written with it has no difference of large logarithms (Loader 2000, Fast and Accurate Computation of
 * Binomial Probabilities). Throws RangeError as `logGamma` does. O(1).
 *
 * @example stirlingError(1) // 0.08106
 */
export function stirlingError(x: number): number {
  if (x >= asymptotic) return stirlingSeries(x);
  return logGamma(x) - (x - 0.5) * Math.log(x) + x - logSqrtTwoPi;
}

/** 1/(12x) - 1/(360x³) + 1/(1260x⁵) - ... */
function stirlingSeries(x: number): number {
  const y = 1 / (x * x);
  return (
    (1 / 12 -
      y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360360)))))) /
    x
  );
}
