import type { Panel, Row } from '../dashboards/dashboard.ts';
import { slice } from '../panels/comparison-numbers.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { differenceOf, type Rates } from '../queries/difference.ts';
import type { Narrowing, Queries } from '../queries/queries.ts';

/** Long enough for counts that an interval can be narrow with, short enough to see a change within the hour. */
const window = { text: '1h', seconds: 3600 };

/** Differences between candidate and baseline, with lines that say which of them may be chance. */
export function differenceRow({ q }: DashboardContext): Row {
  return {
    title: 'Differences with 95 % confidence',
    panels: line(
      difference(
        {
          key: 'degraded-difference',
          title: 'Degraded answers, difference',
          description:
            'Share of answers that were not what was asked for, candidate minus baseline.',
          unit: 'percentunit',
        },
        (strategy) => degradedRates(q, { ...slice, strategy }),
      ),
      difference(
        {
          key: 'error-difference',
          title: 'Click prediction error, difference',
          description: 'Mean click prediction error, candidate minus baseline.',
          unit: 'short',
        },
        (strategy) => meanRates(q, 'ctr_prediction_error', { strategy, catalog: slice.catalog }),
      ),
      difference(
        {
          key: 'diversity-difference',
          title: 'Slate diversity, difference',
          description:
            'Mean slate diversity of all segments and catalogues, candidate minus baseline.',
          unit: 'short',
        },
        (strategy) => meanRates(q, 'slate_diversity_ratio', { strategy }),
      ),
    ),
  };
}

function degradedRates(
  q: Queries,
  where: NonNullable<Narrowing<'request_duration_seconds'>['where']>,
): Rates {
  const count = (of: typeof where) =>
    q.count('request_duration_seconds', { where: of, window: window.text });
  return { sum: count({ ...where, outcome: '!=ok' }), trials: count(where) };
}

/** A histogram of values within 0 and 1: their sum in their number. */
function meanRates<Name extends 'ctr_prediction_error' | 'slate_diversity_ratio'>(
  q: Queries,
  name: Name,
  where: NonNullable<Narrowing<Name>['where']>,
): Rates {
  return {
    sum: `sum(rate(${q.select(name, where, '_sum')}[${window.text}]))`,
    trials: q.count(name, { where, window: window.text }),
  };
}

function difference(
  panel: Pick<Panel, 'key' | 'title' | 'description' | 'unit'>,
  of: (strategy: string) => Rates,
): Panel {
  const { difference, lower, upper } = differenceOf(
    { baseline: of('$baseline'), candidate: of('$candidate') },
    window.seconds,
  );
  return timeseries({
    ...panel,
    description: `${panel.description} Between lower and upper it lies with 95 % confidence, over an hour so that there is enough to count: while 0 is between them too, it may be chance.`,
    queries: [
      { expr: difference, legend: 'difference' },
      { expr: lower, legend: 'lower' },
      { expr: upper, legend: 'upper' },
    ],
    // A line at 0, where neither is better.
    thresholds: [{ colour: 'transparent' }, { from: 0, colour: 'blue' }],
    mayBeEmpty: 'while one of the two answers nobody, or nobody clicks',
  });
}
