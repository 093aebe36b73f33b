import { parse, TomlError } from 'smol-toml';
import { SightlineError } from '../../domain/errors.ts';
import { environmentNames } from './environment-names.ts';
import { printable } from './printable.ts';
import { createSettings, type Given, type Settings } from './settings.ts';

/** Bytes that a configuration of Gorse may have. */
export const maxSourceBytes = 1_000_000;
const maxKeys = 2000;
const maxDepth = 32;

/**
 * Reads a configuration of Gorse and the variables of the environment that go before it. Keys are in small letters, as
 * Gorse does not tell them apart. Throws `SL_CONFIG_INVALID` for what is too large, not UTF-8 or not TOML; no value of the
 * file stands in the message, since it may be a secret.
 */
export function readSettings(
  bytes: Uint8Array,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  if (bytes.length > maxSourceBytes)
    throw refused(`has more than ${maxSourceBytes} bytes, expected a configuration of Gorse`);
  const given = new Map<string, Given>();
  flatten(parseToml(decode(bytes)), '', given);
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || value === '') continue;
    const key = Object.hasOwn(environmentNames, variable) ? environmentNames[variable] : undefined;
    if (key !== undefined) given.set(key, { value, variable });
    else if (variable.startsWith('GORSE_')) given.set(variable, { value, variable });
  }
  return createSettings(given);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused('is not UTF-8, expected TOML');
  }
}

function parseToml(text: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text, { maxDepth });
  } catch (error) {
    // The rest of the message quotes the file; a cause would be shown too.
    const [reason] = error instanceof Error ? error.message.split('\n') : ['is not TOML'];
    const place = error instanceof TomlError ? `line ${error.line}, column ${error.column}: ` : '';
    throw refused(`${place}${reason.replace('Invalid TOML document: ', 'is not TOML: ')}`);
  }
}

/** Tables become keys with dots; arrays, also those of tables, stay whole. */
function flatten(table: object, prefix: string, into: Map<string, Given>, depth = 0): void {
  if (depth > maxDepth) throw refused(`has tables in tables, expected ${maxDepth} at most`);
  for (const [name, value] of Object.entries(table)) {
    const key = `${prefix}${name.toLowerCase()}`;
    if (isTable(value)) {
      flatten(value, `${key}.`, into, depth + 1);
      continue;
    }
    if (into.has(key)) throw refused(`${printable(key)} stands twice, expected once`);
    if (into.size >= maxKeys) throw refused(`has more than ${maxKeys} keys, expected fewer`);
    into.set(key, { value });
  }
}

/** Whether a value is a table; dates and arrays are none. */
const isTable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const refused = (message: string) =>
  new SightlineError('SL_CONFIG_INVALID', `configuration of Gorse ${message}`);
