const rootTwoPi = Math.sqrt(2 * Math.PI);
/** Half an event: a whole number stands for all values that are rounded to it. */
const correction = 0.5;
/** What the past is believed to hold beside what was seen in it (Jeffreys), so that nothing seen is not never. */
const unseen = 0.5;
/** Farther out than any law of noise can be trusted. */
const farthest = 1e4;

/** What was seen, and how much of it could be. */
export interface Share {
  /** Events of a count, hits of a ratio. */
  readonly hits: number;
  /** Ticks of a count, trials of a ratio; more than 0. */
  readonly of: number;
}

/**
 * How far a count is from a past of the same Poisson law that is itself only so long, in nats: the logarithm of the
 * likelihood ratio of two rates against one, 0 where the rates are equal. O(1).
 *
 * @example countDivergence({ hits: 0, of: 1 }, { hits: 5000, of: 100 }) // 47.0, as half an event is taken for none
 */
export function countDivergence(now: Share, past: Share): number {
  const before = past.hits + unseen;
  const usual = (before / past.of) * now.of;
  const seen = towards(now.hits, usual);
  if (seen === usual) return 0;
  const common = (seen + before) / (now.of + past.of);
  return Math.max(0, term(seen, common * now.of) + term(before, common * past.of));
}

/**
 * As `countDivergence`, for hits among trials and binomial laws. O(1).
 *
 * @example ratioDivergence({ hits: 6, of: 20 }, { hits: 0, of: 2600 }) // 25.9
 */
export function ratioDivergence(now: Share, past: Share): number {
  const before = past.hits + unseen;
  const of = past.of + 2 * unseen;
  const usual = (before / of) * now.of;
  const seen = towards(now.hits, usual);
  if (seen === usual) return 0;
  const common = (seen + before) / (now.of + of);
  const hits = term(seen, common * now.of) + term(before, common * of);
  const misses = term(now.of - seen, (1 - common) * now.of) + term(of - before, (1 - common) * of);
  return Math.max(0, hits + misses);
}

/**
 * Decimal logarithm, negated, of the tail at a divergence: its signed root is nearly a normal score (McCullagh &
 * Nelder 1989, 2.3), whose tail has the bound of Mills. From a surprise of 2 on this is at most 0.2 more than the
 * Poisson, binomial, negative binomial and beta-binomial tails say, and up to 2.2 less where next to nothing was to be
 * expected. O(1).
 *
 * @example divergenceSurprise(47.0) // 21.8, where e^-50 has 21.7
 */
export function divergenceSurprise(nats: number): number {
  return nats * Math.LOG10E + Math.log10(Math.max(2, Math.sqrt(2 * nats) * rootTwoPi));
}

/**
 * Decimal logarithm, negated, of the upper tail of Student's law with 4 degrees of freedom, scaled to a variance of 1:
 * what a level can do whose noise has no law. Beyond 40 deviations it is heavier than log-normal noise with a
 * deviation of 0.8. With s = z / √(2 + z²) the tail is (1 - s)² (2 + s) / 4. O(1).
 *
 * @example levelSurprise(10) // 4.14
 */
export function levelSurprise(score: number): number {
  const z = Math.min(score, farthest);
  const s = z / Math.sqrt(2 + z * z);
  const rest = 2 / (2 + z * z) / (1 + s);
  return -Math.log10((rest * rest * (2 + s)) / 4);
}

function towards(hits: number, usual: number): number {
  if (hits > usual) return Math.max(usual, hits - correction);
  return Math.min(usual, hits + correction);
}

function term(seen: number, expected: number): number {
  return seen > 0 ? seen * Math.log(seen / expected) : 0;
}
