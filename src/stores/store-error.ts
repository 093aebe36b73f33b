import { type ErrorCode, SightlineError } from '../domain/errors.ts';

/** What a failure says for itself once it has crossed a thread. */
export interface StoreFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The primary result codes of SQLite that mean more than "did not work". */
const sqliteFull = 13;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Says what a failed disk or SQLite call means for whoever uses the store.
 *
 * @example storeError(Object.assign(new Error(), { errcode: 13 }), 'var/data').code // 'SL_STORE_FULL'
 */
export function storeError(cause: unknown, folder: string): SightlineError {
  if (cause instanceof SightlineError) return cause;
  const { code, message } = failureOf(cause);
  return new SightlineError(code, `data folder ${folder} ${message}`, { cause });
}

function failureOf(cause: unknown): StoreFailure {
  const { errcode = 0, code = '', message = String(cause) } = Object(cause);
  // Extended result codes carry the primary one in the low byte.
  const primary = errcode & 0xff;
  if (primary === sqliteFull || fullCodes.has(code))
    return { code: 'SL_STORE_FULL', message: `is full: ${message}` };
  if (primary === sqliteCorrupt || primary === sqliteNotADatabase)
    return { code: 'SL_STORE_CORRUPT', message: `is damaged: ${message}` };
  return { code: 'SL_STORE_UNAVAILABLE', message: `cannot be used: ${message}` };
}

/** The error of every call that comes after `close`. */
export function closedError(store: string): SightlineError {
  return new SightlineError(
    'SL_STORE_UNAVAILABLE',
    `store ${store} is closed, expected an open one`,
  );
}
