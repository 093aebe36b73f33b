import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { heatmap, timeseries } from '../panels/panels.ts';
import { sessionEntropy, sessionFreshness } from '../panels/session-panels.ts';
import { storePanels } from '../panels/store-panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { known } from '../queries/share.ts';
import { changes, tables } from '../rows/change-rows.ts';
import { featureStores } from '../rows/feature-store-row.ts';
import { graphs } from '../rows/graph-row.ts';
import { generations, models } from '../rows/model-rows.ts';
import { training } from '../rows/training-row.ts';
import type { Definition } from '../source/definition.ts';
import type { Panel, Row } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const ofModel = { model: '=~$model' } as const;
const noRows = 'until a request with a known user reads feature rows';

/** How old what answers are made of is: feature rows, models, the generation, sessions. */
export const freshness: DashboardMaker = (definition) => {
  const context = createContext(definition);
  const { model, catalog, segment } = context.variables;
  return {
    key: 'freshness',
    title: 'Data and model freshness',
    description:
      'How old the things are that answers are made of: feature rows, models, the generation that serves, sessions. What is stale here shows as drift on Drift and signals later.',
    variables: [model, catalog, segment],
    rows: [
      {
        title: 'At a glance',
        panels: line(...servingNow(context), ...featuresNow(context), coldNow(context)),
      },
      features(context),
      featureStores(context),
      models(context),
      training(context),
      graphs(context),
      generations(context),
      changes(context),
      tables(context),
      { title: 'Sessions', panels: line(sessionFreshness(context), sessionEntropy(context)) },
    ],
  };
};

function servingNow({ q, definition }: DashboardContext): Panel[] {
  const published = q.level('generation_published_timestamp_seconds', { of: 'min' });
  const loaded = q.level('model_loaded', { where: ofModel, by: ['model'], of: 'min' });
  return [
    current(`${published} * 1000`, {
      key: 'published',
      title: 'Generation published',
      description:
        'When the generation that serves was published, of the instance whose generation is oldest. It should be as recent as the last training; Models says what is in it.',
      unit: 'dateTimeFromNow',
    }),
    current(q.level('model_age_seconds', { where: ofModel, of: 'max' }), {
      key: 'oldest-model',
      title: 'Oldest model',
      description:
        'Age of the oldest chosen model that serves. Red from the strictest freshness objective of a work on; without one, compare with the time between trainings.',
      unit: 's',
      ...staysUnder(...definition.works.map(({ slo }) => secondsOf(slo.freshnessHours))),
    }),
    current(`sum(1 - ${loaded})`, {
      key: 'models-missing',
      title: 'Models not loaded',
      description:
        'Chosen models that an instance serves without. Good is 0; Model failures says why one could not be loaded.',
      unit: 'short',
      ...staysUnder(1),
    }),
  ];
}

function featuresNow({ q, definition }: DashboardContext): Panel[] {
  return [
    current(known(q.quantile(0.95, 'feature_age_seconds')), {
      key: 'feature-age-now',
      title: 'Feature age p95',
      description:
        '95 % of the feature rows that were just read are younger than this. Feature age shows the way here.',
      unit: 's',
      ...ageObjective(definition),
      mayBeEmpty: noRows,
    }),
    current(q.level('feature_missing_ratio', { of: 'max' }), {
      key: 'missing-now',
      title: 'Missing features',
      description:
        'Share of feature reads that found nothing, of the feature that misses most. Near 0 is good where every user should be known; Missing features below tells features apart.',
      unit: 'percentunit',
      mayBeEmpty: noRows,
    }),
  ];
}

function coldNow({ q }: DashboardContext): Panel {
  return current(q.level('cold_items', { where: { catalog: '=~$catalog' }, of: 'sum' }), {
    key: 'cold-now',
    title: 'Cold items waiting',
    description:
      'Items of the chosen catalogues that wait for their first vector and are shown by popularity and recency alone. It should fall after each retraining; Retrained items shows whether these succeed.',
    unit: 'short',
  });
}

function features(context: DashboardContext): Row {
  return {
    title: 'Features and stores',
    panels: [
      ...line(...featureAges(context)),
      ...line(missingFeatures(context), ...storePanels(context)),
    ],
  };
}

function featureAges({ q, definition }: DashboardContext): Panel[] {
  return [
    timeseries({
      key: 'feature-age',
      title: 'Feature age',
      description:
        'Age of the feature rows that were read, by store. Red from the strictest freshness objective of a stage on. A steady climb is a feed that stopped; nothing here repairs itself.',
      unit: 's',
      min: 0,
      queries: [0.5, 0.95].map((quantile) => ({
        expr: q.quantile(quantile, 'feature_age_seconds', { by: ['store'] }),
        legend: `{{store}} p${quantile * 100}`,
      })),
      ...ageObjective(definition),
      mayBeEmpty: noRows,
    }),
    heatmap({
      key: 'feature-ages',
      title: 'Feature age, all rows',
      description:
        'How the ages of the rows that were read are spread. A band that moves up as time passes is rows that nobody writes any more; two bands are two feeds.',
      unit: 's',
      queries: [{ expr: q.buckets('feature_age_seconds'), legend: '{{le}}' }],
      mayBeEmpty: noRows,
    }),
  ];
}

function missingFeatures({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'missing-features',
    title: 'Missing features',
    description:
      'Share of feature reads that found nothing, over the last minutes, by store and feature. Twice the share of yesterday is worth a look at the feed of that feature.',
    unit: 'percentunit',
    min: 0,
    queries: [
      {
        expr: q.level('feature_missing_ratio', { by: ['store', 'feature'], of: 'max' }),
        legend: '{{store}} {{feature}}',
      },
    ],
    mayBeEmpty: noRows,
  });
}

const secondsOf = (hours: number | undefined) => (hours === undefined ? undefined : hours * 3600);

const ageObjective = ({ works }: Definition) =>
  staysUnder(...works.flatMap(({ stages }) => stages.map(({ slo }) => slo.freshnessP95Seconds)));
