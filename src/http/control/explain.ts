import type { Answer } from '../../answer.ts';
import type { Clock } from '../../domain/clock.ts';
import type { DryRun } from '../../dry-run.ts';
import type { Gateway } from '../../gateway.ts';
import { adoptContext } from '../../telemetry/context.ts';
import { RequestRecord } from '../../telemetry/request-record.ts';
import { type HttpContext, requestHeader } from '../env.ts';
import { parse } from '../errors.ts';
import { readJson } from '../json-body.ts';
import { explain, short } from '../query/explain.ts';
import { knownWork } from '../query/known-work.ts';
import { toRecommendRequest } from '../query/recommend-schema.ts';
import { headerTimeoutMs } from '../query/record-door.ts';
import { degradationsOf } from '../query/render.ts';
import { listCandidates, listFilters, listRetrievers, measureRerank } from './explain-lists.ts';
import { listPaths } from './explain-paths.ts';
import { type DryRunExplanation, explainBodySchema } from './explain-schema.ts';

/** The route as its span names it. */
export const explainRoute = '/control/pipelines/{work}/explain';

/**
 * Runs a work for nobody and tells all of it; its trace is exported with a mark that keeps it. Throws
 * `SL_WORK_UNKNOWN`, `SL_REQUEST_INVALID` and what `readJson` throws.
 */
export async function explainWork(
  gateway: Gateway,
  c: HttpContext,
  { requestId, clock }: { requestId: string; clock: Clock },
): Promise<DryRunExplanation> {
  const work = knownWork(gateway, c);
  const raw = await readJson(c, gateway.config.http.bodyLimitBytes);
  const { request: asked, variants, top } = parse(explainBodySchema, raw);
  const request = toRecommendRequest(
    { ...asked, explain: true },
    { timeoutMs: headerTimeoutMs(c), forcedVariant: undefined },
  );
  const record = recordOf(c, { requestId, clock });
  const told = await gateway.dryRun({ work, request, record, variants }, (done) =>
    tell(gateway, done, top),
  );
  record.endedAt = clock.monotonic();
  return { ...told, trace_exported: gateway.telemetry.trace(record) };
}

/** A record of its own: a pooled one would have to be handed over, and then be counted. */
function recordOf(
  c: HttpContext,
  { requestId, clock }: { requestId: string; clock: Clock },
): RequestRecord {
  const record = new RequestRecord();
  record.startedAt = clock.monotonic();
  record.route = explainRoute;
  record.path = c.req.path;
  const inbound = {
    traceparent: requestHeader(c, 'traceparent'),
    tracestate: requestHeader(c, 'tracestate'),
    baggage: requestHeader(c, 'baggage'),
  };
  // Nothing of a dry run is counted, a bad header of it neither.
  adoptContext(record, inbound, () => {});
  record.requestId = requestId;
  return record;
}

type Done = DryRun & { readonly answer: Answer };

function tell(
  { table, plugins }: Gateway,
  done: Done,
  top: number,
): Omit<DryRunExplanation, 'trace_exported'> {
  const { answer, work, assignment } = done;
  const { record, slate } = answer;
  const { items, ...rest } = explain(answer, table);
  return {
    request_id: record.requestId,
    trace_id: record.traceId,
    work: work.name,
    strategy: record.strategy,
    generation: record.generation,
    variant:
      assignment === undefined
        ? null
        : {
            experiment: assignment.experiment,
            variant: assignment.variant,
            reason: assignment.reason,
          },
    fallback_reason: record.fallbackReason,
    degradations: degradationsOf(answer),
    ...rest,
    retrievers: listRetrievers(done, top),
    candidates: listCandidates(done, top),
    rerank: measureRerank(done),
    filters: listFilters(done, { top, plugins }),
    items: items.map((item, p) => ({
      ...item,
      score: short(slate.scores[p]),
      source: slate.sources[p],
      because: listPaths(done, slate.items[p]),
    })),
  };
}
