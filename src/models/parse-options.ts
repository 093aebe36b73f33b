import type { z } from 'zod';
import { SightlineError } from '../domain/errors.ts';

/** Checks options as they stand in a configuration. Throws `SL_CONFIG_INVALID` with every mistake. */
export interface OptionsParser<Options> {
  (raw: unknown): Options;
  /** What it checks them by; absent where nobody can be told. */
  readonly schema?: z.ZodType<Options>;
}

/**
 * Makes the `parseOptions` of a model kind out of a schema. What it makes throws `SL_CONFIG_INVALID` with every
 * mistake, each with its path under `options`.
 *
 * @example optionsParser('popular', z.strictObject({ halfLifeDays: z.number().default(30) }))({}) // { halfLifeDays: 30 }
 */
export function optionsParser<Options>(
  kind: string,
  schema: z.ZodType<Options>,
): OptionsParser<Options> {
  const parse = (raw: unknown) => {
    const result = schema.safeParse(raw);
    if (result.success) return result.data;
    const mistakes = result.error.issues.map(({ path, message }) => ({
      path: ['options', ...path].join('.'),
      message,
    }));
    const lines = mistakes.map(({ path, message }) => `${path}: ${message}`);
    throw new SightlineError('SL_CONFIG_INVALID', `options of ${kind}: ${lines.join('; ')}`, {
      mistakes,
    });
  };
  return Object.assign(parse, { schema });
}
