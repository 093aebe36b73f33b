import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PipelineLayout } from '../../../src/telemetry/layout.ts';
import {
  exposedName,
  type LabelName,
  type MetricName,
  metricTable,
} from '../../../src/telemetry/metrics.ts';
import { type RequestRecord, stageOutcomes } from '../../../src/telemetry/request-record.ts';

type Labels<Name extends MetricName> = Readonly<Record<LabelName<Name>, string>>;

/** The series of the product's table as plain prom-client metrics, labels given with each call. */
export interface StockMetrics {
  readonly registry: Registry;
  observe<Name extends MetricName>(name: Name, labels: Labels<Name>, value: number): void;
  increment<Name extends MetricName>(name: Name, labels: Labels<Name>, by: number): void;
}

/** Declares every series of the table in a prom-client registry. */
export function createStockMetrics(): StockMetrics {
  const registry = new Registry();
  const histograms = new Map<string, Histogram>();
  const counters = new Map<string, Counter>();
  for (const name of Object.keys(metricTable) as MetricName[]) {
    const { type, help, labels, ...row } = metricTable[name];
    const common = {
      name: exposedName(name),
      help,
      labelNames: [...labels],
      registers: [registry],
    };
    if (type === 'counter') counters.set(name, new Counter(common));
    else if (type === 'gauge') new Gauge(common);
    else if ('buckets' in row)
      histograms.set(name, new Histogram({ ...common, buckets: [...row.buckets] }));
  }
  return {
    registry,
    observe: (name, labels, value) => histograms.get(name)!.observe(labels, value),
    increment: (name, labels, by) => counters.get(name)!.inc(labels, by),
  };
}

/** What the product counts of a finished request. */
export function countRequest(record: RequestRecord, metrics: StockMetrics): void {
  const { layout, strategy, segment, catalog, outcome, method, route, status } = record;
  const seconds = (record.endedAt - record.startedAt) / 1000;
  const http = {
    http_request_method: method,
    http_route: route,
    http_response_status_code: String(status),
    error_type: status >= 500 ? String(status) : '',
  };
  metrics.observe('http_server_request_duration_seconds', http, seconds);
  if (layout === undefined) return;
  const { work } = layout;
  const labels = { work, strategy, segment, catalog, outcome };
  metrics.observe('request_duration_seconds', labels, seconds);
  for (let s = 0; s < layout.stages.length; s++) {
    if (record.stageStart[s] !== 0) countStage(record, metrics, { layout, s });
  }
}

function countStage(
  record: RequestRecord,
  metrics: StockMetrics,
  { layout, s }: { layout: PipelineLayout; s: number },
): void {
  const { work } = layout;
  const { stage, component, components } = layout.stages[s];
  const outcome = stageOutcomes[record.stageOutcome[s]];
  const seconds = (record.stageEnd[s] - record.stageStart[s]) / 1000;
  metrics.observe('stage_duration_seconds', { work, stage, component, outcome }, seconds);
  metrics.observe('stage_candidates', { work, stage, direction: 'in' }, record.stageIn[s]);
  metrics.observe('stage_candidates', { work, stage, direction: 'out' }, record.stageOut[s]);
  components.forEach((name, c) => {
    const ms = record.componentMs[layout.firstComponent[s] + c];
    const count = record.componentCount[layout.firstComponent[s] + c];
    if (ms === 0 && count === 0) return;
    metrics.observe('component_duration_seconds', { work, stage, component: name }, ms / 1000);
    const labels = { work, component: name };
    if (stage === 'retrieve') metrics.increment('retriever_hits_total', labels, count);
    if (stage === 'filter') metrics.increment('filter_removed_total', labels, count);
  });
}
