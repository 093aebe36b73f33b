import { z } from 'zod';
import { gorseJson } from '../answers.ts';
import { readListQuery } from '../list-query.ts';
import { pathParts } from '../path-parts.ts';
import { readRowPage, rowPageSchema } from '../row-page.ts';
import type { DashboardParts, DashboardRoute } from './dashboard-routes.ts';
import { feedbackDetailsSchema, showFeedbackDetails } from './feedback-details.ts';
import {
  listUserDetails,
  showUserDetails,
  userDetailsSchema,
  userPageSchema,
} from './user-details.ts';

const root = '/api/dashboard';
const unavailable = { 503: 'The store cannot be reached' };
const query = z.object({ n: z.int().optional(), offset: z.int().optional() });

/** The pages about users. */
export function userPages({ gateway, clock }: DashboardParts): DashboardRoute[] {
  const { defaultCount, clockErrorSeconds } = gateway.config.gorse!;
  const feedbackPage = (path: string, operationId: string): DashboardRoute => ({
    ...{ path, operationId, schema: z.array(feedbackDetailsSchema), query },
    summary: 'Feedback of a user with its items, the newest first',
    failures: { 400: 'A parameter that makes no sense', ...unavailable },
    handle: async (c, visit) => {
      const { 'user-id': user, 'feedback-type': expression } = pathParts(c, `${root}/${path}`);
      const { n: count, offset } = readListQuery(c.req.raw.url, { defaultCount });
      const untilMs = clock.now() + clockErrorSeconds * 1000;
      const asked = { user, expression, offset, count, untilMs };
      const { namespace } = visit.caller;
      return gorseJson(await showFeedbackDetails(gateway, asked, namespace), visit);
    },
  });
  return [
    {
      ...{ path: 'users', operationId: 'gorseUserPage', schema: userPageSchema },
      query: rowPageSchema,
      summary: 'Users, and when they were active',
      failures: { 400: 'A parameter that makes no sense', ...unavailable },
      handle: async (c, visit) => {
        const page = readRowPage(c.req.raw.url, defaultCount);
        return gorseJson(await listUserDetails(gateway, page, visit.caller.namespace), visit);
      },
    },
    {
      ...{ path: 'user/{user-id}', operationId: 'gorseUserDetails', schema: userDetailsSchema },
      summary: 'A user, and when it was active',
      failures: { 400: 'An id that is none', 404: 'No such user', ...unavailable },
      handle: async (c, visit) => {
        const { 'user-id': id } = pathParts(c, `${root}/user/{user-id}`);
        return gorseJson(await showUserDetails(gateway, id, visit.caller.namespace), visit);
      },
    },
    feedbackPage('user/{user-id}/feedback', 'gorseUserFeedbackDetails'),
    feedbackPage('user/{user-id}/feedback/{feedback-type}', 'gorseUserFeedbackDetailsOfType'),
  ];
}
