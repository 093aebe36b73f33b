import { type Context, context, trace } from '@opentelemetry/api';
import { degradationReasons } from '../../../src/domain/degradation.ts';
import type { PipelineLayout } from '../../../src/telemetry/layout.ts';
import { RequestRecord, stageOutcomes } from '../../../src/telemetry/request-record.ts';

/** A record that remembers the OpenTelemetry context of its request. */
export class StockRecord extends RequestRecord {
  context: Context = context.active();
}

/** The fields of the product's request line. */
export function describeRequest(record: StockRecord): Record<string, unknown> {
  const { layout, strategy, segment, catalog, variant, generation } = record;
  const span = trace.getSpan(record.context)?.spanContext();
  const common = {
    request_id: record.requestId,
    trace_id: span?.traceId,
    span_id: span?.spanId,
    method: record.method,
    route: record.route,
    status: record.status,
    ms: record.endedAt - record.startedAt,
  };
  if (layout === undefined) return common;
  const context = { work: layout.work, strategy, segment, catalog, variant, generation };
  return {
    ...common,
    ...context,
    outcome: record.outcome,
    n: record.requested,
    returned: record.returned,
    session_length: record.sessionLength,
    fallback_reason: record.fallbackReason,
    stages: describeStages(record, layout),
    ...(record.degradations.length === 0 ? {} : { degradations: record.degradations }),
  };
}

function describeStages(record: RequestRecord, layout: PipelineLayout): object[] {
  return layout.stages.map(({ stage, component, components }, s) => ({
    stage,
    component,
    ms: record.stageEnd[s] - record.stageStart[s],
    in: record.stageIn[s],
    out: record.stageOut[s],
    outcome: stageOutcomes[record.stageOutcome[s]],
    reason: degradationReasons[record.stageReason[s]],
    components: Object.fromEntries(
      components.map((name, c) => [name, record.componentMs[layout.firstComponent[s] + c]]),
    ),
  }));
}
