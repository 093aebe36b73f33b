import type { RouteDocument } from '../routes.ts';
import {
  generationParams,
  generationsSchema,
  reloadBodySchema,
  reloadSchema,
} from './generations.ts';
import { tokenErrors } from './inspection-documents.ts';
import { tableParams, tablesSchema } from './tables.ts';

/** The routes of the control port about what serves, and what serves next. */
export const generationDocuments = {
  generations: {
    method: 'get',
    path: '/control/generations',
    operationId: 'listGenerations',
    tag: 'state',
    summary: 'The generation that serves, and those that can',
    success: { status: 200, description: 'The generations', schema: generationsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  reload: {
    method: 'post',
    path: '/control/reload',
    operationId: 'reload',
    tag: 'change',
    summary: 'Build the next generation from the configuration, models and tables as they are now',
    description:
      'It is tried on recorded requests beside the current generation, and published when the gate of the configuration lets it pass; otherwise it waits to be promoted. When it cannot be built, the current one goes on serving.',
    body: { schema: reloadBodySchema, example: { force: false } },
    success: { status: 200, description: 'What became of it', schema: reloadSchema },
    errors: [
      ...tokenErrors,
      'SL_REQUEST_MALFORMED',
      'SL_REQUEST_INVALID',
      'SL_REQUEST_TOO_LARGE',
      'SL_MEDIA_TYPE',
      'SL_GENERATION_FAILED',
      'SL_GENERATIONS_FULL',
    ],
    needsToken: true,
  },
  promoteGeneration: {
    method: 'post',
    path: '/control/generations/{id}/promote',
    operationId: 'promoteGeneration',
    tag: 'change',
    summary: 'Let a generation serve that waits',
    params: generationParams,
    success: { status: 200, description: 'The generations', schema: generationsSchema },
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
    needsToken: true,
  },
  rollBackGeneration: {
    method: 'post',
    path: '/control/generations/{id}/rollback',
    operationId: 'rollBackGeneration',
    tag: 'change',
    summary: 'Let a generation serve again that served before',
    params: generationParams,
    success: { status: 200, description: 'The generations', schema: generationsSchema },
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
    needsToken: true,
  },
  tables: {
    method: 'get',
    path: '/control/tables',
    operationId: 'listTables',
    tag: 'state',
    summary: 'The global tables that serve',
    success: { status: 200, description: 'The tables', schema: tablesSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  updateTable: {
    method: 'post',
    path: '/control/tables/{name}/update',
    operationId: 'updateTable',
    tag: 'change',
    summary: 'Read the file of a table again and publish it in a new generation',
    params: tableParams,
    success: { status: 200, description: 'What became of it', schema: reloadSchema },
    errors: [...tokenErrors, 'SL_NOT_FOUND', 'SL_GENERATION_FAILED', 'SL_GENERATIONS_FULL'],
    needsToken: true,
  },
} as const satisfies Record<string, RouteDocument>;
