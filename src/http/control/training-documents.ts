import type { RouteDocument } from '../routes.ts';
import { tokenErrors } from './inspection-documents.ts';
import { modelParams, modelsSchema, promoteBodySchema } from './models.ts';
import { oneTaskSchema, taskParams, tasksSchema, trainBodySchema } from './tasks.ts';

const bodyErrors = [
  'SL_MEDIA_TYPE',
  'SL_REQUEST_MALFORMED',
  'SL_REQUEST_TOO_LARGE',
  'SL_REQUEST_INVALID',
] as const;

/** The routes of the control port about training runs and the versions of models. */
export const trainingDocuments = {
  models: {
    method: 'get',
    path: '/control/models',
    operationId: 'listModels',
    tag: 'state',
    summary: 'Every configured model, whether it can be used, and its versions',
    success: { status: 200, description: 'The models', schema: modelsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  promoteModel: {
    method: 'post',
    path: '/control/models/{name}/promote',
    operationId: 'promoteModel',
    tag: 'change',
    summary: 'Let a kept version of a model serve, whatever the gate said',
    params: modelParams,
    body: { schema: promoteBodySchema, example: { version: '0f3c5a7b9d1e' } },
    success: { status: 200, description: 'The models', schema: modelsSchema },
    needsToken: true,
    errors: [
      ...tokenErrors,
      ...bodyErrors,
      'SL_NOT_FOUND',
      'SL_GENERATION_FAILED',
      'SL_GENERATIONS_FULL',
    ],
  },
  rollBackModel: {
    method: 'post',
    path: '/control/models/{name}/rollback',
    operationId: 'rollBackModel',
    tag: 'change',
    summary: 'Let the version of a model serve again that did before',
    params: modelParams,
    success: { status: 200, description: 'The models', schema: modelsSchema },
    needsToken: true,
    errors: [...tokenErrors, 'SL_NOT_FOUND', 'SL_GENERATION_FAILED', 'SL_GENERATIONS_FULL'],
  },
  tasks: {
    method: 'get',
    path: '/control/tasks',
    operationId: 'listTasks',
    tag: 'state',
    summary: 'The training run that is on, the next one and the last ones',
    success: { status: 200, description: 'The runs', schema: tasksSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  train: {
    method: 'post',
    path: '/control/tasks/train',
    operationId: 'train',
    tag: 'change',
    summary: 'Train models and let those serve that pass the gate',
    description:
      'One run is on at a time. What is asked for meanwhile becomes one next run; with `force` only where all asked for it.',
    body: { schema: trainBodySchema, example: {} },
    success: { status: 202, description: 'The run', schema: oneTaskSchema },
    needsToken: true,
    errors: [...tokenErrors, ...bodyErrors, 'SL_NOT_FOUND', 'SL_SHUTTING_DOWN'],
  },
  cancelTask: {
    method: 'delete',
    path: '/control/tasks/{id}',
    operationId: 'cancelTask',
    tag: 'change',
    summary: 'End a training run, or take one back that waits; nothing of it serves',
    params: taskParams,
    success: { status: 202, description: 'The run', schema: oneTaskSchema },
    needsToken: true,
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
  },
} as const satisfies Record<string, RouteDocument>;
