import { type Mistake, SightlineError } from '../domain/errors.ts';
import { modelKinds } from './index.ts';

/** Options that the kind of a model refuses; of unchecked input, to be reported beside all other mistakes. */
export function crossCheckModels(input: unknown): Mistake[] {
  const { models } = (input ?? {}) as { models?: unknown };
  if (typeof models !== 'object' || models === null) return [];
  return Object.entries(models).flatMap(([name, model]) => {
    const { kind, options = {} } = (model ?? {}) as { kind?: unknown; options?: unknown };
    if (typeof kind !== 'string' || !Object.hasOwn(modelKinds, kind)) return [];
    return wrongOptions(kind, options).map(({ path, message }) => ({
      path: `models.${name}.${path}`,
      message,
    }));
  });
}

function wrongOptions(kind: string, options: unknown): readonly Mistake[] {
  try {
    modelKinds[kind].parseOptions(options);
    return [];
  } catch (cause) {
    if (cause instanceof SightlineError) return cause.mistakes;
    throw cause;
  }
}
