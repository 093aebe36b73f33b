import type { MetricRow } from '../../telemetry/metric-row.ts';
import { exposedName, type MetricName, metricTable } from '../../telemetry/metrics.ts';
import { canonicalNumber } from '../../telemetry/series/sample-text.ts';
import type { Queries, Scope } from './queries.ts';

type AnyNarrowing = {
  readonly where?: Readonly<Record<string, string | undefined>> | undefined;
  readonly by?: readonly string[] | undefined;
  readonly window?: string | undefined;
};

/**
 * Makes the queries of one scope.
 *
 * @example
 * const q = createQueries({ matchers: ['job="sightline"'], window: '5m', keep: ['job'] });
 * q.rate('fallback_total', { where: { work: 'home' }, by: ['reason'] });
 * // 'sum by (job, reason) (rate(sightline_fallback_total{job="sightline", work="home"}[5m]))'
 */
export function createQueries({ matchers, window, keep }: Scope): Queries {
  const select = (name: MetricName, where: AnyNarrowing['where'] = {}, suffix = '') =>
    `${exposedName(name)}${suffix}{${[...matchers, ...Object.entries(where).map(matcher)].join(', ')}}`;
  const grouped = (of: string, by: readonly string[], inner: string) => {
    const labels = [...keep, ...by];
    return `${of}${labels.length === 0 ? '' : ` by (${labels.join(', ')}) `}(${inner})`;
  };
  const over = (
    how: 'rate' | 'increase',
    { name, suffix = '', by }: { name: MetricName; suffix?: string; by?: readonly string[] },
    narrowing: AnyNarrowing = {},
  ) => {
    const series = select(name, narrowing.where, suffix);
    return grouped(
      'sum',
      by ?? narrowing.by ?? [],
      `${how}(${series}[${narrowing.window ?? window}])`,
    );
  };
  const bucketRates = (name: MetricName, narrowing: AnyNarrowing = {}) =>
    over('rate', { name, suffix: '_bucket', by: ['le', ...(narrowing.by ?? [])] }, narrowing);
  const atMost = (bound: number, name: MetricName, narrowing: AnyNarrowing = {}) =>
    over(
      'rate',
      { name, suffix: '_bucket' },
      { ...narrowing, where: { ...narrowing.where, le: canonicalNumber(bound) } },
    );
  const counts = (name: MetricName, narrowing?: AnyNarrowing) =>
    over('rate', { name, suffix: '_count' }, narrowing);
  return {
    select,
    rate: (name, narrowing) => over('rate', { name }, narrowing),
    increase: (name, narrowing) => over('increase', { name }, narrowing),
    count: counts,
    mean: (name, narrowing) =>
      `${over('rate', { name, suffix: '_sum' }, narrowing)} / ${counts(name, narrowing)}`,
    quantile: (q, name, narrowing) => `histogram_quantile(${q}, ${bucketRates(name, narrowing)})`,
    buckets: bucketRates,
    within(bound, name, narrowing) {
      const parts = weights(bound, name).map(([at, weight]) => {
        const rate = atMost(at, name, narrowing);
        return weight === 1 ? rate : `${rate} * ${weight}`;
      });
      const sum = parts.length === 1 ? parts[0] : `(${parts.join(' + ')})`;
      return `${sum} / ${counts(name, narrowing)}`;
    },
    level: (name, { of = 'avg', ...narrowing } = {}) =>
      grouped(of, narrowing.by ?? [], select(name, narrowing.where)),
  };
}

/** `=~$strategy` keeps its operator, anything else is the value itself. */
function matcher([label, value = '']: [string, string | undefined]): string {
  const [, operator = '=', text = ''] = /^(=~|!~|!=)?(.*)$/s.exec(value) ?? [];
  return `${label}${operator}"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The buckets that a value lies between, and how much each counts; a value past the last one is taken for it. */
function weights(bound: number, name: MetricName): [at: number, weight: number][] {
  const { buckets = [] }: MetricRow = metricTable[name];
  const place = buckets.findIndex((candidate) => candidate >= bound);
  if (place === -1) return [[buckets.at(-1)!, 1]];
  const above = buckets[place];
  if (above === bound) return [[above, 1]];
  const below = buckets[place - 1];
  const weight = Number(((bound - (below ?? 0)) / (above - (below ?? 0))).toFixed(4));
  if (below === undefined) return [[above, weight]];
  return [
    [below, Number((1 - weight).toFixed(4))],
    [above, weight],
  ];
}
