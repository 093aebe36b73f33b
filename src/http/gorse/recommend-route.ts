import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { requestHeader } from '../env.ts';
import { readStanding } from '../query/standing.ts';
import type { App } from '../routes.ts';
import { recommendQuerySchema } from './list-query.ts';
import {
  addListRoute,
  baseRequest,
  type ListParts,
  type ListVisit,
  partOf,
  respondList,
} from './list-route.ts';
import { named } from './named.ts';
import { recommendListSchema } from './score-list-schema.ts';
import type { ListForm, ScoredItems } from './score-text.ts';
import { takePart } from './take-part.ts';
import { readWriteBack, writeBack } from './write-back.ts';

/** The route of `/api/recommend`, as spans and series name it. */
export const gorseRecommendRoute = '/api/recommend/{user-id}';

/** Adds `/api/recommend`. It answers from a kept list where one holds; see `Keeping`. */
export function addRecommendRoute(app: App, parts: ListParts, clock: Clock): void {
  const { gateway } = parts;
  addListRoute(
    app,
    {
      paths: [gorseRecommendRoute, `${gorseRecommendRoute}/{category}`],
      operationId: 'gorseRecommend',
      summary: 'What is recommended to a user; ids, or scores with the header `X-API-Version: 2`',
      query: recommendQuerySchema,
      schema: recommendListSchema,
      failures: { 404: 'No work is named for it' },
      async handle(visit) {
        const asked = readAsked(gateway, visit);
        const back = readWriteBack(visit.query);
        if (back !== undefined && !visit.caller.mayWrite) throw mayNotWrite();
        let items: string[] = [];
        const response = await recommend(gateway, visit, asked, (list) => {
          if (back !== undefined) items = idsOf(gateway, list);
          return respondList(gateway, list, { ...visit, ...asked });
        });
        if (back === undefined) return response;
        const { user } = asked;
        const isWritten = await writeBack(gateway, back, { user, items, nowMs: clock.now() });
        if (!isWritten) response.headers.set('x-sightline-write-back', 'failed');
        return response;
      },
    },
    parts,
  );
}

function mayNotWrite(): SightlineError {
  const message = 'key may not write back, expected one with the scope write';
  return new SightlineError('SL_FORBIDDEN', message, { path: 'write-back-type' });
}

interface AskedRecommend {
  readonly work: string;
  readonly user: string;
  readonly form: ListForm;
  readonly namespace: ListVisit['caller']['namespace'];
}

function readAsked({ config }: Gateway, { c, caller, path }: ListVisit): AskedRecommend {
  const { namespace } = caller;
  return {
    work: named(config.gorse?.recommend, 'recommend'),
    user: namespace.inner(path['user-id']),
    form: requestHeader(c, 'x-api-version') === '2' ? 'scores' : 'ids',
    namespace,
  };
}

/** The kept list, or the work, which is asked for a whole list that is kept where nothing is excluded. */
async function recommend<T>(
  gateway: Gateway,
  visit: ListVisit,
  { work, user, namespace }: AskedRecommend,
  render: (list: ScoredItems) => T,
): Promise<T> {
  const { c, record, query } = visit;
  const { keeping, table, config } = gateway;
  const exclude = query.exclude.map(namespace.inner);
  const part = partOf(query, exclude);
  const base = { ...baseRequest(visit), user };
  const asked = { name: work, request: base, part, record };
  const recalled = await keeping?.recall(asked, render);
  if (recalled !== undefined) return recalled;
  const isKept = keeping !== undefined && exclude.length === 0;
  const wanted = Math.max(1, part.offset + part.n, isKept ? config.gorse!.cache.items : 0);
  const request = { ...base, n: wanted, exclude };
  const ticket = keeping?.ticket(user);
  return gateway.recommend(
    work,
    request,
    record,
    (answer) => {
      if (isKept && ticket !== undefined) keeping.keep(work, request, answer, ticket);
      return render(takePart(answer, part, table));
    },
    readStanding(c, gateway.telemetry.emit),
  );
}

function idsOf({ table }: Gateway, { count, items }: ScoredItems): string[] {
  return Array.from({ length: count }, (_, p) => table.ids[items[p]]);
}
