import { z } from 'zod';
import type { Clock } from '../../../domain/clock.ts';
import { SightlineError } from '../../../domain/errors.ts';
import type { RecommendRequest } from '../../../domain/recommend-request.ts';
import type { Gateway } from '../../../gateway.ts';
import type { GorseOptions } from '../../../gorse-schema.ts';
import { RequestRecord } from '../../../telemetry/request-record.ts';
import { gorseItemSchema, showGorseItem } from '../item-kind.ts';
import type { ListQuery } from '../list-query.ts';
import type { Namespace } from '../namespace.ts';

/** An item with its place in a list. */
export const scoredItemsSchema = z.array(
  gorseItemSchema
    .extend({ Score: z.number() })
    .meta({ id: 'GorseScoredItem', description: 'An item of a list' }),
);

/** The most items of a list. */
const maxItems = 100;

/** A list that is looked at before, or instead of, its users. */
export interface Preview {
  readonly work: string;
  /** Whom or what it is for, by stored ids. */
  readonly request: Pick<RecommendRequest, 'user' | 'item'>;
  readonly query: ListQuery;
  readonly namespace: Namespace;
  readonly requestId: string;
}

/** What a list would be now, with the rows of its items: run for nobody, so that no series or session learns of it. */
export async function showPreview(
  gateway: Gateway,
  { work, request, query, namespace, requestId }: Preview,
  clock: Clock,
): Promise<z.output<typeof scoredItemsSchema>> {
  const { n, offset, categories, exclude } = query;
  const record = new RequestRecord();
  record.startedAt = clock.monotonic();
  record.requestId = requestId;
  const asked: RecommendRequest = {
    ...request,
    n: Math.min(maxItems, n + offset),
    catalog: namespace.catalog,
    categories,
    everyCategory: true,
    exclude: exclude.map(namespace.inner),
    explain: false,
  };
  if (asked.n === 0) return [];
  const listed = await gateway.dryRun({ work, request: asked, record, variants: {} }, (done) => {
    const { slate } = done.answer;
    const ids = Array.from(slate.items.subarray(0, slate.count), (i) => gateway.table.ids[i]);
    return ids.map((id, place) => ({ id, score: slate.scores[place] })).slice(offset);
  });
  const rows = await gateway.store.mget(
    'items',
    listed.map(({ id }) => id),
  );
  return listed.flatMap(({ score }, i) => {
    const row = rows[i];
    return row.state === 'present' ? [{ ...showGorseItem(row.row, namespace), Score: score }] : [];
  });
}

/** The work behind a recommender of Gorse, as `latest`, `collaborative` or `non-personalized/NAME`. Throws `SL_NOT_FOUND`. */
export function workOfRecommender(gorse: GorseOptions, recommender = '', name = ''): string {
  const work = {
    '': gorse.recommend,
    latest: gorse.latest,
    collaborative: gorse.collaborative,
    'non-personalized': own(gorse.nonPersonalized, name),
    'item-to-item': own(gorse.itemToItem, name),
  }[recommender];
  if (work !== undefined) return work;
  const said = name === '' ? recommender : `${recommender}/${name}`;
  throw new SightlineError('SL_NOT_FOUND', `recommender ${said} not found`);
}

const own = (works: Readonly<Record<string, string>> | undefined, name: string) =>
  works !== undefined && Object.hasOwn(works, name) ? works[name] : undefined;
