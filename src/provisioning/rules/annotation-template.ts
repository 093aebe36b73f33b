/** What an alert is about. */
export interface AlertInstance {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

/**
 * Fills in a description as Prometheus does, as far as descriptions here go: labels, the value through one of the
 * humanize functions, and `with` over a label. Throws a `RangeError` for anything else.
 *
 * @example
 * expandTemplate('{{ $labels.work }}: {{ $value | humanizePercentage }}', { labels: { work: 'home' }, value: 0.1 })
 * // 'home: 10%'
 */
export function expandTemplate(template: string, { labels, value }: AlertInstance): string {
  const text = template
    .replaceAll(/\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ end \}\}/g, (_, label, inner) =>
      labels[label] === undefined ? '' : inner.replaceAll('{{ . }}', labels[label]),
    )
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label) => labels[label] ?? '')
    .replaceAll(/\{\{ \$value \| (\w+) \}\}/g, (_, name) => humanized(name, value));
  if (text.includes('{{')) throw new RangeError(`template ${text} has more than can be filled in`);
  return text;
}

function humanized(name: string, value: number | undefined): string {
  const humanize = humanizers[name];
  if (value === undefined || humanize === undefined)
    throw new RangeError(`value ${value} cannot be written by ${name}`);
  return humanize(value);
}

const humanizers: Readonly<Record<string, (value: number) => string>> = {
  humanize: (value) => withPrefix(value),
  humanizePercentage: (value) => `${digits(value * 100)}%`,
  humanizeDuration: duration,
};

/** Four significant digits. */
const digits = (value: number) => String(Number(value.toPrecision(4)));

const greater = ['', 'k', 'M', 'G', 'T'];
const lesser = ['', 'm', 'u', 'n'];

function withPrefix(value: number): string {
  if (value === 0) return '0';
  const prefixes = Math.abs(value) >= 1 ? greater : lesser;
  const step = Math.abs(value) >= 1 ? 1000 : 1 / 1000;
  let scaled = value;
  let p = 0;
  while (p < prefixes.length - 1 && (step > 1 ? Math.abs(scaled) >= 1000 : Math.abs(scaled) < 1)) {
    scaled /= step;
    p += 1;
  }
  return `${digits(scaled)}${prefixes[p]}`;
}

function duration(value: number): string {
  if (value === 0) return '0s';
  if (Math.abs(value) < 1) return `${withPrefix(value)}s`;
  const sign = value < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(value));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${whole % 60}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${whole % 60}s`;
  if (minutes > 0) return `${sign}${minutes}m ${whole % 60}s`;
  return `${digits(value)}s`;
}
