import { SightlineError } from '../../domain/errors.ts';

/**
 * Refuses a fit that would need more memory than is allowed. Throws `SL_TRAINING_FAILED` with the name of the model and both
 * numbers. `bytes` absent is little; `maxMemoryMb` absent is no limit.
 *
 * @example assertMemory('wide', 5e9, 4096) // throws: training of model wide needs about 4769 MB, expected 4096 at most
 */
export function assertMemory(
  model: string,
  bytes: number | undefined,
  maxMemoryMb: number | undefined,
): void {
  const neededMb = Math.ceil((bytes ?? 0) / 2 ** 20);
  // A size that is no number is no small one.
  if (maxMemoryMb === undefined || neededMb <= maxMemoryMb) return;
  const message = `training of model ${model} needs about ${neededMb} MB, expected ${maxMemoryMb} at most`;
  throw new SightlineError('SL_TRAINING_FAILED', message);
}
