import { Candidates } from '../../domain/candidates.ts';
import type { RequestContext } from '../../pipeline/algorithm.ts';
import { RequestFeatures } from '../../pipeline/features/request-features.ts';
import { History } from '../../pipeline/history.ts';
import { Codes, type ItemTable } from '../../stores/item-table.ts';
import type { CallContext, CodeLists, ItemRows, NewNames } from './call.ts';

/** Ids that one call may bring of its own. */
const maxFresh = 4096;

/** The names of codes, as far as the host has told them. */
export interface ToldNames {
  readonly catalogs: Codes;
  readonly categories: Codes;
  readonly attributes: Codes;
}

/** Nothing told yet. */
export function noNames(): ToldNames {
  return { catalogs: new Codes(), categories: new Codes(), attributes: new Codes() };
}

/** Takes in names that are new. */
export function learnNames(told: ToldNames, names: NewNames): void {
  for (const kind of ['catalogs', 'categories', 'attributes'] as const)
    for (const name of names[kind]) told[kind].code(name);
}

/** The part of an item table that a call sees: its own items alone. */
export class CallTable {
  readonly ids: string[];
  readonly catalogs: Codes;
  readonly categories: Codes;
  readonly attributes: Codes;
  readonly catalog: Uint16Array;
  readonly hidden: Uint8Array;
  readonly publishedAtMs: Float64Array;
  readonly expiresAtMs: Float64Array;
  readonly revision = 0;
  readonly #rows: ItemRows;
  #categoriesOf: readonly Uint16Array[] | undefined;
  #attributesOf: readonly Uint16Array[] | undefined;
  #index: Map<string, number> | undefined;

  constructor(rows: ItemRows, names: ToldNames) {
    this.#rows = rows;
    this.ids = [...rows.ids];
    this.catalog = rows.catalog;
    this.hidden = rows.hidden;
    this.publishedAtMs = rows.publishedAtMs;
    this.expiresAtMs = rows.expiresAtMs;
    this.catalogs = names.catalogs;
    this.categories = names.categories;
    this.attributes = names.attributes;
  }

  get size(): number {
    return this.ids.length;
  }

  get live(): number {
    return this.ids.length;
  }

  get jsonIds(): readonly string[] {
    return this.ids.map((id) => JSON.stringify(id));
  }

  get categoriesOf(): readonly Uint16Array[] {
    this.#categoriesOf ??= split(this.#rows.categories);
    return this.#categoriesOf;
  }

  get attributesOf(): readonly Uint16Array[] {
    this.#attributesOf ??= split(this.#rows.attributes);
    return this.#attributesOf;
  }

  /** Ids that the call did not bring. */
  get fresh(): readonly string[] {
    return this.ids.slice(this.#rows.ids.length);
  }

  /** The index of an id; one that the call did not bring gets an index, and nothing else is known of it. */
  indexOf(id: string): number {
    this.#index ??= new Map(this.ids.map((known, at) => [known, at]));
    const known = this.#index.get(id);
    if (known !== undefined) return known;
    if (typeof id !== 'string' || this.ids.length >= this.#rows.ids.length + maxFresh) return -1;
    this.#index.set(id, this.ids.length);
    return this.ids.push(id) - 1;
  }
}

function split({ codes, ends }: CodeLists): Uint16Array[] {
  return Array.from(ends, (end, at) => codes.subarray(at === 0 ? 0 : ends[at - 1], end));
}

/** A call as an algorithm sees it. */
export interface ReadCall {
  readonly context: RequestContext;
  readonly table: CallTable;
  readonly candidates: Candidates | undefined;
}

/** Makes of what was sent what an algorithm works on. `names` must have been told before. */
export function readCall(call: CallContext, names: ToldNames): ReadCall {
  const { remainingMs, headers, rows, candidates, session, ...rest } = call;
  const until = performance.now() + remainingMs;
  const table = new CallTable(rows, names);
  const context: RequestContext = {
    ...rest,
    session,
    // Everything that algorithms read of a table is there.
    table: table as unknown as ItemTable,
    features: noFeatures,
    history: noHistory,
    remainingMs: () => until - performance.now(),
    carry: () => headers,
  };
  return { context, table, candidates: candidates && candidatesOf(candidates) };
}

/** What users ever did does not travel either. */
const noHistory = new History();
/** Rows of feature stores stay where they are: a plugin that reads them cannot be isolated. */
const noFeatures = new RequestFeatures(new Candidates(), () => -1);

function candidatesOf({ count, ...columns }: NonNullable<CallContext['candidates']>): Candidates {
  const candidates = new Candidates();
  candidates.count = count;
  for (let row = 0; row < count; row++) candidates.items[row] = row;
  candidates.sources.set(columns.sources);
  candidates.source.set(columns.source);
  candidates.sourceRank.set(columns.sourceRank);
  return candidates;
}
