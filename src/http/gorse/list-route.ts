import type { z } from 'zod';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import type { Gateway } from '../../gateway.ts';
import { OverloadError } from '../../pipeline/admission/shed.ts';
import type { ListPart } from '../../pipeline/kept/read-part.ts';
import { slateCapacity } from '../../pipeline/run.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { HttpContext } from '../env.ts';
import { createRecordDoor, headerTimeoutMs } from '../query/record-door.ts';
import { readStanding } from '../query/standing.ts';
import type { App } from '../routes.ts';
import { gorseRefusal } from './answers.ts';
import { addGorseHandler, type Caller, type GorseDoors, type GorseRoute } from './gorse-route.ts';
import { type ListQuery, listQuerySchema, readListQuery } from './list-query.ts';
import type { Namespace } from './namespace.ts';
import { pathParts } from './path-parts.ts';
import { scoreListSchema } from './score-list-schema.ts';
import { type ListForm, type ScoredItems, scoreText } from './score-text.ts';
import { takePart } from './take-part.ts';

/** What is known of a request for a list. */
export interface ListVisit {
  readonly c: HttpContext;
  readonly record: RequestRecord;
  readonly caller: Caller;
  /** The parameters of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: ListQuery;
}

/** A route that answers a list of items. */
export interface ListRoute extends Pick<GorseRoute, 'paths' | 'operationId' | 'summary'> {
  readonly method?: GorseRoute['method'];
  readonly query?: z.ZodObject;
  readonly body?: GorseRoute['body'];
  readonly failures?: GorseRoute['failures'];
  readonly schema?: z.ZodType;
  handle(visit: ListVisit): Promise<Response> | Response;
}

/** What routes of lists are added with. */
export interface ListParts {
  readonly gateway: Gateway;
  readonly doors: GorseDoors;
}

/** Adds a route whose every answer has the record of a recommendation. */
export function addListRoute(app: App, route: ListRoute, { gateway, doors }: ListParts): void {
  const { telemetry, config } = gateway;
  const { paths, method = 'get', query: schema = listQuerySchema } = route;
  const defaultCount = config.gorse?.defaultCount ?? 10;
  const door = createRecordDoor(telemetry, {
    route: paths[0],
    async handle(c, record) {
      const caller = doors.admit(c, 'read');
      const path = readPath(c, paths);
      const query = readListQuery(c.req.raw.url, { defaultCount });
      return route.handle({ c, record, caller, path, query });
    },
    refuse: (error, { requestId }) =>
      gorseRefusal(error, {
        requestId,
        ...(error instanceof OverloadError && {
          headers: { 'x-sightline-fallback-reason': error.reason },
        }),
      }),
  });
  addGorseHandler(
    app,
    {
      ...{ method, paths, query: schema, scope: 'read' as const },
      ...{ operationId: route.operationId, summary: route.summary },
      ...(route.body && { body: route.body }),
      success: { description: 'The list, best first', schema: route.schema ?? scoreListSchema },
      failures: { 400: 'A parameter that makes no sense', 503: 'Too much load', ...route.failures },
    },
    { handler: door, doors },
  );
}

/** The parameters of the longest of some paths that has as many parts. */
function readPath(c: HttpContext, paths: readonly string[]): Readonly<Record<string, string>> {
  const longest = paths.reduce((one, other) => (other.length > one.length ? other : one));
  return pathParts(c, longest);
}

/** What a work is asked for the Gorse API. */
export interface ListAsk {
  readonly work: string;
  /** Who or what it is for; ids as they are stored. */
  readonly request: Pick<RecommendRequest, 'user' | 'item' | 'recent'>;
  /** Ids, as they are stored, that must not be served, beside those of the query. */
  readonly exclude?: readonly string[];
  readonly form: ListForm;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a work and answers the part of its list that the query wants. */
export async function answerList(
  gateway: Gateway,
  visit: ListVisit,
  ask: ListAsk,
): Promise<Response> {
  const { c, record, caller, query } = visit;
  const { namespace } = caller;
  const exclude = [...query.exclude.map(namespace.inner), ...(ask.exclude ?? [])];
  const part = partOf(query, exclude);
  const request = {
    ...baseRequest(visit),
    ...ask.request,
    n: Math.max(1, part.offset + part.n),
    exclude,
  };
  return gateway.recommend(
    ask.work,
    request,
    record,
    (answer) => {
      const list = takePart(answer, part, gateway.table);
      return respondList(gateway, list, { record, namespace, ...ask });
    },
    readStanding(c, gateway.telemetry.emit),
  );
}

/** The part that a query wants, of at most 100 items. */
export function partOf({ offset, n }: ListQuery, exclude: readonly string[]): ListPart {
  const passed = Math.min(offset, slateCapacity);
  return { offset: passed, n: Math.min(n, slateCapacity - passed), exclude: new Set(exclude) };
}

/** What every request says: catalogue, categories, deadline. */
export function baseRequest({ c, caller, path, query }: ListVisit): RecommendRequest {
  const categories = path.category === undefined ? query.categories : [path.category];
  return {
    n: 1,
    catalog: caller.namespace.catalog,
    ...(categories.length > 0 && { categories, everyCategory: true }),
    timeoutMs: headerTimeoutMs(c),
    explain: false,
  };
}

/** How a list is written and for whom. */
export interface ListWriting {
  readonly record: RequestRecord;
  readonly namespace: Namespace;
  readonly form: ListForm;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The answer with a list, and the headers that say where it came from. */
export function respondList(
  { table }: Pick<Gateway, 'table'>,
  list: ScoredItems,
  { record, namespace, form, headers }: ListWriting,
): Response {
  const text = scoreText(list, { table, namespace, form });
  return new Response(text, { headers: { ...listHeaders(record), ...headers } });
}

/** The headers of every list. */
export function listHeaders(record: RequestRecord): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-request-id': record.requestId,
    'x-sightline-generation': record.generation,
    'x-sightline-strategy': record.strategy,
  };
  const reason = record.fallbackReason;
  if (reason !== null) headers['x-sightline-fallback-reason'] = reason;
  return headers;
}

/** The answer about something that is not known: an empty list of a work that was not asked. */
export function answerNothing(
  gateway: Gateway,
  { record, query }: ListVisit,
  work: string,
): Response {
  const { generation } = gateway.generations.current;
  const chosen = generation.works.get(work);
  record.layout = chosen?.layout;
  record.strategy = chosen?.strategy ?? '';
  record.generation = generation.id;
  record.requested = query.n;
  record.outcome = 'empty';
  return new Response('[]', { headers: listHeaders(record) });
}
