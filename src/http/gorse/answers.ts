import { errorCodes, type SightlineError } from '../../domain/errors.ts';
import { type AnswerOptions, headersOf } from '../errors.ts';

/** A JSON answer as Gorse writes it, indented by one space. */
export function gorseJson(body: unknown, { requestId, headers }: AnswerOptions): Response {
  return new Response(JSON.stringify(body, null, 1), {
    headers: { 'content-type': 'application/json', 'x-request-id': requestId, ...headers },
  });
}

/** The answer to a request that failed: what is wrong, as text alone. What is wrong with a body or parameter is a 400. */
export function gorseRefusal(
  error: SightlineError,
  { requestId, headers }: Omit<AnswerOptions, 'status'>,
): Response {
  const { code, status, message } = error;
  return new Response(status >= 500 ? errorCodes[code].advice : message, {
    status: status === 422 ? 400 : status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'x-request-id': requestId,
      ...headersOf(error),
      ...headers,
    },
  });
}
