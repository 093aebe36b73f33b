import type { Panel, Query, Row } from '../dashboards/dashboard.ts';
import type { DashboardContext } from '../panels/context.ts';
import { line } from '../panels/line.ts';
import { table, timeline, timeseries } from '../panels/panels.ts';
import { dashboardLink } from '../panels/point-links.ts';
import { staysOver } from '../panels/thresholds.ts';
import { happened } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';

const ofModel = { model: '=~$model' } as const;

/** Which models serve, how old and how large they are, and what training them takes. */
export function models(context: DashboardContext): Row {
  return {
    title: 'Models',
    panels: [modelsLoaded(context), ...line(modelAge(context), ...trainings(context))],
  };
}

function modelsLoaded({ q }: DashboardContext): Panel {
  return timeline({
    key: 'models-loaded',
    title: 'Models',
    description:
      'Whether every instance serves with a model: 1 is loaded, 0 is not. Works that need a missing model answer with a fallback; Model failures has the code.',
    unit: 'none',
    queries: [
      {
        expr: q.level('model_loaded', { where: ofModel, by: ['model'], of: 'min' }),
        legend: '{{model}}',
      },
    ],
    ...staysOver(1),
  });
}

function trainings({ q }: DashboardContext): Panel[] {
  const of = (suffix: '_sum' | '_count') =>
    `sum by (model) (${q.select('training_duration_seconds', ofModel, suffix)})`;
  const size = q.level('model_size_bytes', { where: ofModel, by: ['model'], of: 'max' });
  const mayBeEmpty = 'while models were loaded and none was trained since the start';
  return [
    timeseries({
      key: 'model-size',
      title: 'Model size',
      description:
        'Size of the bytes of a model at its last training. A jump without a jump of the catalogue or the clicks says that the data changed; Store rows tells how much there is.',
      unit: 'bytes',
      min: 0,
      queries: [{ expr: size, legend: '{{model}}' }],
      mayBeEmpty,
    }),
    timeseries({
      key: 'training-time',
      title: 'Training time',
      description:
        'Mean time of a training run since the start of the process, as there are few of them. It should stay far under the time between trainings.',
      unit: 's',
      min: 0,
      queries: [{ expr: `${of('_sum')} / ${of('_count')}`, legend: '{{model}}' }],
      mayBeEmpty,
    }),
  ];
}

function modelAge({ q, definition }: DashboardContext): Panel {
  const objectives = definition.works.flatMap(({ name, slo }): Query[] =>
    slo.freshnessHours === undefined
      ? []
      : [{ expr: `vector(${slo.freshnessHours * 3600})`, legend: `objective of ${name}` }],
  );
  return timeseries({
    key: 'model-age',
    title: 'Model age',
    description:
      'Time since a model that serves was trained, of the instance where it is oldest, beside what works promise. A saw that stops falling is a training that fails: see the log of the service.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: q.level('model_age_seconds', { where: ofModel, by: ['model'], of: 'max' }),
        legend: '{{model}}',
      },
      ...objectives,
    ],
  });
}

/** What serves since when, and what is learnt anew meanwhile. */
export function generations(context: DashboardContext): Row {
  return {
    title: 'Generations and retraining',
    panels: [
      ...line(...published(context), modelFailures(context)),
      ...line(coldItems(context), retrainedItems(context), storeRows(context)),
    ],
  };
}

function published({ q }: DashboardContext): Panel[] {
  const at = q.select('generation_published_timestamp_seconds');
  const byGeneration = `${q.select('generation_info')} * on (job, instance) group_left () ${at}`;
  return [
    table({
      key: 'generation',
      title: 'Generation',
      description:
        'The generation that each instance serves and when it was published. Several ids for long are instances that do not follow; their log says why.',
      unit: 'dateTimeFromNow',
      queries: [
        { expr: `max by (instance, generation) (${byGeneration}) * 1000`, isInstant: true },
      ],
      columns: { instance: 'Instance', generation: 'Generation', Value: 'Published' },
    }),
    timeseries({
      key: 'generation-age',
      title: 'Generation age',
      description:
        'Time since an instance published what it serves. It falls to 0 with each training, promotion and retraining; instances should fall together.',
      unit: 's',
      min: 0,
      queries: [{ expr: `time() - max by (instance) (${at})`, legend: '{{instance}}' }],
    }),
  ];
}

function modelFailures({ definition }: DashboardContext): Panel {
  const failures = happened(dashboardScope(definition), 'model_failures_total', {
    where: ofModel,
    by: ['model', 'code'],
  });
  return timeseries({
    key: 'model-failures',
    title: 'Model failures',
    description:
      'Models that could not be loaded in the window of a point, by error code. Good is nothing; the codes are explained in docs/errors.md, and the model before goes on serving.',
    unit: 'short',
    min: 0,
    queries: [{ expr: failures, legend: '{{model}} {{code}}' }],
    mayBeEmpty: 'while every model can be loaded',
  });
}

function coldItems({ q }: DashboardContext): Panel {
  const cold = q.level('cold_items', {
    where: { catalog: '=~$catalog' },
    by: ['catalog'],
    of: 'max',
  });
  return timeseries({
    key: 'cold-items',
    title: 'Cold items and items to learn anew',
    description:
      'Items without a vector by catalogue, and items queued to be learnt. The queue should empty at each retraining; cold items that only grow have too few clicks to be learnt from.',
    unit: 'short',
    min: 0,
    queries: [
      { expr: cold, legend: 'cold in {{catalog}}' },
      { expr: q.level('items_awaiting_retraining', { of: 'max' }), legend: 'queued' },
    ],
    links: [dashboardLink('catalog')],
  });
}

function retrainedItems({ definition }: DashboardContext): Panel {
  const retrained = happened(dashboardScope(definition), 'item_retrains_total', {
    by: ['outcome'],
  });
  return timeseries({
    key: 'retrained-items',
    title: 'Retrained items',
    description:
      'Items whose vector was learnt anew in the window of a point: published, skipped as no model had anything to learn from, or failed. Good is no failed ones.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [{ expr: retrained, legend: '{{outcome}}' }],
    mayBeEmpty: 'while no item is cold or decays',
  });
}

function storeRows({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'store-rows',
    title: 'Store rows',
    description:
      'Rows of a store when it was opened, by table. A step down at a restart is lost or truncated data.',
    unit: 'short',
    min: 0,
    queries: [
      {
        expr: q.level('store_rows', { by: ['store', 'table'], of: 'max' }),
        legend: '{{store}} {{table}}',
      },
    ],
  });
}
