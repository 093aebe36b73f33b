import type { TableKey } from './global-table.ts';

/** The longest key of a table of text, in bytes of UTF-8. */
export const maxKeyBytes = 4096;

const encoder = new TextEncoder();

/**
 * The UTF-8 bytes and the 64-bit hash of one key at a time, in memory that is used again and again.
 *
 * @example
 * const key = new TextKey();
 * key.take('u1'); // true
 * key.length; // 2
 */
export class TextKey {
  readonly bytes = new Uint8Array(maxKeyBytes);
  length = 0;
  /** The halves of the hash, as signed words: the first chooses the slot, the second is compared there. */
  low = 0;
  high = 0;

  /** Takes a key with its hash; answers false when no table of text can hold it. */
  take(key: TableKey): boolean {
    if (typeof key === 'string') return this.takeText(key) && this.hash(this.bytes, 0, this.length);
    if (typeof key === 'number' && !Number.isSafeInteger(key)) return false;
    return this.take(String(key));
  }

  /** Takes text without its hash; answers false for too long a one, or for half a surrogate pair. */
  takeText(text: string): boolean {
    if (text.length > maxKeyBytes) return false;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0x7f) return this.#encode(text);
      this.bytes[at] = unit;
    }
    this.length = text.length;
    return true;
  }

  /** Hashes bytes: two lanes of multiply and rotate, mixed at the end as in MurmurHash3. */
  hash(bytes: Uint8Array, start: number, end: number): true {
    let low = (end - start) | 0;
    let high = ~low;
    for (let at = start; at < end; at++) {
      const byte = bytes[at];
      low = Math.imul(low ^ byte, 0x9e3779b1);
      low ^= low >>> 15;
      high = Math.imul(high ^ byte, 0x85ebca77);
      high = (high << 13) | (high >>> 19);
    }
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
    high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35);
    this.low = low ^ (high >>> 13);
    this.high = high ^ (low >>> 16);
    return true;
  }

  #encode(text: string): boolean {
    // The encoder would turn half a pair into U+FFFD, which is another key.
    if (!text.isWellFormed()) return false;
    const { read, written } = encoder.encodeInto(text, this.bytes);
    this.length = written;
    return read === text.length;
  }
}
