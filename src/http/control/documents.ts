import { z } from 'zod';
import type { RouteDocument } from '../routes.ts';
import { pipelinesSchema } from './pipelines.ts';
import { generationsSchema, modelsSchema, readinessSchema } from './state.ts';

const draining = { ready: false, reasons: ['draining'] };

/** The routes of the control port. */
export const controlDocuments = {
  metrics: {
    method: 'get',
    path: '/metrics',
    operationId: 'readMetrics',
    tag: 'watch',
    summary: 'Every series, for a scraper',
    description: 'OpenMetrics 1.0 with exemplars where Accept asks for it, else text 0.0.4.',
    success: {
      status: 200,
      description: 'The exposition',
      type: 'text/plain',
      schema: z.string(),
    },
    errors: ['SL_UNAUTHORISED'],
  },
  readiness: {
    method: 'get',
    path: '/readyz',
    operationId: 'readReadiness',
    tag: 'watch',
    summary: 'Whether this instance wants requests',
    description: 'Open to everybody, because the probes of orchestrators carry no token.',
    success: {
      status: 200,
      description: 'It does',
      schema: readinessSchema,
      example: { ready: true, reasons: [] },
    },
    others: {
      503: {
        description: 'It does not, and why',
        content: { 'application/json': { schema: readinessSchema, example: draining } },
      },
    },
    errors: [],
  },
  pipelines: {
    method: 'get',
    path: '/control/pipelines',
    operationId: 'listPipelines',
    tag: 'state',
    summary: 'Each work with its promises and what runs in it',
    success: { status: 200, description: 'The works', schema: pipelinesSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  generations: {
    method: 'get',
    path: '/control/generations',
    operationId: 'listGenerations',
    tag: 'state',
    summary: 'The generation that serves',
    success: { status: 200, description: 'The generation', schema: generationsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  models: {
    method: 'get',
    path: '/control/models',
    operationId: 'listModels',
    tag: 'state',
    summary: 'Every configured model and whether it can be used',
    success: { status: 200, description: 'The models', schema: modelsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  drain: {
    method: 'post',
    path: '/control/drain',
    operationId: 'drain',
    tag: 'change',
    summary: 'Say no to new requests from now on, so that a balancer moves on',
    description: 'Readiness turns to 503; what still arrives is answered.',
    success: {
      status: 202,
      description: 'Readiness from now on',
      schema: readinessSchema,
      example: draining,
    },
    needsToken: true,
    errors: ['SL_UNAUTHORISED'],
  },
  document: {
    method: 'get',
    path: '/openapi.json',
    operationId: 'readDocument',
    tag: 'service',
    summary: 'This document',
    success: { status: 200, description: 'An OpenAPI 3.1 document', schema: z.looseObject({}) },
    errors: ['SL_UNAUTHORISED'],
  },
} as const satisfies Record<string, RouteDocument>;
