import type { CounterName, HistogramName, MetricName } from '../../telemetry/metrics.ts';
import { createQueries } from './create-queries.ts';
import type { Narrowing, Scope } from './queries.ts';

/**
 * How often something rare happened in a window, by labels. A series may begin with its first increment, which
 * `increase` does not see: a series that was not there when the window began counts whole.
 *
 * @example happened(scope, 'model_failures_total', { by: ['model'], window: '$__range' })
 */
export function happened<Name extends CounterName>(
  scope: Scope,
  name: Name,
  narrowing: Narrowing<Name> = {},
): string {
  return grown(scope, [name], narrowing);
}

/** How often a rare thing was observed in a window, by labels; counts like `happened`. */
export function observed<Name extends HistogramName>(
  scope: Scope,
  name: Name,
  narrowing: Narrowing<Name> = {},
): string {
  return grown(scope, [name, '_count'], narrowing);
}

/** A quantile of rare observations in a window, nothing where there is none; counts like `happened`. */
export function observedQuantile<Name extends HistogramName>(
  scope: Scope,
  [q, name]: readonly [q: number, name: Name],
  { by = [], ...narrowing }: Narrowing<Name> = {},
): string {
  const buckets = grown(scope, [name, '_bucket'], { ...narrowing, by: ['le', ...by] });
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

function grown<Name extends MetricName>(
  scope: Scope,
  [name, suffix]: readonly [Name, ('_bucket' | '_count')?],
  {
    where,
    by = [],
    window = scope.window,
  }: Pick<Narrowing<Name>, 'where' | 'window'> & { readonly by?: readonly string[] | undefined },
): string {
  const series = createQueries(scope).select(name, where, suffix);
  const labels = [...scope.keep, ...by];
  const grouping = labels.length === 0 ? '' : ` by (${labels.join(', ')}) `;
  return `sum${grouping}(${series} unless ${series} offset ${window} or increase(${series}[${window}]))`;
}
