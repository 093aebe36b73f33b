/** How a number of the outside becomes a score: more is better, and 0 is no opinion. */
export const scoreTransforms = ['none', 'log', 'reciprocal'] as const;
export type ScoreTransform = (typeof scoreTransforms)[number];

/** Far beyond any sensible score, and still finite when many of them are added up as 32-bit numbers. */
const mostScore = 1e30;

/**
 * Makes the function of a transform: the number itself, `ln(1 + x)` for what is spread over magnitudes, or `1 / x` for
 * what is better when it is less. Its value is always from 0 to 1e30; what has none is 0.
 *
 * @example createTransform('log')(Math.E - 1) // 1
 */
export function createTransform(transform: ScoreTransform): (value: number) => number {
  const raw = formulas[transform];
  return (value) => {
    const score = raw(value);
    return score > 0 ? Math.min(score, mostScore) : 0;
  };
}

const formulas: Readonly<Record<ScoreTransform, (value: number) => number>> = {
  none: (value) => value,
  log: (value) => Math.log1p(value),
  reciprocal: (value) => (value > 0 ? 1 / value : 0),
};
