const unitMs: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1 },
  ...{ s: 1000, m: 60_000, h: 3_600_000 },
};
const form = /^[+-]?(?:(?:\d{1,15}(?:\.\d{0,9})?|\.\d{1,9})(?:ns|us|µs|μs|ms|s|m|h)){1,8}$/;
const part = /(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Reads a duration as Go writes it, in milliseconds; undefined for anything else.
 *
 * @example parseGoDuration('1h30m') // 5_400_000
 */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0' || text === '+0' || text === '-0') return 0;
  if (!form.test(text)) return undefined;
  let ms = 0;
  for (const [, number, unit] of text.matchAll(part)) ms += Number(number) * unitMs[unit];
  return text.startsWith('-') ? -ms : ms;
}
