import { type ErrorCode, SightlineError } from '../../domain/errors.ts';

/** What an error says for itself once it has crossed a thread. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Makes any thrown thing something that can cross a thread. */
export function asFailure(cause: unknown): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: cause instanceof SightlineError ? cause.code : 'SL_INTERNAL', message };
}
