import { validateHeaderValue } from 'node:http';
import { type Mistake, SightlineError } from '../../domain/errors.ts';

/** The environment of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that stand for secrets, by what they are for; a secret may be the value of a header. Throws
 * `SL_CONFIG_INVALID` with every variable that is not set or cannot be one; values are not told.
 *
 * @example readSecrets({ password: 'REDIS_PASSWORD' }, { REDIS_PASSWORD: 'x' }) // { password: 'x' }
 */
export function readSecrets(
  variables: Readonly<Record<string, string>>,
  environment: Environment,
): Readonly<Record<string, string>> {
  const mistakes: Mistake[] = [];
  const secrets: Record<string, string> = {};
  for (const [purpose, variable] of Object.entries(variables)) {
    const value = environment[variable]?.trim();
    if (value && isHeaderValue(value)) secrets[purpose] = value;
    else {
      const got = value ? 'is not one line of text' : 'is not set';
      mistakes.push({ path: purpose, message: `variable ${variable} ${got}, expected a secret` });
    }
  }
  if (mistakes.length === 0) return secrets;
  const message = mistakes.map((mistake) => mistake.message).join('; ');
  throw new SightlineError('SL_CONFIG_INVALID', message, { mistakes });
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('value', value);
    return true;
  } catch {
    return false;
  }
}
