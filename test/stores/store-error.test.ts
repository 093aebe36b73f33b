import { expect, test } from 'vitest';
import { SightlineError } from '../../src/domain/errors.ts';
import { storeError } from '../../src/stores/store-error.ts';

test.each([
  [{ errcode: 13 }, 'SL_STORE_FULL'],
  [{ code: 'ENOSPC' }, 'SL_STORE_FULL'],
  [{ code: 'EDQUOT' }, 'SL_STORE_FULL'],
  [{ code: 'EFBIG' }, 'SL_STORE_FULL'],
  [{ errcode: 11 }, 'SL_STORE_CORRUPT'],
  // SQLITE_CORRUPT_INDEX, an extended code.
  [{ errcode: 779 }, 'SL_STORE_CORRUPT'],
  [{ errcode: 26 }, 'SL_STORE_CORRUPT'],
  [{ errcode: 14 }, 'SL_STORE_UNAVAILABLE'],
  [{ errcode: 778 }, 'SL_STORE_UNAVAILABLE'],
  [{ code: 'EACCES' }, 'SL_STORE_UNAVAILABLE'],
  [{}, 'SL_STORE_UNAVAILABLE'],
])('%j reads as %s', (fields, code) => {
  const cause = Object.assign(new Error('what the system said'), fields);
  const error = storeError(cause, 'var/data');
  expect(error).toMatchObject({ code, cause });
  expect(error.message).toMatch(/^data folder var\/data .*: what the system said$/);
});

test('passes on what has a name already, and survives what is no error at all', () => {
  const named = new SightlineError('SL_STORE_VERSION', 'x');
  expect(storeError(named, 'f')).toBe(named);
  expect(storeError('thrown text', 'f').message).toBe('data folder f cannot be used: thrown text');
});
