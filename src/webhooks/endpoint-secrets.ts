import { validateHeaderValue } from 'node:http';
import { type Mistake, SightlineError } from '../domain/errors.ts';
import { parseSecret } from './sign.ts';
import type { WebhookOptions } from './webhooks-schema.ts';

/** Values by the names of environment variables. */
export type Secrets = Readonly<Record<string, string | undefined>>;

/** What an endpoint keeps to itself. */
export interface EndpointSecrets {
  /** Keys that sign, in their order. */
  readonly keys: readonly Buffer[];
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads the secrets of all endpoints. Throws `SL_CONFIG_INVALID` with every variable that is not set or does not hold
 * what it should; its value is not told.
 */
export function readEndpointSecrets(
  endpoints: Readonly<Record<string, WebhookOptions>>,
  secrets: Secrets,
): ReadonlyMap<string, EndpointSecrets> {
  const mistakes: Mistake[] = [];
  const read = new Map<string, EndpointSecrets>();
  for (const [name, { secretEnvs, headersEnv }] of Object.entries(endpoints)) {
    const attempt = <T>(path: string, parse: () => T): T[] => {
      try {
        return [parse()];
      } catch (error) {
        mistakes.push({ path: `webhooks.${name}.${path}`, message: (error as Error).message });
        return [];
      }
    };
    const keys = secretEnvs.flatMap((variable, v) =>
      attempt(`secretEnvs.${v}`, () => parseSecret(secrets[variable], `variable ${variable}`)),
    );
    const headers = Object.entries(headersEnv).flatMap(([header, variable]) =>
      attempt(`headersEnv.${header}`, () => [header, parseHeader(secrets[variable], variable)]),
    );
    read.set(name, { keys, headers: Object.fromEntries(headers) });
  }
  if (mistakes.length > 0) throw secretsError(mistakes);
  return read;
}

function parseHeader(value: string | undefined, variable: string): string {
  try {
    if (value) {
      validateHeaderValue('value', value);
      return value;
    }
  } catch {
    // The message of Node.js would hold the name alone, but says nothing of where it comes from.
  }
  const got = value ? 'not such a value' : 'not set';
  const message = `variable ${variable} is ${got}, expected the value of a header`;
  throw new SightlineError('SL_CONFIG_INVALID', message);
}

function secretsError(mistakes: readonly Mistake[]): SightlineError {
  const lines = mistakes.map(({ path, message }) => `${path}: ${message}`);
  const message = `webhooks have ${mistakes.length} mistakes: ${lines.join('; ')}`;
  return new SightlineError('SL_CONFIG_INVALID', message, { mistakes });
}
