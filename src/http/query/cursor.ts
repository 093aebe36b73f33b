import { SightlineError } from '../../domain/errors.ts';
import { identifier } from '../identifier.ts';

/** The cursor of a page: the last key of the page before it, in a form that fits a URL. */
export const encodeCursor = (key: string) => Buffer.from(key).toString('base64url');

/**
 * The key that a cursor stands for; throws `SL_REQUEST_INVALID` for anything that is not a cursor.
 *
 * @example decodeCursor(encodeCursor('A1')) // 'A1'
 */
export function decodeCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (encodeCursor(key) === cursor && identifier.safeParse(key).success) return key;
  throw new SightlineError(
    'SL_REQUEST_INVALID',
    'cursor is no cursor, expected the next_cursor of the page before',
    { path: 'cursor' },
  );
}
