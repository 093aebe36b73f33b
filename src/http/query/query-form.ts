import { z } from 'zod';
import { type ErrorCode, errorCodes, SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import { OverloadError } from '../../pipeline/admission/shed.ts';
import type { RequestRecord } from '../../telemetry/request-record.ts';
import type { HttpContext } from '../env.ts';
import { headersOf, json, parse, shorten } from '../errors.ts';
import { readJson } from '../json-body.ts';
import { readForcedVariant } from './forced-variant.ts';
import { recommendBodySchema, toRecommendRequest } from './recommend-schema.ts';
import { createRecordDoor, headerTimeoutMs } from './record-door.ts';
import { renderAnswer } from './render.ts';
import { type Checks, shared } from './shared-demand.ts';
import { readStanding } from './standing.ts';

/** The route as spans and series name it. */
export const queryFormRoute = '/v1/query';

const reasonHeader = 'x-sightline-fallback-reason';

/** The `return_code` of a refused form, as lab_common_so numbers them; any other failure has its HTTP status. */
export const returnCodes: Partial<Readonly<Record<ErrorCode, number>>> = {
  SL_REQUEST_INVALID: 403,
  SL_REQUEST_MALFORMED: 405,
  SL_MEDIA_TYPE: 405,
  SL_REQUEST_TOO_LARGE: 405,
  SL_WORK_UNKNOWN: 406,
};

/** The body of the form. */
export const queryFormSchema = z.strictObject({
  api: z.string().optional().meta({ description: 'The work; only a ping goes without' }),
  cmd: z
    .string()
    .optional()
    .meta({ description: '`query`, which is the default, or `ping`; in letters of any case' }),
  body: z.unknown().optional().meta({ description: 'As the body of `POST /v1/recommend/{work}`' }),
});

const commands = ['query', 'ping'];

/**
 * Makes `POST /v1/query`: one address for all works, with the request form of lab_common_so. The work stands in `api`,
 * and what is asked of it in `body`; validation, limits, experiments and telemetry are those of recommend.
 *
 * @example
 * // {"api":"home","cmd":"query","body":{"n":5}} → {"return_code":0,"error_msg":"","result":{"request_id":…}}
 * // {"api":"nowhere"} → 404 {"return_code":406,"error_msg":"api nowhere is unknown, expected one of home"}
 */
export function createQueryForm(
  gateway: Gateway,
  { isToken, guard }: Checks,
): (c: HttpContext) => Promise<Response> {
  const { config, telemetry } = gateway;
  const admit = guard.admitFor(shared('read'));
  return createRecordDoor(telemetry, {
    route: queryFormRoute,
    async handle(c, record) {
      admit(c);
      const form = readForm(await readJson(c, config.http.bodyLimitBytes));
      if (form.cmd === 'ping') return json({ return_code: 0 }, { requestId: record.requestId });
      const forcedVariant = readForcedVariant(c, isToken);
      const asked = { c, work: workOf(gateway, form.api), body: form.body, forcedVariant };
      return recommend(gateway, record, asked);
    },
    refuse(error, record) {
      const { code, status, message } = error;
      const body = {
        return_code: returnCodes[code] ?? status,
        error_msg: status >= 500 ? errorCodes[code].advice : message,
      };
      const headers = {
        ...headersOf(error),
        ...(error instanceof OverloadError && { [reasonHeader]: error.reason }),
      };
      return json(body, { requestId: record.requestId, status, headers });
    },
  });
}

function readForm(input: unknown): z.output<typeof queryFormSchema> {
  if (input === null || typeof input !== 'object' || Array.isArray(input))
    throw new SightlineError('SL_REQUEST_MALFORMED', 'form is no JSON object, expected one');
  const form = parse(queryFormSchema, input);
  const cmd = (form.cmd ?? 'query').toLowerCase();
  if (commands.includes(cmd)) return { ...form, cmd };
  const message = `cmd ${shorten(cmd, 60)} is unknown, expected one of ${commands.join(', ')}`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'cmd' });
}

function workOf({ settings, layoutOf }: Gateway, api: string | undefined): string {
  if (api !== undefined && layoutOf(api) !== undefined) return api;
  const known = `expected one of ${Object.keys(settings().works).join(', ')}`;
  if (api === undefined)
    throw new SightlineError('SL_REQUEST_MALFORMED', `api is missing, ${known}`, { path: 'api' });
  const message = `api ${shorten(api, 60)} is unknown, ${known}`;
  throw new SightlineError('SL_WORK_UNKNOWN', message, { path: 'api' });
}

async function recommend(
  gateway: Gateway,
  record: RequestRecord,
  {
    c,
    work,
    body = {},
    forcedVariant,
  }: { c: HttpContext; work: string; body: unknown; forcedVariant: string | undefined },
): Promise<Response> {
  const headers = { timeoutMs: headerTimeoutMs(c), forcedVariant };
  const request = toRecommendRequest(parse(recommendBodySchema, body), headers);
  const { table } = gateway;
  const result = await gateway.recommend(
    work,
    request,
    record,
    (answer) => renderAnswer(answer, { work, table, withExplain: request.explain }),
    readStanding(c, gateway.telemetry.emit),
  );
  const { requestId, generation, fallbackReason } = record;
  const answerHeaders = {
    'content-type': 'application/json',
    'x-request-id': requestId,
    'x-sightline-generation': generation,
    ...(fallbackReason !== null && { [reasonHeader]: fallbackReason }),
  };
  return new Response(`{"return_code":0,"error_msg":"","result":${result}}`, {
    headers: answerHeaders,
  });
}
