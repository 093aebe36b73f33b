import type { Answer } from '../../answer.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import type { Gateway } from '../../gateway.ts';
import { OverloadError } from '../../pipeline/admission/shed.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { HttpContext } from '../env.ts';
import { asClientError, parse, problem } from '../errors.ts';
import { readJson } from '../json-body.ts';
import { readForcedVariant } from './forced-variant.ts';
import { knownWork } from './known-work.ts';
import { readRecommendQuery } from './recommend-query.ts';
import { recommendBodySchema, toRecommendRequest } from './recommend-schema.ts';
import { beginRecord, headerTimeoutMs } from './record-door.ts';
import { renderAnswer } from './render.ts';
import { type Checks, shared } from './shared-demand.ts';
import { readStanding } from './standing.ts';

/** The route as spans and series name it. */
export const recommendRoute = '/v1/recommend/{work}';

const reasonHeader = 'x-sightline-fallback-reason';

/**
 * Makes both forms of recommend. This is the hot path: no middleware stands before it, and the record of
 * the request is all that it tells telemetry.
 */
export function createRecommend(
  gateway: Gateway,
  { isToken, guard }: Checks,
): {
  readonly post: (c: HttpContext) => Promise<Response>;
  readonly get: (c: HttpContext) => Response | Promise<Response>;
} {
  const { config, table, telemetry } = gateway;
  const admit = guard.admitFor(shared('read'));

  const begin = (c: HttpContext) => beginRecord(telemetry, c, recommendRoute);

  const end = (record: RequestRecord, response: Response) => {
    record.status = response.status;
    telemetry.finish(record);
    return response;
  };

  const fail = (record: RequestRecord, cause: unknown) => {
    const error = asClientError(cause);
    record.errorType = error.code;
    if (error.status >= 500) record.outcome = 'error';
    if (error instanceof OverloadError) return end(record, refuse(record, error));
    if (error.status >= 500) telemetry.emit('server.failed', { code: error.code, cause });
    return end(record, problem(error, { requestId: record.requestId }));
  };

  const readHeaders = (c: HttpContext) => ({
    timeoutMs: headerTimeoutMs(c),
    forcedVariant: readForcedVariant(c, isToken),
  });

  const serve = (c: HttpContext, record: RequestRecord, request: RecommendRequest, work: string) =>
    gateway.recommend(
      work,
      request,
      record,
      (answer) =>
        respond(answer, renderAnswer(answer, { work, table, withExplain: request.explain })),
      readStanding(c, telemetry.emit),
    );

  return {
    async post(c) {
      const record = begin(c);
      try {
        admit(c);
        const work = knownWork(gateway, c);
        const body = await readJson(c, config.http.bodyLimitBytes);
        const request = toRecommendRequest(parse(recommendBodySchema, body), readHeaders(c));
        return end(record, await serve(c, record, request, work));
      } catch (cause) {
        return fail(record, cause);
      }
    },
    get(c) {
      const record = begin(c);
      try {
        admit(c);
        const work = knownWork(gateway, c);
        const request = toRecommendRequest(readRecommendQuery(c.req.raw.url), readHeaders(c));
        const response = serve(c, record, request, work);
        if (response instanceof Response) return end(record, response);
        return response.then(
          (made) => end(record, made),
          (cause) => fail(record, cause),
        );
      } catch (cause) {
        return fail(record, cause);
      }
    },
  };
}

function respond({ record }: Answer, text: string): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-request-id': record.requestId,
    'x-sightline-generation': record.generation,
  };
  const reason = record.fallbackReason;
  if (reason !== null) headers[reasonHeader] = reason;
  return new Response(text, { status: 200, headers });
}

/** An overload is said by its own fact: a log line for each would be load as well. */
function refuse({ requestId }: RequestRecord, error: OverloadError): Response {
  return problem(error, { requestId, headers: { [reasonHeader]: error.reason } });
}
