import { SightlineError } from '../domain/errors.ts';
import type { Feedback } from '../domain/feedback.ts';
import type { Rows, TableName } from './store.ts';

/**
 * Refuses events that no store could give back as they came: wrong types, numbers that are not finite,
 * halves of surrogate pairs. Throws `SL_REQUEST_INVALID` with the path of the first.
 */
export function checkFeedback(batch: readonly Feedback[]): void {
  for (let e = 0; e < batch.length; e++) {
    const { key, type, item, user, session, atMs, value, requestId } = batch[e];
    if (!isText(key)) refuse(e, 'key', key, 'well-formed text');
    if (!isText(type)) refuse(e, 'type', type, 'well-formed text');
    if (!isText(item)) refuse(e, 'item', item, 'well-formed text');
    if (!(user === undefined || isText(user))) refuse(e, 'user', user, 'well-formed text');
    if (!(session === undefined || isText(session)))
      refuse(e, 'session', session, 'well-formed text');
    if (!Number.isFinite(atMs)) refuse(e, 'atMs', atMs, 'epoch milliseconds');
    if (!(value === undefined || Number.isFinite(value)))
      refuse(e, 'value', value, 'a finite number');
    if (!(requestId === undefined || isText(requestId)))
      refuse(e, 'requestId', requestId, 'well-formed text');
  }
}

/** Refuses what `checkFeedback` does, and events without a user. Throws `SL_REQUEST_INVALID`. */
export function checkReplacement(batch: readonly Feedback[]): void {
  checkFeedback(batch);
  const nobody = batch.findIndex(({ user }) => user === undefined);
  if (nobody >= 0) refuse(nobody, 'user', undefined, 'well-formed text');
}

/** Refuses rows whose id is not well-formed text. Throws `SL_REQUEST_INVALID` with the path of the first. */
export function checkRows<T extends TableName>(table: T, rows: readonly Rows[T][]): void {
  rows.forEach(({ id }, r) => {
    if (isText(id)) return;
    const message = `id of ${table} row ${r} is ${shown(id)}, expected well-formed text`;
    throw new SightlineError('SL_REQUEST_INVALID', message, { path: `${r}.id` });
  });
}

/** Refuses page sizes that never end a scan. Throws `SL_REQUEST_INVALID`. */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  const message = `page size is ${limit}, expected a whole number from 1`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'limit' });
}

/**
 * Reads the cursor of a feedback page: the place of the last event of the page before.
 * Throws `SL_REQUEST_INVALID`.
 *
 * @example parseCursor('17') // 17
 */
export function parseCursor(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  const message = `cursor is ${shown(after)}, expected the next of an earlier page`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: 'after' });
}

/** Whether a value is text that survives UTF-8. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

function refuse(event: number, field: string, got: unknown, expected: string): never {
  const message = `${field} of event ${event} is ${shown(got)}, expected ${expected}`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: `events.${event}.${field}` });
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
