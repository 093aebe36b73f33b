import { validateHeaderValue } from 'node:http';
import { type Mistake, SightlineError } from '../../domain/errors.ts';
import type { Environment } from '../otlp-environment.ts';
import type { PushDestination, PushDestinations } from './push-schema.ts';

/** The headers of each destination, by its name. */
export type PushHeaders = ReadonlyMap<string, Readonly<Record<string, string>>>;

/**
 * Reads the headers of all destinations. The exporter of OpenTelemetry would add those of `OTEL_EXPORTER_OTLP_HEADERS`,
 * which may be secrets of another receiver: they are sent empty. Throws `SL_CONFIG_INVALID` with every variable that is
 * not set or cannot be the value of a header; its value is not told.
 */
export function readPushHeaders(
  destinations: PushDestinations,
  environment: Environment,
): PushHeaders {
  const mistakes: Mistake[] = [];
  const read = new Map<string, Record<string, string>>();
  for (const [name, destination] of Object.entries(destinations)) {
    const headers = destination.kind === 'otlp' ? maskedHeaders(environment) : {};
    for (const { header, variable, path, prefix } of headersOf(destination)) {
      const value = environment[variable]?.trim();
      if (value && isHeaderValue(value)) headers[header] = prefix + value;
      else {
        const got = value ? 'not such a value' : 'not set';
        const message = `variable ${variable} is ${got}, expected the value of a header`;
        mistakes.push({ path: `telemetry.push.${name}.${path}`, message });
      }
    }
    read.set(name, headers);
  }
  if (mistakes.length > 0) throw headersError(mistakes);
  return read;
}

interface SecretHeader {
  readonly header: string;
  readonly variable: string;
  readonly path: string;
  readonly prefix: string;
}

function headersOf({ tokenEnv, headersEnv }: PushDestination): SecretHeader[] {
  const named = Object.entries(headersEnv).map(([header, variable]) => ({
    header: header.toLowerCase(),
    variable,
    path: `headersEnv.${header}`,
    prefix: '',
  }));
  if (tokenEnv === undefined) return named;
  const token = { header: 'authorization', variable: tokenEnv, path: 'tokenEnv' };
  return [{ ...token, prefix: 'Bearer ' }, ...named];
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('value', value);
    return true;
  } catch {
    return false;
  }
}

function headersError(mistakes: readonly Mistake[]): SightlineError {
  const lines = mistakes.map(({ path, message }) => `${path}: ${message}`);
  const message = `telemetry.push has ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}: ${lines.join('; ')}`;
  return new SightlineError('SL_CONFIG_INVALID', message, { mistakes });
}

/** Empty values for all headers that the standard variables name. */
function maskedHeaders(environment: Environment): Record<string, string> {
  const { OTEL_EXPORTER_OTLP_HEADERS = '', OTEL_EXPORTER_OTLP_METRICS_HEADERS = '' } = environment;
  const members = `${OTEL_EXPORTER_OTLP_HEADERS},${OTEL_EXPORTER_OTLP_METRICS_HEADERS}`.split(',');
  const names = members.map((member) => decoded(member.split('=')[0].trim()).toLowerCase());
  const valid = names.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name));
  return Object.fromEntries(valid.map((name) => [name, '']));
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
