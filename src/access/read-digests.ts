import { hash } from 'node:crypto';
import { type Mistake, SightlineError } from '../domain/errors.ts';
import type { AccessOptions } from './access-schema.ts';

/** Values by the names of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The longest secret. */
export const maxSecretLength = 256;
const secretPattern = /^[\x21-\x7e]{16,256}$/;

const digestBytes = 32;

/**
 * Writes the SHA-256 of what proves a key into 32 bytes, and answers them; by way of a string, as a buffer made by
 * `hash` takes four times as long.
 */
export function digestOf(secret: string, into: Buffer = Buffer.alloc(digestBytes)): Buffer {
  into.write(hash('sha256', secret, 'binary'), 'latin1');
  return into;
}

/**
 * Reads the secrets of all keys and keeps their SHA-256 digests alone. Throws `SL_CONFIG_INVALID` with every variable
 * that is not set, holds no secret, or holds that of another key; values are not told.
 */
export function readDigests(
  keys: AccessOptions['keys'],
  environment: Environment,
): ReadonlyMap<string, Buffer> {
  const digests = new Map<string, Buffer>();
  const mistakes: Mistake[] = [];
  const holders = new Map<string, string>();
  for (const [name, { secret: variable }] of Object.entries(keys)) {
    const secret = environment[variable]?.trim() ?? '';
    const digest = digestOf(secret);
    const holder = holders.get(digest.toString('hex'));
    const mistake = mistakeIn(secret, holder);
    if (mistake === undefined) {
      holders.set(digest.toString('hex'), name);
      digests.set(name, digest);
    } else {
      const message = `variable ${variable} ${mistake}`;
      mistakes.push({ path: `access.keys.${name}.secret`, message });
    }
  }
  if (mistakes.length > 0) throw secretsError(mistakes);
  return digests;
}

function mistakeIn(secret: string, holder: string | undefined): string | undefined {
  const expected = 'expected 16 to 256 visible ASCII characters';
  if (secret === '') return `is not set, ${expected}`;
  if (!secretPattern.test(secret)) return `is not such a secret, ${expected}`;
  return holder === undefined ? undefined : `holds the secret of key ${holder}, expected its own`;
}

function secretsError(mistakes: readonly Mistake[]): SightlineError {
  const lines = mistakes.map(({ path, message }) => `${path}: ${message}`);
  const message = `keys have ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}: ${lines.join('; ')}`;
  return new SightlineError('SL_CONFIG_INVALID', message, { mistakes });
}
