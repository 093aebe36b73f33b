import { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import { createTokenCheck } from '../control-token.ts';
import { createDocument } from '../document.ts';
import { createDoor, type Door } from '../door.ts';
import type { HttpEnv } from '../env.ts';
import { json } from '../errors.ts';
import { createAdmit } from '../gorse/admit.ts';
import type { Admit } from '../gorse/gorse-route.ts';
import { addGorseRoutes } from '../gorse/gorse-routes.ts';
import { createGorseNotFound } from '../gorse/not-found.ts';
import { createKeyGuard } from '../key-guard.ts';
import { type App, addRoute, createNotFound } from '../routes.ts';
import { createTurns } from '../turns.ts';
import { createCrossOrigin } from './cross-origin.ts';
import { createFeedback, documentFeedback } from './feedback.ts';
import { createItemKind } from './items.ts';
import { createQueryForm } from './query-form.ts';
import { documentQueryForm } from './query-form-documents.ts';
import { createRecommend } from './recommend.ts';
import { documentRecommend, documentRecommendByQuery } from './recommend-documents.ts';
import { addRowRoutes } from './rows.ts';
import { shared } from './shared-demand.ts';
import { createUserKind } from './users.ts';

/** What the app of the query listener is made with. */
export interface QueryAppOptions {
  readonly clock?: Clock;
  /** The control token, with which a caller may choose its variant. */
  readonly token?: string | undefined;
  /** Judges who calls the Gorse API; everybody may unless given. */
  readonly admit?: Admit;
}

/**
 * Makes the app of the query listener: recommend, feedback, items, users, its document and its health.
 *
 * @example await createQueryApp(gateway).request('/healthz') // 200
 */
export function createQueryApp(
  gateway: Gateway,
  { clock = systemClock, token, admit }: QueryAppOptions = {},
): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  const { access, config, telemetry } = gateway;
  const door = createDoor({ emit: telemetry.emit, clock });
  const guard = createKeyGuard(access);
  if (config.access.cors) app.use('*', createCrossOrigin(config.access.cors, door));
  const checks = { isToken: createTokenCheck(token), guard };
  const recommend = createRecommend(gateway, checks);
  addRoute(app, guard.document(documentRecommend), recommend.post);
  addRoute(app, guard.document(documentRecommendByQuery), recommend.get);
  addRoute(app, documentQueryForm(access), createQueryForm(gateway, checks));
  const feedback = documentFeedback(config.feedback.maxBatch);
  const sendFeedback = guard.wrap(shared('write'), createFeedback(gateway, clock));
  addRoute(app, guard.document(feedback), door(feedback.path, sendFeedback));
  const turns = { items: createTurns(), users: createTurns() };
  const rows = { gateway, door, guard };
  addRowRoutes(app, createItemKind(gateway, clock), { ...rows, inTurn: turns.items });
  addRowRoutes(app, createUserKind(gateway), { ...rows, inTurn: turns.users });
  addGorseRoutes(app, { gateway, clock, turns, admit: admit ?? createAdmit(guard) });
  if (!access.isOpen) declareKeys(app);
  addOwnRoutes(app, door);
  const lost = door('', createNotFound(app));
  const lostInGorse = createGorseNotFound(app, { gateway, clock });
  app.notFound((c) => (c.req.path.startsWith('/api/') ? lostInGorse(c) : lost(c)));
  return app;
}

function declareKeys({ openAPIRegistry }: App): void {
  const declare = (name: string, scheme: Parameters<typeof openAPIRegistry.registerComponent>[2]) =>
    openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  declare('key', { type: 'apiKey', in: 'header', name: 'X-API-Key' });
  declare('bearer', { type: 'http', scheme: 'bearer' });
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
