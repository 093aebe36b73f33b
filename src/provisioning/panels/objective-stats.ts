import type { Panel } from '../dashboards/dashboard.ts';
import { known, share } from '../queries/share.ts';
import type { WorkDefinition } from '../source/definition.ts';
import type { DashboardContext } from './context.ts';
import { stat } from './panels.ts';
import { budgetColours, burnColours } from './slo-colours.ts';
import { staysOver, staysUnder } from './thresholds.ts';

const window = '$__range';

/** One number for each thing that a work promises, then its budget and how fast it is spent. */
export function objectiveStats(context: DashboardContext, work: WorkDefinition): Panel[] {
  return [availability, latency, nonEmpty, coverage, modelAge, budgetLeft, burn].flatMap(
    (panelOf) => panelOf(context, work) ?? [],
  );
}

type ObjectiveStat = (context: DashboardContext, work: WorkDefinition) => Panel | undefined;

const availability: ObjectiveStat = ({ q }, { name: work, slo }) => {
  if (slo.availability === undefined) return undefined;
  const all = q.count('request_duration_seconds', { where: { work }, window });
  const failed = q.count('request_duration_seconds', { where: { work, outcome: 'error' }, window });
  return stat({
    key: `${work}-availability`,
    title: 'Availability',
    description: `Share of requests for ${work} without an error over the chosen time, promised is ${percent(slo.availability)}. Errors by work says when it was lost.`,
    unit: 'percentunit',
    decimals: 3,
    queries: [{ expr: `1 - ${share(failed, all)}`, isInstant: true }],
    ...staysOver(slo.availability),
  });
};

const latency: ObjectiveStat = ({ q }, { name: work, slo }) => {
  if (slo.latencyP95Ms === undefined) return undefined;
  const p95 = q.quantile(0.95, 'request_duration_seconds', { where: { work }, window });
  return stat({
    key: `${work}-latency`,
    title: 'Latency p95',
    description: `95 % of the requests for ${work} were answered within this over the chosen time, promised is ${slo.latencyP95Ms} ms. The row Pipeline says where the time goes.`,
    unit: 's',
    queries: [{ expr: known(p95), isInstant: true }],
    ...staysUnder(slo.latencyP95Ms / 1000),
  });
};

const nonEmpty: ObjectiveStat = ({ q }, { name: work, slo }) => {
  if (slo.nonEmpty === undefined) return undefined;
  const ended = (outcome: string) =>
    q.count('request_duration_seconds', { where: { work, outcome }, window });
  return stat({
    key: `${work}-non-empty`,
    title: 'Not empty',
    description: `Share of answers for ${work} with at least one item over the chosen time, promised is ${percent(slo.nonEmpty)}. The candidate funnel says where they were lost.`,
    unit: 'percentunit',
    decimals: 3,
    queries: [{ expr: `1 - ${share(ended('empty'), ended('!=error'))}`, isInstant: true }],
    ...staysOver(slo.nonEmpty),
  });
};

const coverage: ObjectiveStat = ({ q }, { name, strategy, slo }) => {
  if (slo.coverage === undefined) return undefined;
  const shown = q.level('catalog_coverage_ratio', {
    where: { strategy },
    by: ['catalog'],
    of: 'max',
  });
  return stat({
    key: `${name}-coverage`,
    title: 'Coverage',
    description: `Share that ${name} shows of the catalogue it shows least of, promised is ${percent(slo.coverage)}. See Catalog.`,
    unit: 'percentunit',
    decimals: 0,
    queries: [{ expr: `min(${shown})` }],
    ...staysOver(slo.coverage),
    mayBeEmpty: 'until the work served something',
  });
};

const modelAge: ObjectiveStat = ({ q }, { name, slo, models }) => {
  if (slo.freshnessHours === undefined || models.length === 0) return undefined;
  return stat({
    key: `${name}-freshness`,
    title: 'Model age',
    description: `Time since the oldest model of ${name} was trained, promised is at most ${slo.freshnessHours} h. See Data and model freshness.`,
    unit: 's',
    queries: [
      {
        expr: q.level('model_age_seconds', {
          where: { model: `=~${models.join('|')}` },
          of: 'max',
        }),
      },
    ],
    ...staysUnder(slo.freshnessHours * 3600),
    links: [{ title: 'Data and model freshness', to: { dashboard: 'freshness' } }],
  });
};

const budgetLeft: ObjectiveStat = ({ recorded }, { name: work }) =>
  stat({
    key: `${work}-budget-left`,
    title: 'Budget left',
    description: `What is left of the error budget of ${work} that is spent most, those of its stages among them. Under 0 the promise is broken.`,
    unit: 'percentunit',
    decimals: 0,
    queries: [{ expr: `min(${recorded('sightline:slo_budget_left:ratio', { work })})` }],
    ...budgetColours,
  });

const burn: ObjectiveStat = ({ recorded }, { name: work }) =>
  stat({
    key: `${work}-burn`,
    title: 'Burn',
    description: `How fast the error budget of ${work} goes that goes fastest. Good is under 1; from 14.4 on somebody is called.`,
    unit: 'short',
    decimals: 1,
    queries: [{ expr: `max(${recorded('sightline:slo_burn:1h', { work })})` }],
    ...burnColours,
  });

const percent = (share: number) => `${Number((share * 100).toPrecision(6))} %`;
