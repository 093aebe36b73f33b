/** Maps values of a range on pixels; the lowest value may be the highest pixel. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

/** A linear scale; a range without length is mapped on its first pixel. */
export function linearScale(
  [low, high]: readonly [number, number],
  [first, last]: readonly [number, number],
): Scale {
  const length = high - low || 1;
  return { low, high, at: (value) => first + ((value - low) / length) * (last - first) };
}

/**
 * Round values through a range, at most `most` + 1 of them.
 *
 * @example niceTicks([0, 0.93], 4) // [0, 0.25, 0.5, 0.75]
 */
export function niceTicks([low, high]: readonly [number, number], most: number): number[] {
  const step = niceStep((high - low) / most);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // Divided by a whole number, ticks have no digits that multiplication leaves behind.
  return Array.from({ length: Math.max(0, count) }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/** The least of 1, 2, 2.5, 5 and 10 times a power of ten that is at least `least`; 1 for no length at all. */
export function niceStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9));
  return (factor ?? 10) * power;
}

/**
 * The range of an axis: what the panel says, else what the values need; room above lines that lie on one value.
 *
 * @example axisRange([3, 7], { min: 0 }) // [0, 7]
 */
export function axisRange(
  values: readonly number[],
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined } = {},
): [number, number] {
  const known = values.filter(Number.isFinite);
  const low =
    min ?? known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high =
    max ?? known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const from = Number.isFinite(low) ? low : 0;
  return [from, Number.isFinite(high) && high > from ? high : from + 1];
}
