import type { Item } from '../domain/item.ts';
import { flattenLabels, vectorAt } from '../domain/labels.ts';
import { VectorColumn } from './vector-column.ts';

/** The most catalogues and categories the table tells apart; later ones share the last code. */
const maxCodes = 65_535;

/** The code that names share for which there was none left. */
export const sharedCode = maxCodes - 1;

/** What stands in `hidden`: anything but 0 must not be served. */
const shown = 0;
const hiddenByOwner = 1;
const deleted = 2;

/**
 * The catalogue in memory: every item has a dense index that stays the same while the process lives,
 * and what the request path asks of an item stands in typed columns at that index.
 *
 * Deleted items keep their index and read as hidden.
 *
 * @example
 * const table = new ItemTable();
 * table.upsert({ id: 'A1', catalog: 'shoes', categories: ['boots'], attributes: {}, hidden: false, publishedAtMs: 0 }); // 0
 * table.indexOf('A1'); // 0
 */
export class ItemTable {
  /** Items ever seen; dense indices are 0 to size - 1. */
  size = 0;
  /** Items that are neither hidden nor deleted. */
  live = 0;
  /** Grows with every change, so that what is derived from the table knows when it is old. */
  revision = 0;
  readonly ids: string[] = [];
  /** The id as JSON text, quotes included. */
  readonly jsonIds: string[] = [];
  readonly catalogs = new Codes();
  readonly categories = new Codes();
  /** Attribute values and categories by their lower-case tokens, for free-text queries. */
  readonly attributes = new Codes();
  /** 0 where the item may be served, 1 where it is hidden, 2 where it is deleted. */
  hidden = new Uint8Array(1024);
  expiresAtMs = new Float64Array(1024);
  publishedAtMs = new Float64Array(1024);
  catalog = new Uint16Array(1024);
  /** The `revision` that the last change of the item made. */
  changedAt = new Float64Array(1024);
  readonly categoriesOf: Uint16Array[] = [];
  /** Codes of `attributes` (`name=value`) of each item. */
  readonly attributesOf: Uint16Array[] = [];
  /** Vectors of items by their path in the labels, of those paths that somebody asks for. */
  readonly vectors = new Map<string, VectorColumn>();
  readonly #index = new Map<string, number>();

  /** `vectorColumns` are the paths of labels whose vectors are kept from the first item on. */
  constructor({ vectorColumns = [] }: { vectorColumns?: readonly string[] | undefined } = {}) {
    for (const path of vectorColumns) this.keepVectors(path);
  }

  /** The vectors at a path of labels; items that came before the first call have theirs when they are inserted again. */
  keepVectors(path: string): VectorColumn {
    const known = this.vectors.get(path);
    if (known !== undefined) return known;
    const column = new VectorColumn();
    this.vectors.set(path, column);
    return column;
  }

  /** The dense index of an id, or -1. */
  indexOf(id: string): number {
    return this.#index.get(id) ?? -1;
  }

  /** Whether an item is there, hidden ones too. */
  has(id: string): boolean {
    const index = this.#index.get(id);
    return index !== undefined && this.hidden[index] !== deleted;
  }

  /** Adds or replaces an item and answers its dense index. */
  upsert(item: Item): number {
    let index = this.#index.get(item.id);
    if (index === undefined) index = this.#append(item.id);
    this.revision += 1;
    this.changedAt[index] = this.revision;
    this.#hide(index, item.hidden ? hiddenByOwner : shown);
    this.expiresAtMs[index] = item.expiresAtMs ?? Number.POSITIVE_INFINITY;
    this.publishedAtMs[index] = item.publishedAtMs;
    this.catalog[index] = this.catalogs.code(item.catalog);
    this.categoriesOf[index] = codesOf(this.categories, item.categories);
    this.attributesOf[index] = codesOf(
      this.attributes,
      [...Object.entries(item.attributes), ...flattenLabels(item.labels)].map(
        ([name, value]) => `${name}=${value}`,
      ),
    );
    for (const [path, column] of this.vectors)
      column.set(index, vectorAt(item.labels, path), !item.hidden);
    return index;
  }

  /** Hides an item until it is inserted again; answers whether it was there. */
  remove(id: string): boolean {
    const index = this.#index.get(id);
    if (index === undefined || this.hidden[index] === deleted) return false;
    this.#hide(index, deleted);
    for (const column of this.vectors.values()) column.set(index, undefined, false);
    this.revision += 1;
    this.changedAt[index] = this.revision;
    return true;
  }

  #hide(index: number, state: number): void {
    if (this.hidden[index] === shown) this.live -= 1;
    if (state === shown) this.live += 1;
    this.hidden[index] = state;
  }

  #append(id: string): number {
    const index = this.size++;
    if (index >= this.hidden.length) this.#grow();
    this.#index.set(id, index);
    this.ids.push(id);
    this.jsonIds.push(JSON.stringify(id));
    this.hidden[index] = deleted;
    return index;
  }

  #grow(): void {
    const length = this.hidden.length * 2;
    this.hidden = copyInto(new Uint8Array(length), this.hidden);
    this.expiresAtMs = copyInto(new Float64Array(length), this.expiresAtMs);
    this.publishedAtMs = copyInto(new Float64Array(length), this.publishedAtMs);
    this.catalog = copyInto(new Uint16Array(length), this.catalog);
    this.changedAt = copyInto(new Float64Array(length), this.changedAt);
  }
}

/** Small dense codes for strings. */
export class Codes {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  /** The code of a name, given on first sight. */
  code(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    if (this.names.length >= maxCodes) return sharedCode;
    this.#codes.set(name, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }

  /** The code of a known name, or -1. */
  find(name: string): number {
    return this.#codes.get(name) ?? -1;
  }
}

/** Shared by all items without any: an empty array takes as much as a short one. */
const noCodes = new Uint16Array(0);

function codesOf(codes: Codes, names: readonly string[]): Uint16Array {
  if (names.length === 0) return noCodes;
  return Uint16Array.from(names, (name) => codes.code(name));
}

function copyInto<A extends { set(from: A): void }>(to: A, from: A): A {
  to.set(from);
  return to;
}
