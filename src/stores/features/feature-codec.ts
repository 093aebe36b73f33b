import { isUtf8 } from 'node:buffer';
import { SightlineError } from '../../domain/errors.ts';
import { type FeatureValue, maxValueBytes } from './feature-store.ts';

/** How the bytes of a value are read: `json`, `number` (decimal, finite), or `text` (UTF-8). */
export type FeatureCodec = 'json' | 'number' | 'text';

/** JavaScript's numbers without hexadecimal, spaces and emptiness. */
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One reader per codec; each throws on what it cannot read. */
const readers: Readonly<Record<FeatureCodec, (text: string) => FeatureValue>> = {
  json: (text) => JSON.parse(text) as FeatureValue,
  number(text) {
    const value = Number(text);
    if (!decimal.test(text) || !Number.isFinite(value)) throw new Error('not a number');
    return value;
  },
  text: (text) => text,
};

/**
 * Reads the bytes of a value, or says why it cannot. The error does not repeat the value.
 *
 * @example decodeFeature(Buffer.from('[1,2]'), 'json') // [1, 2]
 */
export function decodeFeature(bytes: Buffer, codec: FeatureCodec): FeatureValue | SightlineError {
  if (bytes.length > maxValueBytes) {
    return invalid(`has ${bytes.length} bytes`, `at most ${maxValueBytes}`);
  }
  try {
    if (isUtf8(bytes)) return readers[codec](bytes.toString());
  } catch {}
  return invalid(`has ${bytes.length} bytes of something else`, codec);
}

/**
 * Writes a value as its codec reads it.
 *
 * @example encodeFeature({ price: 9.5 }, 'json').toString() // '{"price":9.5}'
 */
export function encodeFeature(value: FeatureValue, codec: FeatureCodec = 'json'): Buffer {
  return Buffer.from(codec === 'json' ? JSON.stringify(value) : String(value));
}

function invalid(got: string, expected: string): SightlineError {
  return new SightlineError('SL_DATA_INVALID', `feature value ${got}, expected ${expected}`);
}
