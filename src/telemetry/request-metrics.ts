import { within } from './bounded-map.ts';
import { createHttpSeries } from './http-series.ts';
import type { PipelineLayout, StageSlot } from './layout.ts';
import type { Counter, Histogram, MetricSet } from './metric-set.ts';
import { type RequestRecord, stageOutcomes } from './request-record.ts';

/** The series of one stage, bound once. */
interface StageSeries {
  /** By the code of the outcome. */
  duration(outcome: number): Histogram;
  readonly into: Histogram;
  readonly outOf: Histogram;
  /** By place in the stage. */
  readonly components: readonly Histogram[];
  /** By place in the stage, of those alone that ask a graph model. */
  readonly inferences: readonly (Histogram | undefined)[];
  /** What the number of a component counts: hits of a retriever, removals of a filter. */
  readonly counts: readonly (Counter | undefined)[];
}

/** The series of one work's layout. */
interface LayoutSeries {
  request(record: RequestRecord): Histogram;
  readonly stages: readonly StageSeries[];
}

/**
 * Makes the feeder of all series that a finished request has values for: the request and its HTTP side
 * with the trace id as exemplar, its stages and their components. Fallbacks are a fact of their own.
 */
export function createRequestMetrics(set: MetricSet): (record: RequestRecord) => void {
  const http = createHttpSeries(set);
  const layouts = new WeakMap<PipelineLayout, LayoutSeries>();
  const bind = (layout: PipelineLayout) => {
    const series = {
      request: bindRequest(set, layout.work),
      stages: layout.stages.map((slot) => bindStage(set, layout.work, slot)),
    };
    layouts.set(layout, series);
    return series;
  };
  return (record) => {
    const { layout, traceId } = record;
    const seconds = (record.endedAt - record.startedAt) / 1000;
    http(record).observe(seconds, traceId);
    if (layout === undefined) return;
    const series = layouts.get(layout) ?? bind(layout);
    series.request(record).observe(seconds, traceId);
    for (let s = 0; s < series.stages.length; s++) {
      if (record.stageStart[s] === 0) continue;
      observeStage(record, series.stages[s], { s, first: layout.firstComponent[s] });
    }
  };
}

function observeStage(
  record: RequestRecord,
  series: StageSeries,
  { s, first }: { s: number; first: number },
): void {
  const seconds = (record.stageEnd[s] - record.stageStart[s]) / 1000;
  series.duration(record.stageOutcome[s]).observe(seconds, record.traceId);
  series.into.observe(record.stageIn[s]);
  series.outOf.observe(record.stageOut[s]);
  for (let c = 0; c < series.components.length; c++) {
    const ms = record.componentMs[first + c];
    const count = record.componentCount[first + c];
    // A component that was never reached has neither.
    if (ms === 0 && count === 0) continue;
    series.components[c].observe(ms / 1000);
    series.inferences[c]?.observe(ms / 1000);
    series.counts[c]?.add(count);
  }
}

function bindRequest(set: MetricSet, work: string): LayoutSeries['request'] {
  const strategies = new Map<string, Map<string, Map<string, Map<string, Histogram>>>>();
  return ({ strategy, segment, catalog, outcome }) => {
    const segments = within(strategies, strategy, () => new Map());
    const catalogs = within(segments, segment, () => new Map());
    const outcomes = within(catalogs, catalog, () => new Map());
    return within(outcomes, outcome, () =>
      set.histogram('request_duration_seconds', { work, strategy, segment, catalog, outcome }),
    );
  };
}

function bindStage(set: MetricSet, work: string, slot: StageSlot): StageSeries {
  const { stage, component, components, graphComponents = [] } = slot;
  const durations: Histogram[] = [];
  const candidates = (direction: string) =>
    set.histogram('stage_candidates', { work, stage, direction });
  return {
    duration(code) {
      durations[code] ??= set.histogram('stage_duration_seconds', {
        work,
        stage,
        component,
        outcome: stageOutcomes[code],
      });
      return durations[code];
    },
    into: candidates('in'),
    outOf: candidates('out'),
    components: components.map((name) =>
      set.histogram('component_duration_seconds', { work, stage, component: name }),
    ),
    inferences: components.map((model) =>
      graphComponents.includes(model)
        ? set.histogram('graph_inference_duration_seconds', { model })
        : undefined,
    ),
    counts: components.map((name) => bindCount(set, { work, stage, component: name })),
  };
}

function bindCount(
  set: MetricSet,
  { stage, ...labels }: { work: string; stage: string; component: string },
): Counter | undefined {
  if (stage === 'retrieve') return set.counter('retriever_hits_total', labels);
  if (stage === 'filter') return set.counter('filter_removed_total', labels);
  return undefined;
}
