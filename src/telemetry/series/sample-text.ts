/**
 * Escapes a label value for both exposition formats.
 *
 * @example escapeLabel('a "b"') // 'a \\"b\\"'
 */
export function escapeLabel(value: string): string {
  if (!/[\\\n"]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

/** Escapes a help text; OpenMetrics escapes quotes too, text 0.0.4 does not. */
export function escapeHelp(help: string, openMetrics: boolean): string {
  if (openMetrics) return escapeLabel(help);
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** A sample value as both formats write it. */
export function sampleValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

/**
 * A bucket bound or quantile as the OpenMetrics specification wants it: Go's `%g` with `.0` added where
 * nothing else says that it is a float. Both formats use it, so that a series keeps its name whichever
 * format the scraper asks for.
 *
 * @example canonicalNumber(1) // '1.0'
 * @example canonicalNumber(1e6) // '1e+06'
 */
export function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) return sampleValue(value);
  const [digits, power] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 6)) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
