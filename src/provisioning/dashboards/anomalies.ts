import { createContext, type DashboardContext } from '../panels/context.ts';
import { current } from '../panels/current.ts';
import { line } from '../panels/line.ts';
import { table, text, timeseries } from '../panels/panels.ts';
import { staysUnder } from '../panels/thresholds.ts';
import { happened, observedQuantile } from '../queries/happened.ts';
import { dashboardScope } from '../queries/scopes.ts';
import { alerting, nothingFound } from '../rows/alert-row.ts';
import { detection } from '../rows/detection-row.ts';
import { telling } from '../rows/telling-row.ts';
import type { Panel, Variable } from './dashboard.ts';
import type { DashboardMaker } from './index.ts';

const ofMeasure = { measure: '=~$measure' } as const;
const medianDelay = [0.5, 'anomaly_detection_delay_seconds'] as const;
const detectionOff = 'where the detector of anomalies is off';

/** What left its usual range, whether the cause is known, and whether somebody was told. */
export const anomalies: DashboardMaker = (definition) => {
  const context = createContext(definition);
  return {
    key: 'anomalies',
    title: 'Anomalies and alerts',
    description:
      'What left its usual range, where its ranked causes are, which alerts fire, what detection costs, and whether those who should know were told.',
    variables: [measureVariable(context)],
    rows: [
      {
        title: 'At a glance',
        panels: line(...openNow(context), foundInRange(context), delayNow(context)),
      },
      {
        title: 'Found',
        panels: [
          ...line(openAnomalies(context), foundByMeasure(context), detectionDelay(context)),
          causes(context),
        ],
      },
      alerting(context),
      detection(context),
      telling(context),
    ],
  };
};

function measureVariable({ q }: DashboardContext): Variable {
  return {
    name: 'measure',
    label: 'Measure',
    values: { selector: q.select('anomalies_total'), label: 'measure' },
  };
}

function openNow({ q }: DashboardContext): Panel[] {
  const panel = (state: string, options: Pick<Panel, 'key' | 'title' | 'description'>) =>
    current(q.level('anomalies_open', { where: { state }, of: 'sum' }), {
      ...options,
      unit: 'short',
      mayBeEmpty: detectionOff,
    });
  return [
    {
      ...panel('firing', {
        key: 'firing',
        title: 'Firing',
        description:
          'Anomalies that are certain and open, of all instances. Good is 0; their ranked causes stand at the address under Causes.',
      }),
      ...staysUnder(1),
    },
    panel('pending', {
      key: 'pending',
      title: 'Pending',
      description:
        'Anomalies that are suspected. Some come and go while all is well; many at once are worth a look at Found.',
    }),
  ];
}

function foundInRange({ definition }: DashboardContext): Panel {
  const found = happened(dashboardScope(definition), 'anomalies_total', {
    where: ofMeasure,
    window: '$__range',
  });
  return current(`${found} or vector(0)`, {
    key: 'found-in-range',
    title: 'Found in this time',
    description:
      'Anomalies of the chosen measures that began to fire in the time shown. About one a day is the price of the sensitivity that is set; Found tells measures apart.',
    unit: 'short',
    decimals: 0,
  });
}

function delayNow({ definition }: DashboardContext): Panel {
  const delay = observedQuantile(dashboardScope(definition), medianDelay, {
    where: ofMeasure,
    window: '1d',
  });
  return current(delay, {
    key: 'delay-now',
    title: 'Detection delay',
    description:
      'Median time from the beginning of a change until it fired, over the last day, as anomalies are rare. A few ticks are good for abrupt changes, hours are usual for slow ones.',
    unit: 's',
    mayBeEmpty: nothingFound,
  });
}

function openAnomalies({ q }: DashboardContext): Panel {
  return timeseries({
    key: 'open',
    title: 'Open anomalies',
    description:
      'Anomalies that are open, by state. They close five ticks after the values are back; one that stays for two hours is taken for the new usual.',
    unit: 'short',
    min: 0,
    isStacked: true,
    queries: [
      { expr: q.level('anomalies_open', { by: ['state'], of: 'sum' }), legend: '{{state}}' },
    ],
    mayBeEmpty: detectionOff,
  });
}

function foundByMeasure({ definition }: DashboardContext): Panel {
  const found = happened(dashboardScope(definition), 'anomalies_total', {
    where: ofMeasure,
    by: ['measure', 'direction'],
    window: '$__range',
  });
  return table({
    key: 'found',
    title: 'Found by measure and direction',
    description:
      'Anomalies that began to fire in the time shown. The same measure again and again is either a real weakness or a series that should not be watched.',
    unit: 'short',
    decimals: 0,
    queries: [{ expr: `${found} > 0`, isInstant: true }],
    columns: { measure: 'Measure', direction: 'Direction', Value: 'Found' },
    mayBeEmpty: nothingFound,
  });
}

function detectionDelay({ definition }: DashboardContext): Panel {
  return timeseries({
    key: 'detection-delay',
    title: 'Detection delay',
    description:
      'Median time from the beginning of a change until its anomaly fired, by measure, over the last day, as anomalies are rare. A measure that always comes late has too little traffic or too much scatter.',
    unit: 's',
    min: 0,
    queries: [
      {
        expr: observedQuantile(dashboardScope(definition), medianDelay, {
          where: ofMeasure,
          by: ['measure'],
          window: '1d',
        }),
        legend: '{{measure}}',
      },
    ],
    mayBeEmpty: nothingFound,
  });
}

function causes({ definition: { nodes } }: DashboardContext): Panel {
  const addresses = nodes
    .slice(0, 5)
    .map((node) => `[${node}](http://${node}/control/anomalies)`)
    .join(', ');
  return text({
    key: 'causes',
    title: 'Causes',
    description: 'Where the ranked causes of an anomaly are, as they are no series.',
    unit: 'none',
    queries: [],
    text: `Each anomaly has its causes ranked, with the share of the change that each explains and traces that show it: \`GET /control/anomalies\` on the control port (${addresses}), \`/control/anomalies/ID\` for one of them, \`/control/annotations\` for the marks on these pages. Alerts sent by webhooks carry the same.`,
  });
}
