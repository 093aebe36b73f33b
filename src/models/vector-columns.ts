import { modelKinds } from './index.ts';

/**
 * The paths of labels whose vectors an item table must keep for declared models, each once. Throws
 * `SL_CONFIG_INVALID` for options that are wrong.
 *
 * @example vectorColumnsOf({ near: { kind: 'embedding', options: {} } }) // ['embedding']
 */
export function vectorColumnsOf(
  models: Readonly<Record<string, { readonly kind: string; readonly options: unknown }>>,
): string[] {
  const columns = Object.values(models).flatMap(({ kind, options }) => {
    const { vectorColumns, parseOptions } = modelKinds[kind];
    return vectorColumns?.(parseOptions(options)) ?? [];
  });
  return [...new Set(columns)];
}
