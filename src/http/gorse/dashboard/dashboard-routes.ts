import { hostname } from 'node:os';
import { z } from 'zod';
import { configSchema } from '../../../config.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { Gateway } from '../../../gateway.ts';
import { isoTime } from '../../instant.ts';
import type { App } from '../../routes.ts';
import { gorseJson } from '../answers.ts';
import {
  addGorseRoute,
  type GorseDoors,
  type GorseHandle,
  type GorseRoute,
} from '../gorse-route.ts';
import { pathParts } from '../path-parts.ts';
import { listPages } from './list-pages.ts';
import { liveCategories } from './live-categories.ts';
import { readSpan, spanQuery } from './read-span.ts';
import { showStats, statsSchema } from './stats.ts';
import { showTasks, tasksSchema } from './tasks.ts';
import { showTimeSeries, timeSeriesSchema } from './time-series.ts';
import { userPages } from './user-pages.ts';

const nodeSchema = z
  .strictObject({
    UUID: z.string(),
    Hostname: z.string(),
    Type: z.literal('Server'),
    Version: z.string(),
    UpdateTime: z.string(),
  })
  .meta({ id: 'GorseNode', description: 'This instance' });

/** Everything the routes are made of. */
export interface DashboardParts {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly doors: GorseDoors;
  /** Of the software. */
  readonly version: string;
}

/** A route under `/api/dashboard`, in what differs from the others. */
export type DashboardRoute = Pick<GorseRoute, 'summary' | 'query' | 'failures'> & {
  readonly path: string;
  readonly operationId: string;
  readonly schema: z.ZodType;
  readonly handle: GorseHandle;
};

/** Adds what the pages of an administrator read under `/api/dashboard`; all need the scope `admin`. */
export function addDashboardRoutes(app: App, parts: DashboardParts): void {
  for (const route of routesOf(parts)) {
    const { path, schema, handle, ...rest } = route;
    const success = { description: 'What was asked for', schema };
    const document = { ...rest, method: 'get', scope: 'admin', success } as const;
    addGorseRoute(
      app,
      { ...document, paths: [`/api/dashboard/${path}`] },
      { doors: parts.doors, handle },
    );
  }
}

function routesOf(parts: DashboardParts): DashboardRoute[] {
  const { gateway, clock, version } = parts;
  return [
    ...userPages(parts),
    ...listPages(parts),
    {
      ...{ path: 'stats', operationId: 'gorseStats', schema: statsSchema },
      summary: 'How much is kept, and when models were trained',
      failures: { 503: 'The store cannot be reached' },
      handle: async (_, visit) => gorseJson(await showStats(gateway, version), visit),
    },
    {
      ...{ path: 'cluster', operationId: 'gorseCluster', schema: z.array(nodeSchema) },
      summary: 'This instance; others are not known here',
      handle: (_, visit) => {
        const UpdateTime = isoTime(clock.now());
        const who = { UUID: `${hostname()}:${process.pid}`, Hostname: hostname() };
        return gorseJson([{ ...who, Type: 'Server', Version: version, UpdateTime }], visit);
      },
    },
    {
      ...{ path: 'tasks', operationId: 'gorseTasks', schema: tasksSchema },
      summary: 'Training runs',
      handle: (_, visit) => gorseJson(showTasks(gateway), visit),
    },
    {
      ...{ path: 'timeseries/{name}', operationId: 'gorseTimeSeries', schema: timeSeriesSchema },
      summary: 'How good models and recommendations were',
      query: spanQuery,
      failures: { 400: 'A time or duration that cannot be read' },
      handle: async (c, visit) => {
        const { name } = pathParts(c, '/api/dashboard/timeseries/{name}');
        const span = readSpan(c.req.raw.url, clock.now());
        return gorseJson(await showTimeSeries(gateway, name, span), visit);
      },
    },
    {
      ...{ path: 'categories', operationId: 'gorseCategories', schema: z.array(z.string()) },
      summary: 'Categories of the items that may be served',
      handle: (_, visit) => gorseJson(liveCategories(gateway.table, visit.caller.namespace), visit),
    },
    {
      ...{ path: 'config', operationId: 'gorseConfig', schema: z.looseObject({}) },
      summary: 'The configuration at the start; secrets are in the environment',
      handle: (_, visit) => gorseJson(withoutPasswords(gateway.config), visit),
    },
    {
      ...{ path: 'config/schema', operationId: 'gorseConfigSchema', schema: z.looseObject({}) },
      summary: 'The JSON Schema of the configuration',
      handle: (_, visit) => gorseJson(z.toJSONSchema(configSchema, { io: 'input' }), visit),
    },
  ];
}

/** A copy in which no URL carries a password. */
function withoutPasswords(config: unknown): unknown {
  const clean = (_: string, value: unknown) =>
    typeof value === 'string' ? value.replace(/(:\/\/[^/?#@\s]*):[^/?#@\s]*@/g, '$1:***@') : value;
  return JSON.parse(JSON.stringify(config, clean));
}
