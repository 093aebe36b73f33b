import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { coverage, diversity, noClicks, novelty, repetition } from '../panels/quality-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { share } from '../queries/share.ts';
import { clicks, noFeedback } from '../rows/click-row.ts';
import { domains, driftColours, noScales, ofPair, pairVariables } from '../rows/domain-row.ts';
import { pluginSignals } from '../rows/plugin-signal-row.ts';
import { servedItems } from '../rows/served-row.ts';
import { decaying, noReadings, similarity } from '../rows/similarity-row.ts';
import { vectors } from '../rows/vector-row.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const ofCatalog = { catalog: '=~$catalog' } as const;
const ofStrategy = { strategy: '=~$strategy' } as const;

/** Whether the world that models were learnt from is still the one that they serve. */
export const drift: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { strategy, catalog, segment } = context.variables;
  return {
    key: 'drift',
    title: 'Drift and signals',
    description:
      'Whether the world that models were learnt from is still the one they serve: demand of catalogues, similarity of items, sessions, predicted clicks, what slates are like. What ages by itself is on Data and model freshness.',
    variables: [strategy, catalog, segment, ...pairVariables(context)],
    rows: [
      { title: 'At a glance', panels: line(...movedNow(context), ...fadingNow(context)) },
      domains(context),
      similarity(context),
      vectors(context),
      clicks(context),
      servedItems(context),
      slates(context),
      pluginSignals(context),
    ],
  };
};

function movedNow({ q }: DashboardContext): Panel[] {
  const calibration = q.level('ctr_calibration_ratio', {
    where: { ...ofStrategy, ...ofCatalog },
    by: ['strategy', 'catalog'],
  });
  return [
    current(q.level('domain_drift_coefficient', { where: ofPair, of: 'max' }), {
      key: 'drift-now',
      title: 'Most drifted pair',
      description:
        'Greatest drift coefficient of the chosen pairs. 1 is as far as chance allows at most, and the alarm: see Domain drift for the pair, and Anomalies for since when.',
      unit: 'short',
      decimals: 2,
      thresholds: driftColours,
      mayBeEmpty: noScales,
    }),
    current(`max(abs(${calibration} - 1))`, {
      key: 'miscalibration',
      title: 'Worst calibration',
      description:
        'Distance of the worst strategy and catalogue from calibrated, as a share: 0.25 is a quarter too many or too few predicted clicks. Good is under that; Click calibration shows which.',
      unit: 'percentunit',
      ...staysUnder(0.25),
      mayBeEmpty: noClicks,
    }),
  ];
}

function fadingNow({ q }: DashboardContext): Panel[] {
  const steady = q.within(decaying, 'item_similarity_decay_rate', {
    where: ofCatalog,
    window: '1h',
  });
  const unmatched = share(
    q.rate('feedback_joined_total', { where: { outcome: '=~late|unmatched' }, window: '1h' }),
    q.rate('feedback_joined_total', {
      where: { outcome: '=~matched|late|unmatched' },
      window: '1h',
    }),
  );
  return [
    current(`1 - ${steady}`, {
      key: 'decaying-now',
      title: 'Decaying items',
      description: `Share of the readings of the last hour that lost more than ${decaying} of their similarity per event, from which on an item is learnt anew. An hour, as there is one reading a click. Near 0 is good; see Similarity decay.`,
      unit: 'percentunit',
      ...staysUnder(0.2),
      mayBeEmpty: noReadings,
    }),
    current(unmatched, {
      key: 'unmatched-now',
      title: 'Feedback not joined',
      description:
        'Share of the feedback of the last hour naming a request that came late or named one which was never seen. An hour, as clicks are few. Near 0 is good, as what is not joined teaches nothing; see Joined feedback.',
      unit: 'percentunit',
      ...staysUnder(0.1),
      mayBeEmpty: noFeedback,
    }),
  ];
}

function slates(context: DashboardContext): Row {
  const view = { where: ofStrategy, by: ['strategy'] as const };
  return {
    title: 'Slates',
    panels: [
      ...line(diversity(context, view), novelty(context, view), repetition(context, view)),
      ...line(
        coverage(context, {
          where: { ...ofStrategy, ...ofCatalog },
          by: ['strategy', 'catalog'],
        }),
        exposureInequality(context),
      ),
    ],
  };
}

function exposureInequality({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'gini',
    title: 'Exposure inequality',
    description:
      'How unevenly exposures fall on the live items of a catalogue (Gini): 0 is even, 1 is all on one item. A steady rise is a loop of showing what was clicked as it was shown; see Catalog.',
    unit: 'short',
    min: 0,
    max: 1,
    queries: [
      {
        expr: q.level('catalog_gini_ratio', { where: ofCatalog, by: ['catalog'], of: 'max' }),
        legend: '{{catalog}}',
      },
    ],
    links: [dashboardLink('catalog')],
    mayBeEmpty: 'until slates were served',
  });
}
