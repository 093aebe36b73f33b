import { z } from 'zod';
import { type ErrorCode, errorCodes, type Mistake, SightlineError } from '../domain/errors.ts';

/** The most mistakes that one answer lists. */
const maxMistakes = 100;

/** The body of every answer that is not a success. */
export const problemSchema = z
  .strictObject({
    code: z
      .enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]])
      .meta({ description: 'What is wrong, for programs' }),
    message: z.string().meta({ description: 'What is wrong, for people' }),
    path: z
      .string()
      .nullable()
      .meta({ description: 'The field, parameter or header to correct; null for none' }),
    request_id: z.string(),
    mistakes: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: `Every mistake, when there are several; ${maxMistakes} at most` }),
  })
  .meta({ id: 'Problem', description: 'Why a request failed' });

/** What an answer needs to say who asked, beside its body. */
export interface AnswerOptions {
  readonly requestId: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A JSON answer. */
export function json(body: unknown, { requestId, status = 200, headers }: AnswerOptions): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'x-request-id': requestId, ...headers },
  });
}

/**
 * The answer to a request that failed: `{code, message, path, request_id}` with the status of the code.
 *
 * @example problem(new SightlineError('SL_NOT_FOUND', 'nothing is at /x'), { requestId: 'r' }).status // 404
 */
export function problem(
  error: SightlineError,
  { requestId, headers }: Omit<AnswerOptions, 'status'>,
): Response {
  return json(problemBody(error, requestId), {
    requestId,
    status: error.status,
    headers: { ...headersOf(error), ...headers },
  });
}

/** The body of `problem`. What is behind a failure of the server's own is for the log, not for the client. */
export function problemBody(
  error: SightlineError,
  requestId: string,
): z.output<typeof problemSchema> {
  const { code, path, mistakes } = error;
  return {
    code,
    message: error.status >= 500 ? errorCodes[code].advice : error.message,
    path: path === undefined || path === '' ? null : path,
    request_id: requestId,
    ...(mistakes.length > 1 && { mistakes: mistakes.slice(0, maxMistakes) }),
  };
}

/**
 * Makes any thrown thing an error that a client may see; codes that only an operator can act on, and
 * everything unknown, become `SL_INTERNAL`.
 */
export function asClientError(cause: unknown): SightlineError {
  if (cause instanceof SightlineError && cause.status !== 500) return cause;
  return new SightlineError('SL_INTERNAL', 'request failed inside Sightline', { cause });
}

/**
 * Reads input by its schema. Throws `SL_REQUEST_INVALID`: the first mistake leads, `mistakes` has all.
 *
 * @example parse(z.strictObject({ n: z.int() }), { n: 'x' }) // throws: n is wrong: expected int, received string
 */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap(mistakesOf);
  const [{ path, message }] = mistakes;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path, mistakes });
}

function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const base = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [mistakeAt(base, issue.message)];
  return issue.keys.map((key) => mistakeAt([...base, key], 'is not a known field, expected none'));
}

function mistakeAt(steps: readonly string[], text: string): Mistake {
  const path = shorten(steps.join('.'), 200);
  const reason = text.replace(/^Invalid input: /, 'is wrong: ').replace(/^Too /, 'is too ');
  return { path, message: `${path === '' ? 'body' : path} ${shorten(reason, 300)}` };
}

/** Keeps what a client sent from filling its answer. */
export function shorten(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;
}

/** The headers that go with a failure, whatever form its body has. */
export function headersOf({ code, retryAfterSeconds }: SightlineError): Record<string, string> {
  if (retryAfterSeconds !== undefined) return { 'retry-after': String(retryAfterSeconds) };
  if (code === 'SL_UNAUTHORISED') return { 'www-authenticate': 'Bearer realm="sightline"' };
  if (errorCodes[code].status === 503) return { 'retry-after': '1' };
  return {};
}
