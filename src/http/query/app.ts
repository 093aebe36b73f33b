import { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import { createTokenCheck } from '../control-token.ts';
import { createDocument } from '../document.ts';
import { createDoor, type Door } from '../door.ts';
import type { HttpEnv } from '../env.ts';
import { json } from '../errors.ts';
import { addGorseRoutes } from '../gorse/gorse-routes.ts';
import { namespaceOf } from '../gorse/namespace.ts';
import { type App, addRoute, createNotFound } from '../routes.ts';
import { createFeedback, documentFeedback } from './feedback.ts';
import { createItemKind } from './items.ts';
import { createQueryForm } from './query-form.ts';
import { documentQueryForm } from './query-form-documents.ts';
import { createRecommend } from './recommend.ts';
import { documentRecommend, documentRecommendByQuery } from './recommend-documents.ts';
import { addRowRoutes } from './rows.ts';
import { createUserKind } from './users.ts';

/** What the app of the query listener is made with. */
export interface QueryAppOptions {
  readonly clock?: Clock;
  /** The control token, with which a caller may choose its variant. */
  readonly token?: string | undefined;
}

/**
 * Makes the app of the query listener: recommend, feedback, items, users, its document and its health.
 *
 * @example await createQueryApp(gateway).request('/healthz') // 200
 */
export function createQueryApp(
  gateway: Gateway,
  { clock = systemClock, token }: QueryAppOptions = {},
): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  const door = createDoor({ emit: gateway.telemetry.emit, clock });
  const isToken = createTokenCheck(token);
  const recommend = createRecommend(gateway, isToken);
  addRoute(app, documentRecommend, recommend.post);
  addRoute(app, documentRecommendByQuery, recommend.get);
  addRoute(app, documentQueryForm, createQueryForm(gateway, isToken));
  const feedback = documentFeedback(gateway.config.feedback.maxBatch);
  addRoute(app, feedback, door(feedback.path, createFeedback(gateway, clock)));
  addRowRoutes(app, createItemKind(gateway, clock), { gateway, door });
  addRowRoutes(app, createUserKind(gateway), { gateway, door });
  addGorseRoutes(app, { gateway, clock, admit: () => ({ namespace: namespaceOf(undefined) }) });
  addOwnRoutes(app, door);
  app.notFound(door('', createNotFound(app)));
  return app;
}

function addOwnRoutes(app: App, door: Door): void {
  const document = createDocument(app, {
    title: 'Sightline',
    description: 'Recommendations, and what people did with them.',
  });
  addRoute(
    app,
    {
      method: 'get',
      path: '/openapi.json',
      operationId: 'readDocument',
      tag: 'service',
      summary: 'This document',
      success: { status: 200, description: 'An OpenAPI 3.1 document', schema: z.looseObject({}) },
      errors: [],
    },
    door('/openapi.json', document),
  );
  addRoute(
    app,
    {
      method: 'get',
      path: '/healthz',
      operationId: 'readHealth',
      tag: 'service',
      summary: 'Whether the process lives',
      success: {
        status: 200,
        description: 'It lives',
        schema: z.strictObject({ status: z.literal('ok') }),
        example: { status: 'ok' },
      },
      errors: [],
    },
    door('/healthz', (_, visit) => json({ status: 'ok' }, visit)),
  );
}
