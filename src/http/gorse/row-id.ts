import { SightlineError } from '../../domain/errors.ts';
import { isIdentifier } from '../identifier.ts';
import type { ReadField } from './go-json.ts';

/**
 * Reads an id. Throws `SL_REQUEST_INVALID` where there is none, or one that no path can name.
 *
 * @example rowId('', 'UserId') // throws: UserId is no id, expected 1 to 512 bytes …
 */
export const rowId: ReadField<string> = (given, field) => {
  if (isIdentifier(given)) return given;
  const message = `${field} is no id, expected text of 1 to 512 bytes of UTF-8 without control characters`;
  throw new SightlineError('SL_REQUEST_INVALID', message, { path: field });
};
