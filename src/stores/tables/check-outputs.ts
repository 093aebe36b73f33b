import { SightlineError } from '../../domain/errors.ts';

/** Throws `SL_INTERNAL` when an array that takes what was found is shorter than the keys. */
export function checkOutputs(
  keys: { readonly length: number },
  numbers: Uint32Array,
  found: Uint8Array,
): void {
  const room = Math.min(numbers.length, found.length);
  if (room < keys.length)
    throw new SightlineError(
      'SL_INTERNAL',
      `mget has room for ${room} keys, expected ${keys.length}`,
    );
}
