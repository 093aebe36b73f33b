import { SightlineError } from '../../domain/errors.ts';
import type { PayloadReader } from '../payload.ts';

/** Learnt vectors are far smaller; products of greater ones would leave what is a number. */
const greatest = 1e6;

/**
 * The vectors, when all of them are usable numbers. Throws `SL_TRAINING_FAILED` with the advice when training ran away.
 *
 * @example saneVectors(Float32Array.of(1, Number.NaN), 'lower learningRate') // throws
 */
export function saneVectors(vectors: Float32Array, advice: string): Float32Array {
  const wrong = vectors.find((value) => !(Math.abs(value) <= greatest));
  if (wrong === undefined) return vectors;
  throw new SightlineError(
    'SL_TRAINING_FAILED',
    `vectors hold ${wrong}, expected numbers of at most ${greatest}: ${advice}`,
  );
}

/** Reads vectors of a payload. Throws `SL_MODEL_CORRUPT` for numbers that no training gives. */
export function readVectors(
  reader: PayloadReader,
  what: string,
  { length, min = -greatest }: { readonly length: number; readonly min?: number },
): Float32Array {
  const vectors = reader.float32(what, length);
  const wrong = vectors.find((value) => !(value >= min && value <= greatest));
  if (wrong === undefined) return vectors;
  throw new SightlineError(
    'SL_MODEL_CORRUPT',
    `model payload: ${what} holds ${wrong}, expected ${min} to ${greatest}`,
  );
}
