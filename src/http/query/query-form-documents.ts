import { z } from 'zod';
import type { Access } from '../../access/access.ts';
import type { RouteDocument } from '../routes.ts';
import { queryFormRoute, queryFormSchema } from './query-form.ts';
import { recommendAnswerSchema } from './recommend-schema.ts';

const failureSchema = z
  .strictObject({
    return_code: z.int().meta({
      description:
        '403: cmd or body cannot be used; 405: the form cannot be read or names no api; 406: the api is unknown; else the HTTP status',
    }),
    error_msg: z.string(),
  })
  .meta({ id: 'QueryFormFailure', description: 'Why a form was refused' });

const refusals: Readonly<Record<number, string>> = {
  400: 'The form is no JSON object, or names no api: return_code 405',
  401: 'x-sightline-variant came without the control token: return_code 401',
  404: 'The api is unknown: return_code 406',
  413: 'The form is too large: return_code 405',
  415: 'The form is not sent as JSON: return_code 405',
  422: 'cmd or body cannot be used: return_code 403',
  503: 'More requests came than can be answered: return_code 503',
};

const keyRefusals: Readonly<Record<number, string>> = {
  401: 'The key is missing or unknown, or x-sightline-variant came without the control token: return_code 401',
  403: 'The key is not good for this: return_code 403',
  429: 'The key has made too many requests: return_code 429',
};

/** The document of the form. */
export const documentQueryForm = ({ isOpen }: Pick<Access, 'isOpen'>): RouteDocument => ({
  method: 'post',
  path: queryFormRoute,
  operationId: 'queryForm',
  tag: 'recommend',
  summary: 'Recommend items, asked by the form of lab_common_so',
  description:
    'One address for all works. The HTTP status says the same as return_code does, so that proxies and monitors see failures; clients of the form need only the body.',
  body: { schema: queryFormSchema, example: { api: 'home', cmd: 'query', body: { n: 20 } } },
  success: {
    status: 200,
    description: 'The answer of `POST /v1/recommend/{work}` as result; to a ping only return_code',
    schema: z
      .strictObject({
        return_code: z.literal(0),
        error_msg: z.string().optional(),
        result: recommendAnswerSchema.optional(),
      })
      .meta({ id: 'QueryFormAnswer' }),
    example: { return_code: 0 },
  },
  others: Object.fromEntries(
    Object.entries({ ...refusals, ...(!isOpen && keyRefusals) }).map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema: failureSchema } } },
    ]),
  ),
  errors: [],
  needsKey: !isOpen,
});
