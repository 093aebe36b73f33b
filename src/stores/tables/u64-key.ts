import type { TableKey } from './global-table.ts';

const zero = 48;
const maxDigits = 20;

/**
 * Takes 64-bit keys apart into two halves of 32 bits without making a bigint. The halves of the last key that was
 * taken stand in `low` and `high`, as signed words.
 *
 * @example
 * const key = new U64Key();
 * key.take('4294967297'); // true
 * [key.low, key.high]; // [1, 1]
 */
export class U64Key {
  low = 0;
  high = 0;

  /** Takes a key; answers false when it is not a whole number from 0 to 2^64 - 1, or not known exactly. */
  take(key: TableKey): boolean {
    if (typeof key === 'number') return this.takeNumber(key);
    if (typeof key === 'string') return this.#takeText(key);
    if (key < 0n || key > 0xffff_ffff_ffff_ffffn) return false;
    this.low = Number(key & 0xffff_ffffn) | 0;
    this.high = Number(key >> 32n) | 0;
    return true;
  }

  takeNumber(key: number): boolean {
    if (!(key >= 0 && key <= Number.MAX_SAFE_INTEGER) || Math.floor(key) !== key) return false;
    this.low = key | 0;
    this.high = (key / 0x1_0000_0000) | 0;
    return true;
  }

  /** Takes the decimal digits of bytes `start` to `end`. */
  takeBytes(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#begin(end - start, bytes[start])) return false;
    for (let at = start; at < end; at++) if (!this.#push(bytes[at] - zero)) return false;
    return this.#end();
  }

  #takeText(text: string): boolean {
    if (!this.#begin(text.length, text.charCodeAt(0))) return false;
    for (let at = 0; at < text.length; at++)
      if (!this.#push(text.charCodeAt(at) - zero)) return false;
    return this.#end();
  }

  #begin(digits: number, first: number): boolean {
    this.low = 0;
    this.high = 0;
    return digits > 0 && digits <= maxDigits && (first !== zero || digits === 1);
  }

  /** Multiplies by ten and adds a digit; the halves are unsigned until `#end`. */
  #push(digit: number): boolean {
    if (!(digit >= 0 && digit <= 9)) return false;
    const low = this.low * 10 + digit;
    this.low = low >>> 0;
    this.high = this.high * 10 + Math.floor(low / 0x1_0000_0000);
    return this.high <= 0xffff_ffff;
  }

  #end(): boolean {
    this.low |= 0;
    this.high |= 0;
    return true;
  }
}
