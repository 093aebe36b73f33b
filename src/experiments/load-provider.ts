import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Provider } from '@openfeature/server-sdk';
import { SightlineError } from '../domain/errors.ts';
import type { ModuleOptions } from './flags-schema.ts';

/**
 * Loads an OpenFeature provider: a class is made with the options, a function is called with them, anything else is the
 * provider itself. Rejects with `SL_FLAGS_UNAVAILABLE` where there is no such module, or no provider in it.
 *
 * @example await loadProvider({ module: '@openfeature/flagd-provider', export: 'FlagdProvider', options: {} })
 */
export async function loadProvider({
  module: name,
  export: exported,
  options,
}: Pick<ModuleOptions, 'module' | 'export' | 'options'>): Promise<Provider> {
  const made = await makeFrom({ name, exported, options }).catch((cause) => {
    throw unavailable(`export ${exported} of ${name} gives no flag provider`, cause);
  });
  if (isProvider(made)) return made;
  throw unavailable(
    `export ${exported} of ${name} is no flag provider, expected metadata and resolveStringEvaluation`,
  );
}

async function makeFrom({
  name,
  exported,
  options,
}: {
  name: string;
  exported: string;
  options: object;
}): Promise<unknown> {
  const isPath = name.startsWith('.') || name.startsWith('/');
  const found = (await import(isPath ? pathToFileURL(resolve(name)).href : name))[exported];
  if (typeof found !== 'function') return found;
  // Arrow functions and async functions have no prototype and cannot be constructed.
  return found.prototype === undefined ? found(options) : new found(options);
}

function isProvider(made: unknown): made is Provider {
  const { metadata, resolveStringEvaluation } = (made ?? {}) as Partial<Provider>;
  return typeof metadata?.name === 'string' && typeof resolveStringEvaluation === 'function';
}

function unavailable(message: string, cause?: unknown): SightlineError {
  return new SightlineError('SL_FLAGS_UNAVAILABLE', message, { cause });
}
