import type { RouteDocument } from '../routes.ts';
import { componentsSchema } from './components.ts';
import { explainRoute } from './explain.ts';
import { explainAnswerSchema, explainBodySchema } from './explain-schema.ts';
import { logLevelBodySchema, logLevelSchema } from './log-level.ts';
import { workParams } from './pipelines.ts';
import { breakersSchema, storesSchema } from './stores.ts';

/** What any call that needs the token may be answered with. */
export const tokenErrors = ['SL_UNAUTHORISED', 'SL_RATE_LIMITED'] as const;

const bodyErrors = [
  'SL_MEDIA_TYPE',
  'SL_REQUEST_MALFORMED',
  'SL_REQUEST_TOO_LARGE',
  'SL_REQUEST_INVALID',
] as const;

/** The routes that look into a running gateway: what it is made of, and why it serves what it does. */
export const inspectionDocuments = {
  components: {
    method: 'get',
    path: '/control/components',
    operationId: 'listComponents',
    tag: 'state',
    summary: 'Every algorithm and model, what it takes and what uses it',
    success: { status: 200, description: 'The components', schema: componentsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  explain: {
    method: 'post',
    path: explainRoute,
    operationId: 'explainWork',
    tag: 'watch',
    summary: 'Run a work for nobody and tell all of it',
    description:
      'The generation that serves runs the request as it would for a caller; no session, signal, exposure or series of requests learns of it. The trace is exported with a mark that the collector keeps. Needs the token because the answer tells what a user has seen.',
    params: workParams,
    body: { schema: explainBodySchema, example: { request: { session: 'visit-1', n: 5 } } },
    success: { status: 200, description: 'How it came about', schema: explainAnswerSchema },
    needsToken: true,
    errors: [...tokenErrors, ...bodyErrors, 'SL_WORK_UNKNOWN'],
  },
  stores: {
    method: 'get',
    path: '/control/stores',
    operationId: 'listStores',
    tag: 'state',
    summary: 'The main store, feature stores and global tables',
    success: { status: 200, description: 'The stores', schema: storesSchema },
    errors: ['SL_UNAUTHORISED', 'SL_STORE_UNAVAILABLE'],
  },
  breakers: {
    method: 'get',
    path: '/control/breakers',
    operationId: 'listBreakers',
    tag: 'state',
    summary: 'Every breaker between the gateway and what it calls',
    success: { status: 200, description: 'The breakers', schema: breakersSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  logLevel: {
    method: 'get',
    path: '/control/loglevel',
    operationId: 'readLogLevel',
    tag: 'state',
    summary: 'The least severity of log lines',
    success: { status: 200, description: 'The level', schema: logLevelSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  changeLogLevel: {
    method: 'post',
    path: '/control/loglevel',
    operationId: 'changeLogLevel',
    tag: 'change',
    summary: 'Log more or less from now on, for a time or until the next start',
    description: 'Lines of the audit trail are written at every level.',
    body: { schema: logLevelBodySchema, example: { level: 'debug', for_seconds: 300 } },
    success: { status: 200, description: 'The level', schema: logLevelSchema },
    needsToken: true,
    errors: [...tokenErrors, ...bodyErrors],
  },
} as const satisfies Record<string, RouteDocument>;
