import type { ItemTable } from '../../stores/item-table.ts';

/** The most tokens of a query that are looked at. */
const maxTokens = 32;
/** The index follows the table at most this late. */
const refreshMs = 1000;

/** What the tokens of a free-text query mean in this catalogue. */
export interface QueryMeaning {
  readonly categories: Uint16Array;
  readonly attributes: Uint16Array;
  readonly unmatched: readonly string[];
}

/** Finds categories, attribute values and their items by words; follows the item table with a second's delay. */
export class QueryIndex {
  readonly #table: ItemTable;
  #revision = -1;
  #builtAtMs = Number.NEGATIVE_INFINITY;
  #categoryOf = new Map<string, number[]>();
  #attributeOf = new Map<string, number[]>();
  #itemsOfCategory: number[][] = [];
  #itemsOfAttribute: number[][] = [];

  constructor(table: ItemTable) {
    this.#table = table;
  }

  /** Matches each word of a query to categories first, then to attribute values. */
  match(query: string, nowMs: number): QueryMeaning {
    this.#refresh(nowMs);
    const categories = new Set<number>();
    const attributes = new Set<number>();
    const unmatched: string[] = [];
    for (const token of tokensOf(query).slice(0, maxTokens)) {
      const category = this.#categoryOf.get(token);
      const attribute = this.#attributeOf.get(token);
      for (const code of category ?? attribute ?? [])
        (category ? categories : attributes).add(code);
      if (category === undefined && attribute === undefined) unmatched.push(token);
    }
    return {
      categories: Uint16Array.from(categories),
      attributes: Uint16Array.from(attributes),
      unmatched,
    };
  }

  /** Dense indices of the items that carry an attribute code. */
  itemsOfAttribute(code: number): readonly number[] {
    return this.#itemsOfAttribute[code] ?? [];
  }

  /** Dense indices of the items of a category code. */
  itemsOfCategory(code: number): readonly number[] {
    return this.#itemsOfCategory[code] ?? [];
  }

  #refresh(nowMs: number): void {
    const table = this.#table;
    if (this.#revision === table.revision || Math.abs(nowMs - this.#builtAtMs) < refreshMs) return;
    this.#revision = table.revision;
    this.#builtAtMs = nowMs;
    this.#categoryOf = tokensToCodes(table.categories.names);
    this.#attributeOf = tokensToCodes(
      table.attributes.names.map((text) => text.slice(text.indexOf('=') + 1)),
    );
    this.#itemsOfCategory = postings(table.categoriesOf);
    this.#itemsOfAttribute = postings(table.attributesOf);
  }
}

/** Lower-case words of letters and digits. */
export function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function tokensToCodes(names: readonly string[]): Map<string, number[]> {
  const codes = new Map<string, number[]>();
  names.forEach((text, code) => {
    for (const token of new Set(tokensOf(text))) {
      const known = codes.get(token);
      if (known === undefined) codes.set(token, [code]);
      else known.push(code);
    }
  });
  return codes;
}

function postings(codesOf: readonly Uint16Array[]): number[][] {
  const lists: number[][] = [];
  codesOf.forEach((codes, item) => {
    for (const code of codes) {
      if (lists[code] === undefined) lists[code] = [];
      lists[code].push(item);
    }
  });
  return lists;
}
