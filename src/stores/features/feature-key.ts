import { SightlineError } from '../../domain/errors.ts';
import { type FeatureKey, maxKeyBytes } from './feature-store.ts';

/**
 * The text of a key, or why no store can carry it. The error does not repeat the key.
 *
 * @example parseFeatureKey(42) // '42'
 */
export function parseFeatureKey(key: FeatureKey): string | SightlineError {
  if (typeof key === 'number') {
    return Number.isSafeInteger(key) ? String(key) : invalid('is a number', 'a safe integer');
  }
  if (typeof key !== 'string') return invalid(`is of type ${typeof key}`, 'text or an integer');
  // No character takes more than three bytes for each of its units.
  const bytes = 3 * key.length <= maxKeyBytes ? key.length : Buffer.byteLength(key);
  if (bytes === 0 || bytes > maxKeyBytes)
    return invalid(`has ${bytes} bytes`, `1 to ${maxKeyBytes}`);
  if (hasControl(key)) return invalid('has a control character', 'none');
  return key.isWellFormed() ? key : invalid('has half of a surrogate pair', 'well-formed text');
}

function invalid(got: string, expected: string): SightlineError {
  return new SightlineError('SL_REQUEST_INVALID', `feature key ${got}, expected ${expected}`);
}

/** Control characters of ASCII and Latin-1, which text protocols take for their own. */
function hasControl(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return true;
  }
  return false;
}
