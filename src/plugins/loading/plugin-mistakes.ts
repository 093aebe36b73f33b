import { algorithmKinds } from '../../pipeline/catalogue.ts';

/** The kinds of parts that run in threads of Sightline. */
export const partKinds = ['signals', 'detectors'] as const;

const namePattern = /^[a-z][a-z0-9-]{0,39}$/;
/** Algorithms and stores that one plugin may bring. */
const maxParts = 1000;

/**
 * What is wrong with a value that should be a plugin, in words that follow its name; empty for a plugin. Only its shape
 * is looked at.
 *
 * @example pluginMistakes(42) // ['has a number as default export, expected a plugin made with definePlugin']
 */
export function pluginMistakes(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) {
    const found = value === undefined ? 'no' : `a ${value === null ? 'null' : typeof value} as`;
    return [`has ${found} default export, expected a plugin made with definePlugin`];
  }
  const kinds = [...algorithmKinds, 'stores', ...partKinds];
  const unknown = Object.keys(value).filter((key) => key !== 'name' && !kinds.includes(key));
  const plugin = value as Readonly<Record<string, unknown>>;
  const parts = kinds.flatMap((kind) => partsOf(plugin[kind]).map((part) => ({ kind, ...part })));
  return [
    ...(namePattern.test(String(plugin.name))
      ? []
      : [`has the name ${quoted(plugin.name)}, expected lower-case letters, digits and dashes`]),
    ...unknown.map((key) => `brings ${quoted(key)}, expected only ${kinds.join(', ')}`),
    ...kinds
      .filter((kind) => plugin[kind] !== undefined && !isRecord(plugin[kind]))
      .map((kind) => `has ${kind} that are no map of names`),
    ...(parts.length === 0 && unknown.length === 0 ? ['brings nothing'] : []),
    ...(parts.length > maxParts
      ? [`brings ${parts.length} parts, expected ${maxParts} at most`]
      : []),
    ...parts.slice(0, maxParts).flatMap(wrongPart),
  ];
}

interface Part {
  readonly kind: string;
  readonly name: string;
  readonly definition: unknown;
}

function partsOf(parts: unknown): Omit<Part, 'kind'>[] {
  if (!isRecord(parts)) return [];
  return Object.entries(parts).map(([name, definition]) => ({ name, definition }));
}

function wrongPart({ kind, name, definition }: Part): string[] {
  const what = `${kind.slice(0, -1)} ${quoted(name)}`;
  if (!namePattern.test(name))
    return [`has the ${what}, expected lower-case letters, digits and dashes`];
  if (!isRecord(definition)) return [`has the ${what} that is no definition`];
  const { summary, options, models } = definition;
  const maker = kind === 'stores' ? 'open' : 'create';
  return [
    ...(typeof summary === 'string' ? [] : [`has the ${what} without a summary`]),
    ...(typeof definition[maker] === 'function' ? [] : [`has the ${what} without ${maker}`]),
    ...(models === undefined || typeof models === 'function'
      ? []
      : [`has the ${what} with models that are no function`]),
    ...(options === undefined || isSchema(options)
      ? []
      : [`has the ${what} with options that are no Standard Schema`]),
  ];
}

function isSchema(options: unknown): boolean {
  const standard = (options as { '~standard'?: { validate?: unknown } } | null)?.['~standard'];
  return typeof standard?.validate === 'function';
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Short and on one line: it is text of somebody else. */
const quoted = (text: unknown): string => JSON.stringify(String(text).slice(0, 40));
