import { tolerableDegradation } from '../panels/bounds.ts';
import { createContext, type DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { stat, timeseries } from '../panels/panels.ts';
import { pointLinks } from '../panels/point-links.ts';
import {
  clickCalibration,
  coverage,
  diversity,
  noClicks,
  novelty,
  predictionError,
  repetition,
} from '../panels/quality-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import {
  degradedShare,
  latencyBy,
  latencyQuantiles,
  outcomes,
  requestShare,
} from '../panels/traffic-panels.ts';
import { share } from '../queries/share.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const ofRequests = {
  strategy: '=~$strategy',
  segment: '=~$segment',
  catalog: '=~$catalog',
} as const;
const ofClicks = { strategy: '=~$strategy', catalog: '=~$catalog' } as const;
const ofSlates = { strategy: '=~$strategy' } as const;

/** What served, how fast and how good: all strategies together, then a row for each. */
export const strategy: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { variables } = context;
  return {
    key: 'strategy',
    title: 'Strategy',
    description:
      'What served, how fast and how good. A strategy called popularity is the last resort that needs no model.',
    variables: [variables.strategy, variables.segment, variables.catalog],
    rows: [together(context), each(context)],
  };
};

function together(context: DashboardContext): Row {
  const view = { where: ofRequests, by: 'strategy' } as const;
  return {
    title: 'All strategies',
    panels: line(
      requestShare(context, view),
      latencyBy(context, view),
      degradedShare(context, view),
    ),
  };
}

function each(context: DashboardContext): Row {
  const clicks = { where: ofClicks, by: ['catalog'] } as const;
  const slates = { where: ofSlates, by: ['strategy'] } as const;
  return {
    title: '$strategy',
    repeat: 'strategy',
    panels: [
      ...line(...numbers(context)),
      ...line(
        requests(context),
        latencyQuantiles(context, { where: ofRequests }),
        outcomes(context, { where: ofRequests }),
      ),
      ...line(diversity(context, slates), novelty(context, slates), repetition(context, slates)),
      ...line(
        clickCalibration(context, clicks),
        predictionError(context, clicks),
        coverage(context, clicks),
      ),
    ],
  };
}

function requests({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'requests',
    title: 'Requests by catalogue',
    description:
      'Requests a second that the strategy answered, by the catalogue that was asked for. A part that vanishes is a caller or an experiment that changed.',
    unit: 'reqps',
    min: 0,
    isStacked: true,
    queries: [
      {
        expr: q.count('request_duration_seconds', { where: ofRequests, by: ['catalog'] }),
        legend: '{{catalog}}',
      },
    ],
    links: pointLinks('catalog'),
  });
}

/** The chosen time in four numbers. */
function numbers(context: DashboardContext): Panel[] {
  return [...served(context), ...predicted(context)];
}

function served({ q }: DashboardContext): Panel[] {
  const window = '$__range';
  const everything = q.count('request_duration_seconds', { window });
  const all = q.count('request_duration_seconds', { where: ofRequests, window });
  const degraded = q.count('request_duration_seconds', {
    where: { ...ofRequests, outcome: '!=ok' },
    window,
  });
  return [
    stat({
      key: 'share',
      title: 'Traffic share',
      description:
        'Share of all requests of the gateway that the strategy answered over the chosen time. In an experiment compare with the planned share on Experiments.',
      unit: 'percentunit',
      decimals: 1,
      queries: [{ expr: share(all, everything), isInstant: true }],
      links: [{ title: 'Experiments', to: { dashboard: 'experiments' } }],
    }),
    stat({
      key: 'degraded-share',
      title: 'Degraded',
      description: `Share of the answers of the strategy that were not what was asked for over the chosen time. Good is under ${tolerableDegradation * 100} %; the outcomes stand beneath.`,
      unit: 'percentunit',
      decimals: 1,
      queries: [{ expr: share(degraded, all), isInstant: true }],
      ...staysUnder(tolerableDegradation),
      mayBeEmpty: 'while the strategy answers nobody',
    }),
  ];
}

function predicted({ q }: DashboardContext): Panel[] {
  return [
    stat({
      key: 'calibration-error',
      title: 'Calibration error',
      description:
        'How far predicted clicks are from clicks, mean over bins of the prediction (ECE). Nearer to 0 is better; Click calibration says to which side it errs.',
      unit: 'percentunit',
      decimals: 2,
      queries: [{ expr: q.level('ctr_calibration_error_ratio', { where: ofClicks }) }],
      mayBeEmpty: noClicks,
    }),
    stat({
      key: 'log-loss',
      title: 'Log loss',
      description:
        'Mean log loss of predicted clicks, in nats. Lower is better, but only of the same traffic: rarer clicks make it lower too.',
      unit: 'short',
      decimals: 3,
      queries: [{ expr: q.level('ctr_log_loss', { where: ofClicks }) }],
      mayBeEmpty: noClicks,
    }),
  ];
}
