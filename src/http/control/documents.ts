import { z } from 'zod';
import type { RouteDocument } from '../routes.ts';
import { alertsBodySchema, alertsReceiptSchema } from './alerts.ts';
import { annotationsQuery, annotationsSchema } from './annotations.ts';
import { anomaliesSchema, anomalyParams, anomalySchema } from './anomalies.ts';
import { experimentParams, experimentsSchema } from './experiments.ts';
import { faultsBodySchema, faultsExample, faultsSchema } from './faults.ts';
import { generationDocuments } from './generation-documents.ts';
import { inspectionDocuments, tokenErrors } from './inspection-documents.ts';
import { limitsSchema } from './limits.ts';
import { pipelinesSchema } from './pipelines.ts';
import { profileQuery } from './profile.ts';
import { signalHistorySchema, signalParams, signalsSchema } from './signals.ts';
import { readinessSchema } from './state.ts';
import { trainingDocuments } from './training-documents.ts';
import { webhooksStatusSchema } from './webhooks.ts';

const draining = { ready: false, reasons: ['draining'] };

const alertsExample = {
  version: '4',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'DiskFull', instance: 'db-1' },
      annotations: { summary: 'disk of db-1 is full' },
      startsAt: '2026-01-31T09:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
    },
  ],
};

/** The routes of the control port. */
export const controlDocuments = {
  ...inspectionDocuments,
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
  limits: {
    method: 'get',
    path: '/control/limits',
    operationId: 'readLimits',
    tag: 'state',
    summary: 'What recommend takes in at once, and what it has shed',
    success: { status: 200, description: 'The limits', schema: limitsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  ...generationDocuments,
  ...trainingDocuments,
  signals: {
    method: 'get',
    path: '/control/signals',
    operationId: 'listSignals',
    tag: 'watch',
    summary: 'What every signal reads now',
    description: 'Measured once a second in a thread of its own, from the events of the traffic.',
    success: { status: 200, description: 'The readings', schema: signalsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  signalHistory: {
    method: 'get',
    path: '/control/signals/{name}/history',
    operationId: 'readSignalHistory',
    tag: 'watch',
    summary: 'What a signal read in the recent past',
    params: signalParams,
    success: { status: 200, description: 'Its series', schema: signalHistorySchema },
    errors: ['SL_UNAUTHORISED', 'SL_NOT_FOUND'],
  },
  anomalies: {
    method: 'get',
    path: '/control/anomalies',
    operationId: 'listAnomalies',
    tag: 'watch',
    summary: 'What moved and should not have, why, and what others told of',
    success: { status: 200, description: 'The anomalies', schema: anomaliesSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  anomaly: {
    method: 'get',
    path: '/control/anomalies/{id}',
    operationId: 'readAnomaly',
    tag: 'watch',
    summary: 'One anomaly',
    params: anomalyParams,
    success: { status: 200, description: 'The anomaly', schema: anomalySchema },
    errors: ['SL_UNAUTHORISED', 'SL_NOT_FOUND'],
  },
  annotations: {
    method: 'get',
    path: '/control/annotations',
    operationId: 'listAnnotations',
    tag: 'watch',
    summary: 'Anomalies, alerts of others and the generation, in the form of Grafana',
    query: annotationsQuery,
    success: { status: 200, description: 'The newest first', schema: annotationsSchema },
    errors: ['SL_UNAUTHORISED', 'SL_REQUEST_INVALID', 'SL_REQUEST_MALFORMED'],
  },
  webhooks: {
    method: 'get',
    path: '/control/webhooks',
    operationId: 'listWebhooks',
    tag: 'state',
    summary: 'Each endpoint that is told of anomalies, and what waits for it',
    success: { status: 200, description: 'The endpoints', schema: webhooksStatusSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  receiveAlerts: {
    method: 'post',
    path: '/control/alerts',
    operationId: 'receiveAlerts',
    tag: 'change',
    summary: 'Take in alerts of Alertmanager or Grafana, to be shown beside our own',
    body: { schema: alertsBodySchema, example: alertsExample },
    success: {
      status: 202,
      description: 'How many were taken in',
      schema: alertsReceiptSchema,
      example: { accepted: 1 },
    },
    needsToken: true,
    errors: [
      ...tokenErrors,
      'SL_REQUEST_INVALID',
      'SL_REQUEST_MALFORMED',
      'SL_REQUEST_TOO_LARGE',
      'SL_MEDIA_TYPE',
    ],
  },
  experiments: {
    method: 'get',
    path: '/control/experiments',
    operationId: 'listExperiments',
    tag: 'state',
    summary: 'Every experiment with its split and why it is so',
    success: { status: 200, description: 'The experiments', schema: experimentsSchema },
    errors: ['SL_UNAUTHORISED'],
  },
  killExperiment: {
    method: 'post',
    path: '/control/experiments/{name}/kill',
    operationId: 'killExperiment',
    tag: 'change',
    summary: 'Serve control to everybody from the next request on',
    params: experimentParams,
    success: { status: 200, description: 'The experiments', schema: experimentsSchema },
    needsToken: true,
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
  },
  reviveExperiment: {
    method: 'post',
    path: '/control/experiments/{name}/revive',
    operationId: 'reviveExperiment',
    tag: 'change',
    summary: 'Split again after a kill, with the share of the start',
    params: experimentParams,
    success: { status: 200, description: 'The experiments', schema: experimentsSchema },
    needsToken: true,
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
  },
  faults: {
    method: 'get',
    path: '/control/faults',
    operationId: 'listFaults',
    tag: 'state',
    summary: 'What is broken on purpose',
    description: 'Only where the configuration says `faults.enabled`.',
    success: { status: 200, description: 'The faults that are not over', schema: faultsSchema },
    errors: ['SL_UNAUTHORISED', 'SL_NOT_FOUND'],
  },
  putFaults: {
    method: 'put',
    path: '/control/faults',
    operationId: 'putFaults',
    tag: 'change',
    summary: 'Break things on purpose, for a time, instead of what is broken so now',
    description: 'Only where the configuration says `faults.enabled`. Each fault ends by itself.',
    body: { schema: faultsBodySchema, example: faultsExample },
    success: { status: 200, description: 'The faults in place', schema: faultsSchema },
    needsToken: true,
    errors: [
      ...tokenErrors,
      'SL_NOT_FOUND',
      'SL_MEDIA_TYPE',
      'SL_REQUEST_MALFORMED',
      'SL_REQUEST_TOO_LARGE',
      'SL_REQUEST_INVALID',
    ],
  },
  endFaults: {
    method: 'delete',
    path: '/control/faults',
    operationId: 'endFaults',
    tag: 'change',
    summary: 'End all faults',
    success: { status: 200, description: 'None', schema: faultsSchema },
    needsToken: true,
    errors: [...tokenErrors, 'SL_NOT_FOUND'],
  },
  profile: {
    method: 'post',
    path: '/control/profile',
    operationId: 'takeProfile',
    tag: 'watch',
    summary: 'Take a profile of this process',
    description:
      'A gzip pprof for `go tool pprof`, speedscope or Pyroscope, one at a time; given up when the client goes away. Answers block for about 0.1 s once: a `cpu` profile when it begins, the others when they end.',
    query: profileQuery,
    success: {
      status: 200,
      description: 'The profile; samples carry the label `thread`',
      type: 'application/octet-stream',
      schema: z.string().meta({ contentMediaType: 'application/gzip' }),
    },
    needsToken: true,
    errors: [
      ...tokenErrors,
      'SL_REQUEST_INVALID',
      'SL_REQUEST_MALFORMED',
      'SL_PROFILE_RUNNING',
      'SL_SHUTTING_DOWN',
    ],
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
    errors: [...tokenErrors],
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
