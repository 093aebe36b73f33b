import { otherLabel } from './series/label-guard.ts';

/**
 * Small codes for the names that travel through the event ring as numbers. Code 0 is `__other__`, which
 * names beyond the capacity share. A listener hears of each new name before anybody can use its code.
 *
 * @example
 * const codes = new EventCodes();
 * codes.codeOf('home'); // 1
 * codes.nameOf(1); // 'home'
 */
export class EventCodes {
  readonly #capacity: number;
  readonly #names: string[] = [otherLabel];
  readonly #codes = new Map<string, number>([[otherLabel, 0]]);
  readonly #listeners = new Set<(code: number, name: string) => void>();

  constructor({ capacity = 4096 }: { capacity?: number } = {}) {
    this.#capacity = capacity;
  }

  /** The code of a name, given on first sight. */
  codeOf(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    const code = this.#names.length;
    if (code >= this.#capacity) return 0;
    this.set(code, name);
    return code;
  }

  nameOf(code: number): string {
    return this.#names[code] ?? otherLabel;
  }

  /** Takes over a code that was given elsewhere. */
  set(code: number, name: string): void {
    this.#names[code] = name;
    this.#codes.set(name, code);
    for (const listener of this.#listeners) listener(code, name);
  }

  /** Calls the listener for every name, known and to come; answers how to stop. */
  listen(listener: (code: number, name: string) => void): () => void {
    for (const [code, name] of this.#names.entries()) listener(code, name);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * A number that stands for an id where its text may not go: 53 bits, so it is exact in a double.
 * cyrb53 of bryc with seed 0: two multiply-xor lanes with the finaliser of MurmurHash3. O(length). Not for
 * secrets.
 *
 * @example hashId('a') // 7929297801672961
 */
export function hashId(id: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  // Strings have so many shapes inside that asking for a length may be a call: once, not for each character.
  const { length } = id;
  for (let i = 0; i < length; i++) {
    const unit = id.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = mix(high) ^ mix32(low);
  low = mix(low) ^ mix32(high);
  return 4_294_967_296 * (low & 0x1f_ffff) + (high >>> 0);
}

function mix(lane: number): number {
  return Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
}

function mix32(lane: number): number {
  return Math.imul(lane ^ (lane >>> 13), 0xc2b2ae35);
}
