import type { LabelName } from '../../telemetry/metrics.ts';
import type { Panel } from '../dashboards/dashboard.ts';
import type { Matcher } from '../queries/queries.ts';
import type { DashboardContext } from './context.ts';
import { timeseries } from './panels.ts';
import { dashboardLink, type LinkedLabel } from './point-links.ts';
import { staysOver, staysWithin } from './thresholds.ts';

/** Which answers panels show, and what tells their lines apart. */
export interface QualityView<Label extends string> {
  readonly where: Readonly<Partial<Record<Label, Matcher>>>;
  readonly by: readonly Label[];
}

type ClickLabel = LabelName<'ctr_calibration_ratio'>;
type SlateLabel = LabelName<'slate_diversity_ratio'>;

/** Why nothing may be known of clicks yet. */
export const noClicks = 'until the time is over in which clicks may still come back to answers';

/** Why nothing may be known of slates yet. */
export const noSlates = 'until slates were served';

/** Predicted clicks divided by clicks. */
export function clickCalibration(
  { q }: DashboardContext,
  { where, by }: QualityView<ClickLabel>,
): Panel {
  return timeseries({
    key: 'click-calibration',
    title: 'Click calibration',
    description:
      'Predicted clicks divided by clicks. 1 is calibrated, 0.8 to 1.25 is good; above it promises more than it keeps. Drift and signals says whether the world or the model moved.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.level('ctr_calibration_ratio', { where, by }), legend: legendOf(by) }],
    ...staysWithin(0.8, 1.25),
    mayBeEmpty: noClicks,
    links: linksOf(by),
  });
}

/** Mean absolute difference between predicted click probability and click. */
export function predictionError(
  { q }: DashboardContext,
  { where, by }: QualityView<ClickLabel>,
): Panel {
  return timeseries({
    key: 'prediction-error',
    title: 'Click prediction error',
    description:
      'Mean difference between the predicted click probability and the click (1 or 0) over the items that were judged. Lower is better; a rise by a quarter in a day is worth a look at Drift and signals.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.mean('ctr_prediction_error', { where, by }), legend: legendOf(by) }],
    mayBeEmpty: noClicks,
    links: linksOf(by),
  });
}

/** Distinct items shown, as a share of the live items of the catalogue. */
export function coverage(
  { q, definition }: DashboardContext,
  { where, by }: QualityView<LabelName<'catalog_coverage_ratio'>>,
): Panel {
  const shown = q.level('catalog_coverage_ratio', {
    where,
    by: ['strategy', 'catalog'],
    of: 'max',
  });
  return timeseries({
    key: 'coverage',
    title: 'Catalogue coverage',
    description:
      'Share of the live items of a catalogue that were shown at all in the recent past, by the instance that showed most. Higher is better; a fall means that fewer and fewer items get a chance, see Catalog.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [
      {
        expr: by.length === 2 ? shown : `avg by (${by.join(', ')}) (${shown})`,
        legend: legendOf(by),
      },
    ],
    ...staysOver(...definition.works.map(({ slo }) => slo.coverage)),
    mayBeEmpty: noSlates,
    links: linksOf(by),
  });
}

/** Mean of how different the items of a slate are. */
export function diversity({ q }: DashboardContext, { where, by }: QualityView<SlateLabel>): Panel {
  return timeseries({
    key: 'diversity',
    title: 'Slate diversity',
    description:
      'How different the items of a slate are from each other, 0 all alike to 1 opposite, mean over slates. It should stay where tuning left it: a fall is a narrowing choice, a rise may be noise.',
    unit: 'short',
    min: 0,
    queries: [{ expr: q.mean('slate_diversity_ratio', { where, by }), legend: legendOf(by) }],
    mayBeEmpty: noSlates,
    links: linksOf(by),
  });
}

/** Mean of how unexpected the items of a slate are. */
export function novelty({ q }: DashboardContext, { where, by }: QualityView<SlateLabel>): Panel {
  return timeseries({
    key: 'novelty',
    title: 'Slate novelty',
    description:
      'How unexpected the items of a slate are, as the mean of -log2 of their share of all clicks. A fall means more and more of what everybody clicks; compare with Catalogue coverage.',
    unit: 'bits',
    min: 0,
    queries: [{ expr: q.mean('slate_novelty_bits', { where, by }), legend: legendOf(by) }],
    mayBeEmpty: noSlates,
    links: linksOf(by),
  });
}

/** Share of items that the session saw in its slate before. */
export function repetition(
  { q }: DashboardContext,
  { where, by }: QualityView<LabelName<'slate_repetition_ratio'>>,
): Panel {
  return timeseries({
    key: 'repetition',
    title: 'Slate repetition',
    description:
      'Share of the items of a slate that the session had in its slate before. Near 1 people see the same again and again; near 0 nothing holds while they look.',
    unit: 'percentunit',
    min: 0,
    max: 1,
    queries: [{ expr: q.level('slate_repetition_ratio', { where, by }), legend: legendOf(by) }],
    mayBeEmpty: 'until a session got a second slate',
    links: linksOf(by),
  });
}

const legendOf = (labels: readonly string[]) => labels.map((label) => `{{${label}}}`).join(' ');
const linksOf = (labels: readonly LinkedLabel[]) => labels.map(dashboardLink);
