import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import type { App } from '../routes.ts';
import { gorseJson } from './answers.ts';
import { addGorseRoute, type GorseDoors } from './gorse-route.ts';

const healthSchema = z
  .strictObject({
    Ready: z.boolean(),
    DataStoreError: z.null(),
    CacheStoreError: z.null(),
    DataStoreConnected: z.boolean(),
    CacheStoreConnected: z.boolean(),
  })
  .meta({ id: 'GorseHealth', description: 'Whether questions are answered' });

/** Adds `/api/health/live` and `/api/health/ready`, which need no key. */
export function addHealthRoutes(app: App, gateway: Gateway, doors: GorseDoors): void {
  const health = (ready: boolean): z.output<typeof healthSchema> => ({
    ...{ Ready: ready, DataStoreError: null, CacheStoreError: null },
    ...{ DataStoreConnected: true, CacheStoreConnected: true },
  });
  const success = { description: 'How it is', schema: healthSchema };
  addGorseRoute(
    app,
    {
      ...{ method: 'get', paths: ['/api/health/live'], operationId: 'gorseLive', success },
      summary: 'Whether the process lives',
    },
    { doors, handle: (_, visit) => gorseJson(health(gateway.readiness().ready), visit) },
  );
  addGorseRoute(
    app,
    {
      ...{ method: 'get', paths: ['/api/health/ready'], operationId: 'gorseReady', success },
      summary: 'Whether it takes questions',
      failures: { 503: 'It does not; the same, as JSON text' },
    },
    {
      doors,
      handle: (_, { requestId, ...visit }) => {
        const { ready } = gateway.readiness();
        if (ready) return gorseJson(health(true), { requestId, ...visit });
        const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-request-id': requestId };
        return new Response(JSON.stringify(health(false)), { status: 503, headers });
      },
    },
  );
}
