import { SightlineError } from '../../domain/errors.ts';
import { shorten } from '../errors.ts';

/** What answers a list. Throws `SL_NOT_FOUND` where nothing does. */
export function named(work: string | undefined, list: string): string {
  if (work !== undefined) return work;
  throw new SightlineError('SL_NOT_FOUND', `list ${shorten(list, 100)} not found`);
}

/** A value of a record by its key; what its prototype has is none. */
export const own = <Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Value | undefined => (Object.hasOwn(record, key) ? record[key] : undefined);
