import type { Panel, Row, Threshold, Variable } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { timeline, timeseries } from '../panels/panels.ts';
import { pointLabel } from '../panels/point-links.ts';
import { staysUnder } from '../panels/thresholds.ts';

type PairSeries = 'domain_drift_coefficient' | 'domain_distance' | 'domain_drift_scale';

/** The pairs that the variables choose. */
export const ofPair = { source: '=~$source', target: '=~$target' } as const;

/** Why there may be no drift yet. */
export const noScales =
  'in the first minutes after a start, until the scales of drift are worked out';

/** The variables of pairs of domains. */
export function pairVariables({ q }: DashboardContext): Variable[] {
  const selector = q.select('domain_drift_coefficient');
  return [
    { name: 'source', label: 'Source domain', values: { selector, label: 'source' } },
    { name: 'target', label: 'Target domain', values: { selector, label: 'target' } },
  ];
}

/** From where on a drift coefficient is worth a look. */
export const driftColours: readonly Threshold[] = [
  { colour: 'green' },
  { from: 0.5, colour: 'yellow' },
  { from: 0.8, colour: 'orange' },
  { from: 1, colour: 'red' },
];

/** How far the demand of domains has moved. */
export function domains(context: DashboardContext): Row {
  return {
    title: 'Domains',
    panels: [driftOverTime(context), ...line(...distances(context))],
  };
}

const legend = '{{source}} to {{target}}';

function levelOf({ q }: DashboardContext, name: PairSeries): string {
  return q.level(name, { where: ofPair, by: ['source', 'target'], of: 'max' });
}

function driftOverTime(context: DashboardContext): Panel {
  return timeline({
    key: 'drift-coefficient',
    title: 'Domain drift',
    description:
      'How far the last clicks of the target are from the reference of the source, as a share of what chance allows: 1 is the alarm. Source to itself says that a catalogue moved; a pair that rises only together with others is a change of all traffic.',
    unit: 'short',
    decimals: 2,
    height: 12,
    queries: [{ expr: levelOf(context, 'domain_drift_coefficient'), legend }],
    thresholds: driftColours,
    links: [
      {
        title: 'This catalogue',
        to: { dashboard: 'catalog' },
        set: { catalog: pointLabel('target') },
      },
    ],
    mayBeEmpty: noScales,
  });
}

function distances(context: DashboardContext): Panel[] {
  const distance = levelOf(context, 'domain_distance');
  const scale = levelOf(context, 'domain_drift_scale');
  const panel = (expr: string, options: Pick<Panel, 'key' | 'title' | 'description'>) =>
    timeseries({
      ...options,
      unit: 'short',
      min: 0,
      queries: [{ expr, legend }],
      mayBeEmpty: noScales,
    });
  return [
    {
      ...panel(`${distance} / ${scale}`, {
        key: 'distance-over-scale',
        title: 'Distance over scale',
        description:
          'The drift coefficient before it is cut off at 1: how many times further a pair is than chance allows. From 1 on it is an alarm; the higher, the surer.',
      }),
      ...staysUnder(1),
    },
    panel(distance, {
      key: 'domain-distance',
      title: 'Domain distance',
      description:
        'Wasserstein-1 distance of a pair before it is scaled. Compare a pair with its own past only; its scale is beside it.',
    }),
    panel(scale, {
      key: 'drift-scale',
      title: 'Drift scale',
      description:
        'Distance at which the coefficient of a pair is 1. It changes when a new model brings a new reference, and with the number of clicks that is compared; between these it stands still.',
    }),
  ];
}
