import type { Mistake } from '../domain/errors.ts';

/**
 * What one schema cannot see: vectors of a model that nobody declares. Works on unchecked input, so that it is reported
 * beside all other mistakes.
 */
export function crossCheckSignals(input: unknown): Mistake[] {
  const { signals, models } = (input ?? {}) as { signals?: unknown; models?: unknown };
  const { vectors } = (signals ?? {}) as { vectors?: unknown };
  const declared = Object.keys(models ?? {});
  if (typeof vectors !== 'string' || declared.includes(vectors)) return [];
  const message = `model ${vectors} is not declared, expected one of ${declared.join(', ')}`;
  return [{ path: 'signals.vectors', message }];
}
