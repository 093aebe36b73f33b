import { z } from 'zod';
import { label } from '../identifier.ts';
import type { RouteDocument } from '../routes.ts';
import { recommendRoute } from './recommend.ts';
import {
  recommendAnswerSchema,
  recommendBodySchema,
  recommendQuerySchema,
} from './recommend-schema.ts';

const description =
  'The time allowed is timeout_ms, else the header x-envoy-expected-rq-timeout-ms or x-request-timeout-ms, else the budget of the work. What cannot be done in time is left out and named in degradations; with 0 milliseconds the answer comes from the popularity list. Under more load than can be carried, requests are answered from that list, or refused: x-sightline-priority (interactive, batch, shadow) says who is first, x-sightline-when-shed (popular, refused) what is wanted then. With the control token in x-sightline-token, or as bearer, x-sightline-variant: EXPERIMENT/VARIANT chooses the variant; a variant that the work does not have is named config.unknown_variant in degradations, and control serves.';

const shared = {
  path: recommendRoute,
  tag: 'recommend',
  description,
  params: z.object({ work: label.meta({ description: 'A work of the configuration' }) }),
  success: {
    status: 200,
    description:
      'The list, best first. Headers: x-sightline-generation, and x-sightline-fallback-reason when something changed what was served',
    schema: recommendAnswerSchema,
    example: {
      request_id: '0af7651916cd43dd8448eb211c80319c',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      work: 'home',
      strategy: 'blend',
      generation: '5d41402abc4b',
      items: [{ id: 'A1', score: 0.81234, source: 'item2vec' }],
      fallback_reason: null,
      degradations: [],
    },
  },
} as const;

const errors = [
  'SL_REQUEST_MALFORMED',
  'SL_UNAUTHORISED',
  'SL_WORK_UNKNOWN',
  'SL_REQUEST_INVALID',
  'SL_OVERLOADED',
] as const;

/** The document of the POST form. */
export const documentRecommend: RouteDocument = {
  ...shared,
  method: 'post',
  operationId: 'recommend',
  summary: 'Recommend items',
  body: { schema: recommendBodySchema, example: { session: 's1', n: 20 } },
  errors: [...errors, 'SL_REQUEST_TOO_LARGE', 'SL_MEDIA_TYPE'],
};

/** The document of the GET form. */
export const documentRecommendByQuery: RouteDocument = {
  ...shared,
  method: 'get',
  operationId: 'recommendByQuery',
  summary: 'Recommend items, asked by query parameters',
  query: recommendQuerySchema,
  errors,
};
