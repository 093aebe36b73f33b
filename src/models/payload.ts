import { z } from 'zod';
import { SightlineError } from '../domain/errors.ts';

const idsSchema = z.array(z.string());

/** Writes the parts of a model's payload one after the other, little-endian, each array with its length. */
export class PayloadWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  /** A whole number from 0 to 2^32 - 1. */
  count(value: number): this {
    const at = this.#grow(4);
    new DataView(this.#bytes.buffer).setUint32(at, value, true);
    return this;
  }

  /** Any of the typed arrays that `PayloadReader` reads. */
  array(values: Uint32Array | Float32Array | Float64Array): this {
    this.count(values.length);
    const at = this.#grow(values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    return this;
  }

  /** Any JSON value: item ids, options. */
  json(value: unknown): this {
    const text = new TextEncoder().encode(JSON.stringify(value));
    this.count(text.length);
    const at = this.#grow(text.length);
    this.#bytes.set(text, at);
    return this;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

/**
 * Reads what `PayloadWriter` wrote. Every read is checked against the bytes that are there; what does not fit
 * throws `SL_MODEL_CORRUPT`, and so does `end` when bytes are left over.
 *
 * @example
 * const reader = new PayloadReader(new PayloadWriter().count(7).bytes());
 * reader.count('rows'); // 7
 */
export class PayloadReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  count(what: string, { max = 0xffffffff }: { max?: number } = {}): number {
    const at = this.#take(what, 4);
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(at, true);
    if (value > max) throw corrupt(`${what} is ${value}, expected at most ${max}`);
    return value;
  }

  /** Whole numbers; with `below`, each must be less than that. */
  uint32(what: string, { length, below }: { length?: number; below?: number } = {}): Uint32Array {
    const values = new Uint32Array(this.#array(what, 4, length));
    if (below === undefined) return values;
    for (const value of values)
      if (value >= below) throw corrupt(`${what} holds ${value}, expected less than ${below}`);
    return values;
  }

  /** Row starts of a compressed row table: from 0, never falling. */
  offsets(what: string, rows: number): Uint32Array {
    const values = this.uint32(what, { length: rows + 1 });
    for (let row = 0; row <= rows; row++)
      if (values[row] < (row === 0 ? 0 : values[row - 1]) || values[0] !== 0)
        throw corrupt(`${what} falls at row ${row}, expected rising row starts from 0`);
    return values;
  }

  /** Finite numbers. */
  float32(what: string, length?: number): Float32Array {
    return finite(what, new Float32Array(this.#array(what, 4, length)));
  }

  /** Finite numbers. */
  float64(what: string, length?: number): Float64Array {
    return finite(what, new Float64Array(this.#array(what, 8, length)));
  }

  /** A JSON value that the schema accepts. */
  json<Value>(what: string, schema: z.ZodType<Value>): Value {
    const size = this.count(`length of ${what}`);
    const at = this.#take(what, size);
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(this.#bytes.subarray(at, at + size)));
    } catch (cause) {
      throw corrupt(`${what} is not JSON`, cause);
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    throw corrupt(`${what} is not what was written: ${result.error.issues[0].message}`);
  }

  /** Item ids, each a string. */
  ids(what: string): readonly string[] {
    return this.json(what, idsSchema);
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw corrupt(`payload has ${left} bytes behind its end, expected none`);
  }

  #array(what: string, width: number, expected: number | undefined): ArrayBuffer {
    const length = this.count(`length of ${what}`);
    if (expected !== undefined && length !== expected)
      throw corrupt(`${what} has ${length} numbers, expected ${expected}`);
    const at = this.#take(what, length * width);
    return this.#bytes.slice(at, at + length * width).buffer as ArrayBuffer;
  }

  #take(what: string, size: number): number {
    const at = this.#at;
    const left = this.#bytes.length - at;
    if (size > left) throw corrupt(`${what} needs ${size} bytes, got ${left}`);
    this.#at = at + size;
    return at;
  }
}

function finite<A extends Float32Array | Float64Array>(what: string, values: A): A {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw corrupt(`${what} holds ${values[i]}, expected finite numbers`);
  return values;
}

function corrupt(message: string, cause?: unknown): SightlineError {
  return new SightlineError('SL_MODEL_CORRUPT', `model payload: ${message}`, { cause });
}
