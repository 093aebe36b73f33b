/** Three digits with their leading zeros. */
const threeDigits = Array.from({ length: 1000 }, (_, rest) => String(rest).padStart(3, '0'));

/**
 * What stands before the last three of five significant digits, by the first two digits (10 to 99), one
 * table a decade from 0.001 up. A number that rounds up to 100 begins like the next decade.
 */
const leads = [
  (two: number) => `0.00${two}`,
  (two: number) => `0.0${two}`,
  (two: number) => `0.${two}`,
  (two: number) => `${Math.floor(two / 10)}.${two % 10}`,
  (two: number) => `${two}.`,
  (two: number) => `${two}0.`,
].map((lead, decade, all) =>
  Array.from({ length: 101 }, (_, two) => (two < 100 ? lead(two) : all[decade + 1]?.(10))),
);

/**
 * A number as JSON text of five significant digits, many times faster than `toPrecision`; what JSON
 * cannot say is `null`.
 *
 * @example shortNumber(0.123456) // '0.12346'
 */
export function shortNumber(value: number): string {
  if (value >= 0.1) {
    if (value < 1) return digits(2, Math.round(value * 1e5));
    if (value < 10) return digits(3, Math.round(value * 1e4));
    if (value < 100) return digits(4, Math.round(value * 1e3));
  } else if (value >= 0.01) return digits(1, Math.round(value * 1e6));
  else if (value >= 0.001) return digits(0, Math.round(value * 1e7));
  const rounded = Number(value.toPrecision(5));
  return Number.isFinite(rounded) ? String(rounded) : 'null';
}

function digits(decade: number, scaled: number): string {
  const two = (scaled / 1000) | 0;
  return leads[decade][two]! + threeDigits[scaled - two * 1000];
}
