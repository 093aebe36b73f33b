import type { DegradationReason } from '../domain/degradation.ts';

/** An algorithm could not do its part; `reason` is the word of the closed list for why. */
export class AlgorithmError extends Error {
  readonly reason: Exclude<DegradationReason, 'none'>;

  constructor(
    reason: Exclude<DegradationReason, 'none'>,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'AlgorithmError';
    this.reason = reason;
  }
}
