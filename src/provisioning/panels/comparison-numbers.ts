import type { LabelName } from '../../telemetry/metrics.ts';
import type { Panel, Row } from '../dashboards/dashboard.ts';
import type { Matcher } from '../queries/queries.ts';
import { known, share } from '../queries/share.ts';
import type { DashboardContext } from './context.ts';
import { line } from './line.ts';
import { stat } from './panels.ts';
import { staysUnder } from './thresholds.ts';

/** What of the traffic is compared. */
export const slice = { segment: '=~$segment', catalog: '=~$catalog' } as const;

/** Matcher of both strategies. */
export const both = '=~$baseline|$candidate';

const window = '$__range';

/** The chosen time in six numbers, each of the candidate against the baseline. */
export function numberRow(context: DashboardContext): Row {
  return {
    title: '$candidate against $baseline',
    panels: line(...traffic(context), ...quality(context)),
  };
}

function traffic({ q }: DashboardContext): Panel[] {
  const count = (
    where: Readonly<Partial<Record<LabelName<'request_duration_seconds'>, Matcher>>>,
  ) => q.count('request_duration_seconds', { where: { ...slice, ...where }, window });
  const p95 = (strategy: string) =>
    q.quantile(0.95, 'request_duration_seconds', { where: { ...slice, strategy }, window });
  return [
    number({
      key: 'share',
      title: 'Share of the candidate',
      description:
        'Share of the requests of both that the candidate answered over the chosen time. Compare with the planned share on Experiments: where it is off, nothing here may be trusted.',
      unit: 'percentunit',
      expr: share(count({ strategy: '$candidate' }), count({ strategy: both })),
    }),
    {
      ...number({
        key: 'latency-ratio',
        title: 'Latency p95, ratio',
        description:
          '95th percentile of the latency of the candidate divided by that of the baseline over the chosen time. 1 is as fast, 2 takes twice as long; Pipeline stage says where the time goes.',
        unit: 'short',
        expr: known(`${p95('$candidate')} / ${p95('$baseline')}`),
      }),
      ...staysUnder(1.1),
    },
    number({
      key: 'degraded-apart',
      title: 'Degraded, difference',
      description:
        'Share of degraded answers of the candidate minus that of the baseline over the chosen time. Under 0 the candidate is better; whether it may be chance stands beneath.',
      unit: 'percentunit',
      expr: apart((strategy) => share(count({ strategy, outcome: '!=ok' }), count({ strategy }))),
    }),
  ];
}

function quality({ q }: DashboardContext): Panel[] {
  const catalog = slice.catalog;
  return [
    number({
      key: 'error-apart',
      title: 'Prediction error, difference',
      description:
        'Mean click prediction error of the candidate minus that of the baseline over the chosen time. Under 0 the candidate predicts better; whether it may be chance stands beneath.',
      unit: 'short',
      expr: apart((strategy) =>
        q.mean('ctr_prediction_error', { where: { strategy, catalog }, window }),
      ),
    }),
    number({
      key: 'diversity-apart',
      title: 'Diversity, difference',
      description:
        'Mean slate diversity of the candidate minus that of the baseline over the chosen time, of all segments and catalogues. Which side is better is to be decided before you look.',
      unit: 'short',
      expr: apart((strategy) => q.mean('slate_diversity_ratio', { where: { strategy }, window })),
    }),
    number({
      key: 'coverage-apart',
      title: 'Coverage, difference',
      description:
        'Catalogue coverage of the candidate minus that of the baseline now, mean of the chosen catalogues. A candidate with less traffic shows fewer items for that reason alone.',
      unit: 'percentunit',
      expr: apart((strategy) =>
        q.level('catalog_coverage_ratio', { where: { strategy, catalog } }),
      ),
    }),
  ];
}

/** Candidate minus baseline. */
const apart = (of: (strategy: string) => string) =>
  `(${known(of('$candidate'))}) - (${known(of('$baseline'))})`;

function number({
  expr,
  ...panel
}: Pick<Panel, 'key' | 'title' | 'description' | 'unit'> & { readonly expr: string }): Panel {
  return stat({
    ...panel,
    queries: [{ expr, isInstant: true }],
    decimals: panel.unit === 'percentunit' ? 2 : 3,
    mayBeEmpty: 'while one of the two answers nobody, or nobody clicks',
  });
}
