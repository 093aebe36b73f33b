import type { FeatureLookup, FeatureValue } from './feature-store.ts';

/** One value, or the knowledge that there is none, and when its reading began (monotonic milliseconds). */
export interface SnapshotEntry {
  readonly lookup: FeatureLookup;
  readonly readAt: number;
  readonly bytes: number;
  wasUsed: boolean;
  /** Whether it is still among the entries. */
  isHeld: boolean;
}

/** What an entry costs besides its key and value, roughly, in bytes. */
const entryBytes = 200;

/**
 * Entries by key, bounded by number and bytes. What has to go is found by second chance (CLOCK): the oldest
 * entry that was not used since it was last looked at, so that a hit costs one write. O(1) amortised.
 */
export class SnapshotEntries {
  readonly #entries = new Map<string, SnapshotEntry>();
  readonly #bounds: { readonly maxEntries: number; readonly maxBytes: number };
  #bytes = 0;

  constructor(bounds: { readonly maxEntries: number; readonly maxBytes: number }) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of all entries, roughly. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): SnapshotEntry | undefined {
    return this.#entries.get(key);
  }

  put(key: string, lookup: FeatureLookup, readAt: number): void {
    this.delete(key);
    const value = lookup.state === 'present' ? sizeOf(lookup.row) : 0;
    const bytes = entryBytes + 2 * key.length + value;
    if (bytes > this.#bounds.maxBytes) return;
    // A whole number stands in the entry itself, any other in a place of its own.
    this.#entries.set(key, {
      lookup,
      readAt: Math.floor(readAt),
      bytes,
      wasUsed: false,
      isHeld: true,
    });
    this.#bytes += bytes;
    this.#makeRoom();
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#bytes -= entry.bytes;
    entry.isHeld = false;
    this.#entries.delete(key);
  }

  clear(): void {
    for (const entry of this.#entries.values()) entry.isHeld = false;
    this.#entries.clear();
    this.#bytes = 0;
  }

  #makeRoom(): void {
    const { maxEntries, maxBytes } = this.#bounds;
    // A map is walked in order of insertion, and what is put back during the walk comes last.
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.#entries.delete(key);
      if (entry.wasUsed) {
        entry.wasUsed = false;
        this.#entries.set(key, entry);
      } else {
        this.#bytes -= entry.bytes;
        entry.isHeld = false;
      }
    }
  }
}

/** Bytes of memory that a value takes, roughly. */
function sizeOf(value: FeatureValue): number {
  if (typeof value === 'string') return 16 + 2 * value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 32;
  for (const [name, part] of Object.entries(value)) {
    bytes += 8 + (Array.isArray(value) ? 0 : 2 * name.length) + sizeOf(part as FeatureValue);
  }
  return bytes;
}
