import { gorseJson } from '../answers.ts';
import { listQuerySchema, readListQuery } from '../list-query.ts';
import { pathParts } from '../path-parts.ts';
import type { DashboardParts, DashboardRoute } from './dashboard-routes.ts';
import { scoredItemsSchema, showPreview, workOfRecommender } from './preview.ts';

/** Which recommender a page is about, as the parts of its path say. */
type Recommender = (
  parts: Readonly<Record<string, string>>,
) => readonly [kind?: string, name?: string];

const malformed = { 400: 'A parameter that makes no sense' };

/** The pages that show what lists would be now, with the rows of their items. */
export function listPages({ gateway, clock }: DashboardParts): DashboardRoute[] {
  const gorse = gateway.config.gorse!;
  const page = (path: string, operationId: string, recommender: Recommender): DashboardRoute => ({
    ...{ path, operationId, schema: scoredItemsSchema, query: listQuerySchema },
    summary: 'What a list would be now; nothing is counted as served',
    failures: { ...malformed, 404: 'No such list' },
    handle: async (c, visit) => {
      const parts = pathParts(c, `/api/dashboard/${path}`);
      const query = readListQuery(c.req.raw.url, gorse);
      const { namespace } = visit.caller;
      const user = parts['user-id'] ?? query.user;
      const item = parts['item-id'];
      const request = {
        user: user === undefined ? undefined : namespace.inner(user),
        item: item === undefined ? undefined : namespace.inner(item),
      };
      const work = workOfRecommender(gorse, ...recommender(parts));
      const asked = { work, request, query, namespace, requestId: visit.requestId };
      return gorseJson(await showPreview(gateway, asked, clock), visit);
    },
  });
  return [
    // There always is one.
    { ...page('latest', 'gorsePreviewLatest', () => ['latest']), failures: malformed },
    page('non-personalized/{name}', 'gorsePreviewList', ({ name }) => ['non-personalized', name]),
    page('recommend/{user-id}', 'gorsePreview', () => []),
    page('recommend/{user-id}/{recommender}', 'gorsePreviewOf', ({ recommender }) => [recommender]),
    page(
      'recommend/{user-id}/{recommender}/{name}',
      'gorsePreviewNamed',
      ({ recommender, name }) => [recommender, name],
    ),
    page('item-to-item/{name}/{item-id}', 'gorsePreviewItems', ({ name }) => [
      'item-to-item',
      name,
    ]),
  ];
}
