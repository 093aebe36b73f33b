import { Candidates, candidateCapacity } from '../domain/candidates.ts';
import type { Intent } from '../domain/intent.ts';
import type { RecommendRequest } from '../domain/recommend-request.ts';
import type { User } from '../domain/user.ts';
import { Hits, type ModelQuery } from '../models/model.ts';
import { type ItemScope, unknownCode } from '../stores/item-scope.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Session } from '../stores/session-events.ts';
import type { Lookup } from '../stores/store.ts';
import { carriedHeaders } from '../telemetry/context.ts';
import type { RequestRecord } from '../telemetry/request-record.ts';
import type { RequestContext } from './algorithm.ts';
import type { Deadline } from './deadline.ts';
import { RequestFeatures } from './features/request-features.ts';
import { History } from './history.ts';

/** The most items a slate may have. */
export const slateCapacity = 100;

/** Requests so far, over all runs. */
let serial = 0;

const noItems = new Int32Array(0);
const noCodes = new Uint16Array(0);

/** The intent before anything is known: the whole catalogue, nobody in particular. */
export const neutralIntent: Intent = {
  surface: 'user',
  sessionState: 'cold',
  segment: 'default',
  catalog: 'all',
  locale: '',
  categories: noCodes,
  attributes: noCodes,
  unmatched: [],
  anchor: -1,
  recent: noItems,
  sessionEntropy: undefined,
  freshness: undefined,
  weights: new Float32Array(0),
};

/**
 * Told after each filter: `keep[i]` says whether it left `chunk[i]` of the run, for the first `count`. Only runs that
 * somebody looks at have one.
 */
export type SeeJudged = (filter: number, run: Run, count: number) => void;

/** The mutable state of one request in the pipeline. Pooled: `start` makes it as new. */
export class Run implements RequestContext {
  readonly table: ItemTable;
  readonly candidates = new Candidates();
  /** One list a retriever, by position. */
  readonly hits: Hits[] = [];
  request: RecommendRequest = { n: 0, explain: false };
  record!: RequestRecord;
  deadline: Deadline = { dueAt: 0, workUntil: 0 };
  nowMs = 0;
  intent: Intent = neutralIntent;
  session: Session | undefined = undefined;
  user: Lookup<User> | undefined = undefined;
  readonly history = new History();
  readonly features = new RequestFeatures(this.candidates, (item) => this.rowOf(item));
  readonly query = {
    anchor: -1,
    recent: noItems as Int32Array,
    nowMs: 0,
    purpose: 'next' as ModelQuery['purpose'],
    serial: 0,
    sessionEntropy: undefined as number | undefined,
    user: undefined as string | undefined,
    scope: undefined as ItemScope | undefined,
  };
  /** Why the last scorer that failed did; the reason of the stage where none works. */
  failure: unknown = undefined;
  /** Scratch of the stages: keep flags, rows and items of the chunk being judged. */
  readonly keep = new Uint8Array(256);
  /** Scratch: what the filter at work decides. */
  readonly verdict = new Uint8Array(256);
  /** Scratch: 1 where the scorer of the position has a say. */
  readonly hasSay = new Uint8Array(32);
  readonly chunk = new Int32Array(256);
  /** Scratch for ordering what the reranker left out. */
  readonly reserve = {
    isOrdered: new Uint8Array(candidateCapacity),
    rows: new Int32Array(candidateCapacity),
    scores: new Float32Array(candidateCapacity),
    best: new Int32Array(candidateCapacity),
  };
  /** The slate: rows of `candidates`, or -1 for items of the last rung of the ladder. */
  readonly slateRows = new Int32Array(slateCapacity);
  readonly slateItems = new Int32Array(slateCapacity);
  readonly slateScores = new Float32Array(slateCapacity);
  readonly slateSources: string[] = [];
  slateCount = 0;
  seeJudged: SeeJudged | undefined = undefined;
  readonly #scope = { catalog: -1, categories: noCodes as Uint16Array, every: false };
  readonly #monotonic: () => number;
  /** Row of each item, valid when the epoch in the upper bits is the current one. */
  #rowOf = new Uint32Array(0);
  #epoch = 0;

  constructor(table: ItemTable, monotonic: () => number) {
    this.table = table;
    this.#monotonic = monotonic;
  }

  /** Makes the run as new. */
  start(request: RecommendRequest, record: RequestRecord, deadline: Deadline): void {
    this.request = request;
    this.record = record;
    this.deadline = deadline;
    this.intent = neutralIntent;
    this.session = undefined;
    this.user = undefined;
    this.features.clear();
    this.history.clear(this.table);
    serial += 1;
    this.query.serial = serial;
    this.query.sessionEntropy = undefined;
    this.query.user = request.user;
    this.limitTo(noCodes);
    this.slateCount = 0;
    this.seeJudged = undefined;
    this.slateSources.length = 0;
    this.candidates.clear();
    if (this.#rowOf.length < this.table.size) {
      this.#rowOf = new Uint32Array(Math.max(1024, this.table.size * 2));
      this.#epoch = 0;
    }
  }

  /** Sets the scope of the query: the catalogue that the request names, and these categories, all where it says so. */
  limitTo(categories: Uint16Array): void {
    const { request, table } = this;
    const scope = this.#scope;
    const catalog = request.catalog === undefined ? -1 : table.catalogs.find(request.catalog);
    scope.catalog = request.catalog !== undefined && catalog < 0 ? unknownCode : catalog;
    scope.categories = categories;
    // Categories read from free text are guesses: one of them is enough.
    scope.every = request.everyCategory === true && (request.categories?.length ?? 0) > 0;
    this.query.scope = scope.catalog >= 0 || categories.length > 0 ? scope : undefined;
  }

  get variant(): string {
    return this.record.variant;
  }

  remainingMs(): number {
    return this.deadline.workUntil - this.#monotonic();
  }

  carry(): Readonly<Record<string, string>> {
    const leftMs = Math.max(0, Math.floor(this.remainingMs()));
    return { ...carriedHeaders(this.record), 'x-sightline-deadline-ms': String(leftMs) };
  }

  /** The hits of retriever `r`, emptied. */
  hitsOf(r: number, limit: number): Hits {
    let hits = this.hits[r];
    if (hits === undefined || hits.items.length < limit) {
      hits = new Hits(limit);
      this.hits[r] = hits;
    }
    hits.count = 0;
    return hits;
  }

  /**
   * Adds one retriever's hits to the candidates: a new item gets a row, a known one another source bit;
   * the retriever that ranks it best is named as its source.
   */
  addHits(retriever: number, hits: Hits): void {
    const { candidates } = this;
    const { items, sources, source, sourceRank } = candidates;
    const bit = 1 << retriever;
    const mark = this.#epoch * candidates.capacity;
    const rowOf = this.#rowOf;
    let { count } = candidates;
    for (let rank = 0; rank < hits.count; rank++) {
      const item = hits.items[rank];
      const row = rowOf[item] - mark;
      if (row >= 0 && row < count) {
        sources[row] |= bit;
        if (rank < sourceRank[row]) {
          sourceRank[row] = rank;
          source[row] = retriever;
        }
      } else if (count < candidates.capacity) {
        rowOf[item] = mark + count;
        items[count] = item;
        sources[count] = bit;
        source[count] = retriever;
        sourceRank[count] = rank;
        count += 1;
      }
    }
    candidates.count = count;
  }

  /** The row of a candidate, or -1. */
  rowOf(item: number): number {
    const row = this.#rowOf[item] - this.#epoch * this.candidates.capacity;
    return row >= 0 && row < this.candidates.count ? row : -1;
  }

  /** Forgets which item has which row; called before the first `addHits` of a request. */
  clearRows(): void {
    this.#epoch += 1;
    if ((this.#epoch + 1) * this.candidates.capacity > 0xffffffff) {
      this.#rowOf.fill(0);
      this.#epoch = 1;
    }
  }

  /** Appends one item to the slate. */
  serve(item: number, score: number, options: { row: number; source: string }): void {
    const at = this.slateCount++;
    this.slateItems[at] = item;
    this.slateScores[at] = score;
    this.slateRows[at] = options.row;
    this.slateSources[at] = options.source;
  }
}
