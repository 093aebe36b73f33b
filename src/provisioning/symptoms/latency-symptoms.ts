import type { MetricRow } from '../../telemetry/metric-row.ts';
import { type HistogramName, metricTable } from '../../telemetry/metrics.ts';
import { oneOf } from '../rules/one-of.ts';
import { observed } from '../rules/proof-series.ts';
import type { WorkDefinition } from '../source/definition.ts';
import { type AlertMaker, curl, query, where } from './symptom.ts';

/** Requests or runs in five minutes without which a percentile says little. */
const leastSamples = 100;

/** Answers and stages that take longer than they may. */
export const latencySymptoms: AlertMaker = (context) => [
  ...latencyHigh(context),
  ...stageOverBudget(context),
];

const latencyHigh: AlertMaker = ({ definition, q }) => {
  const name = 'request_duration_seconds';
  const works = definition.works.filter((work) => boundMs(work) < lastBucketMs(name));
  if (works.length === 0) return [];
  const slow = groupsBy(works, boundMs).map(
    ([ms, some]) =>
      `${q.recorded('sightline:rec_latency_p95:5m', { work: oneOf(some.map(nameOf)) })} > ${ms / 1000}`,
  );
  const [first] = works;
  const served = (value: number) =>
    observed(q, name, { where: { work: first.name, outcome: 'ok' }, value, perStep: 600 });
  return [
    {
      alert: 'SightlineLatencyHigh',
      expr: where(
        q,
        [
          `(\n${slow.join('\nor\n')}\n)`,
          `sum by (${q.labels('work')}) (${q.recorded('sightline:requests:rate5m')}) * 300 >= ${leastSamples}`,
        ],
        ['work'],
      ),
      severity: 'warning',
      forSeconds: 600,
      keepFiringForSeconds: 600,
      summary: 'Answers of a work take longer than they may.',
      description:
        '95 % of the answers of work {{ $labels.work }} take up to {{ $value | humanizeDuration }}, over its latency objective (its budget, where it has none).',
      dashboard: { key: 'overview', panel: 'latency-p95' },
      runbook: {
        meaning:
          'The 95th percentile of a work has been over its latency objective for ten minutes, or over its budget where it has no objective.',
        impact: 'One caller in twenty waits so long, or gives up and shows nothing.',
        diagnosis: `Which stage: ${query(q.recorded('sightline:stage_latency_p99:5m'))}. Which instance: Runtime, event loop and garbage collection. A store: ${query(q.quantile(0.99, 'store_fetch_duration_seconds', { by: ['store'] }))}. Exemplars of the latency panel lead to slow traces; ${curl(definition, '/control/anomalies')} names the segment or catalogue if it is one.`,
        mitigation:
          'Give the stage that waits a `budgetMs`, so that it is skipped in time. Add instances if all of them are busy. If it began with a deploy or a changed configuration, roll that back.',
      },
      proof: {
        firing: {
          series: served(60),
          atMinutes: 13,
          labels: { work: first.name },
          value: lastBucketMs(name) / 1000,
        },
        silent: { series: served(0.0001), atMinutes: 13 },
      },
    },
  ];
};

/** What 95 % of the answers of a work may take. */
const boundMs = ({ slo, budgetMs }: WorkDefinition) => slo.latencyP95Ms ?? budgetMs;

const stageOverBudget: AlertMaker = ({ definition, q }) => {
  const name = 'stage_duration_seconds';
  const bounds = definition.works
    .flatMap(({ name: work, stages, budgetMs: ms }) =>
      groupsBy(stages, ({ budgetMs }) => budgetMs ?? ms).map(([ms, some]) => ({ work, ms, some })),
    )
    .filter(({ ms }) => ms < lastBucketMs(name));
  if (bounds.length === 0) return [];
  const over = bounds.map(({ work, ms, some }) => {
    const stage = oneOf(some.map(nameOf));
    return `${q.recorded('sightline:stage_latency_p99:5m', { work, stage })} > ${ms / 1000}`;
  });
  const place = { work: bounds[0].work, stage: bounds[0].some[0].name };
  const ran = (value: number) =>
    observed(q, name, { where: { ...place, outcome: 'ok' }, value, perStep: 600 });
  return [
    {
      alert: 'SightlineStageOverBudget',
      expr: where(
        q,
        [
          `(\n${over.join('\nor\n')}\n)`,
          `${q.count(name, { by: ['work', 'stage'] })} * 300 >= ${leastSamples}`,
        ],
        ['work', 'stage'],
      ),
      severity: 'warning',
      forSeconds: 900,
      keepFiringForSeconds: 600,
      summary: 'A stage takes longer than its budget.',
      description:
        '99 % of the runs of stage {{ $labels.stage }} of work {{ $labels.work }} take up to {{ $value | humanizeDuration }}, over its budget.',
      dashboard: { key: 'pipeline-stage', panel: 'overruns' },
      runbook: {
        meaning:
          'The 99th percentile of a stage has been over its `budgetMs` for a quarter of an hour, or over the budget of the whole work where it has none of its own.',
        impact:
          'The stages after it get less time or are skipped, so answers get worse before they get slow.',
        diagnosis: `Its components: ${query(q.quantile(0.99, 'component_duration_seconds', { by: ['work', 'stage', 'component'] }))}. How it ends: ${query(q.count(name, { by: ['work', 'stage', 'outcome'] }))}. A feature stage waits for its store, a score stage for the event loop or for too many candidates: ${query(q.quantile(0.5, 'stage_candidates', { by: ['work', 'stage', 'direction'] }))}.`,
        mitigation:
          'Lower the `limit` of retrievers or the `pool` of the reranker, drop the slow algorithm from `use`, or raise the budget if the work has time left.',
      },
      proof: {
        firing: {
          series: ran(60),
          atMinutes: 18,
          labels: place,
          value: lastBucketMs(name) / 1000,
        },
        silent: { series: ran(0.00001), atMinutes: 18 },
      },
    },
  ];
};

/** What is over the last bucket reads as its bound, so a bound beyond it is never passed. */
function lastBucketMs(name: HistogramName): number {
  const { buckets = [] }: MetricRow = metricTable[name];
  return buckets.at(-1)! * 1000;
}

const nameOf = ({ name }: { readonly name: string }) => name;

function groupsBy<T>(items: readonly T[], keyOf: (item: T) => number): [number, T[]][] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups];
}
