import type { VectorTable } from '../math/kernels/vector-table.ts';
import type { ItemScope } from '../stores/item-scope.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { AttributeTable } from './attribute-table.ts';
import type { Ledger } from './ledger.ts';
import type { OptionsParser } from './parse-options.ts';
import type { SearchSpace } from './search-space.ts';
import type { SupportingPath } from './supporting-path.ts';

/** How much of a graph a training saw, each 0 to 1. */
export interface GraphNumbers {
  /** Share of the edges from items that were sampled at least once. */
  readonly sampledEdgesRatio: number;
  /** Share of the items of the catalogue that were reached from others. */
  readonly coverageRatio: number;
}

/** What a model may know of a request. */
export interface ModelQuery {
  /** Dense index of the item to go on from, -1 for none. */
  readonly anchor: number;
  /** Dense indices of the session so far, oldest first. */
  readonly recent: Int32Array;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** `next`: what comes after the session; `similar`: what is like the anchor. */
  readonly purpose: 'next' | 'similar';
  /** Calls with the same number ask about the same session: what was worked out may be kept between them. */
  readonly serial?: number | undefined;
  /** Normalised entropy of the gaps between the events of the session, 0 regular to 1; absent is unknown. */
  readonly sessionEntropy?: number | undefined;
  /** Who asks, where it is known; models that learnt users may know more of them than `recent` says. */
  readonly user?: string | undefined;
  /**
   * The part of the catalogue that is asked for, absent for all of it. Models that can, retrieve nothing else; filters
   * see to the rest.
   */
  readonly scope?: ItemScope | undefined;
}

/** A user who is like another. */
export interface SimilarUser {
  readonly id: string;
  /** Greater is more alike. */
  readonly score: number;
}

/** A list of scored items that a model writes into; reused between requests. */
export class Hits {
  readonly items: Int32Array;
  readonly scores: Float32Array;
  count = 0;

  constructor(capacity: number) {
    this.items = new Int32Array(capacity);
    this.scores = new Float32Array(capacity);
  }
}

/**
 * A trained model that is ready to serve. Everything is in dense indices of the item table that it was
 * loaded with; items it never saw have no opinion (score 0).
 */
export interface Model {
  /** The name of its kind, as in the configuration: `item2vec`, `markov-1`. */
  readonly kind: string;
  /** Version of the trained bytes: the first 12 hex digits of their SHA-256. */
  readonly version: string;
  /** Epoch milliseconds. */
  readonly trainedAtMs: number;
  /** Unit vectors by dense item index, for kinds that learn any: how alike two items are. */
  readonly vectors?: VectorTable | undefined;
  /** Length of the learnt vector of each dense item index, before it was made a unit vector; 0 for items never seen. */
  readonly norms?: Float32Array | undefined;
  /** What the training saw of the graph, for kinds that learn from one. */
  readonly graph?: GraphNumbers | undefined;
  /** Writes at most `limit` items, best first, and sets `hits.count`; 0 where it has no opinion. */
  retrieve(query: ModelQuery, limit: number, hits: Hits): void;
  /**
   * Writes a score for each of the first `count` of `items`: 0 is no opinion, greater is better, none is
   * negative, all are finite. Scores of one call are in proportion to how likely the model holds each item to
   * be the one that is wanted; the blend makes shares of them.
   */
  score(query: ModelQuery, items: Int32Array, count: number, scores: Float32Array): void;
  /**
   * What an item scores in the numbers of the model's own, where those are more to people than the scores that works
   * blend; undefined for items it has no opinion on. Absent where there are none.
   */
  rawScore?(item: number): number | undefined;
  /**
   * Why an item would be recommended: at most `limit` ways from what the user did to it, the weightiest first; none
   * where it would not be. Not for the request path: it may allocate and take milliseconds. Absent where a model
   * cannot say.
   */
  explain?(query: ModelQuery, item: number, limit: number): readonly SupportingPath[];
  /**
   * At most `limit` users who are like the one who asks, most alike first: by what the query holds, else by what the
   * model learnt of `query.user`, who is left out; none where neither is known. Not for the request path. Absent
   * where a model knows no users. With a `prefix` only users whose ids begin with it count.
   */
  similarUsers?(query: ModelQuery, limit: number, prefix?: string): readonly SimilarUser[];
}

/**
 * What is learnt from: sessions in one compressed row table, events of a session in time order, and what is known of
 * who had them and of the items. Rows of users are `userItems(interactions)`.
 */
export interface Interactions {
  /** Item ids by code, in order of id. */
  readonly items: readonly string[];
  /** Session s has the events `offsets[s]` to `offsets[s + 1] - 1`. */
  readonly offsets: Uint32Array;
  /** Item code of each event. */
  readonly codes: Uint32Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
  /** How much each event counts, above 0; absent is 1 each. */
  readonly weights?: Float32Array | undefined;
  /** User ids by code; absent where no event names a user. */
  readonly users?: readonly string[] | undefined;
  /** User code of each session, -1 for nobody known. */
  readonly userOf?: Int32Array | undefined;
  /** What is known of items, those without events too: new ones are learnt from it. */
  readonly itemAttributes?: AttributeTable | undefined;
  readonly userAttributes?: AttributeTable | undefined;
  /** Items that users saw and left; absent where that is not recorded. */
  readonly reads?: Reads | undefined;
  /** All that is kept; only where a kind with `readsLedger` is to learn, and the data were not split otherwise than by time. */
  readonly ledger?: Ledger | undefined;
}

/** Items that users saw without doing more with them, a row each. */
export interface Reads {
  /** User codes. */
  readonly users: Uint32Array;
  /** Item codes. */
  readonly items: Uint32Array;
  /** Epoch milliseconds. */
  readonly atMs: Float64Array;
}

/** What a fit may use of the machine. */
export interface FitTools {
  /** Threads at once, that of the fit among them. The bytes do not depend on it. */
  readonly threads: number;
}

/** Told how far a fit is, 0 to 1. */
export type Progress = (done: number, note: string) => void;

/** One kind of model. Training and serving meet in bytes and nowhere else. */
export interface ModelKind<Options = unknown> {
  readonly kind: string;
  /**
   * Whether it needs feedback: a kind that learns nothing is useful before there is any, and no hold-out says whether it
   * is good, so it is never judged.
   */
  readonly learns: boolean;
  /** Whether it goes by the ledger of the interactions; absent is no. */
  readonly readsLedger?: boolean | undefined;
  /** Options with every default filled in. */
  readonly defaults: Options;
  /** Checks options as they stand in a configuration. Throws `SL_CONFIG_INVALID` with every mistake. */
  readonly parseOptions: OptionsParser<Options>;
  /** Options worth trying, by name; absent where there is nothing to tune. */
  readonly searchSpace?: SearchSpace<Options> | undefined;
  /** Paths of labels whose vectors the item table must keep for it; absent is none. */
  vectorColumns?(options: Options): readonly string[];
  /**
   * Learns from interactions; deterministic for a seed. The bytes are a payload: `file.ts` adds the frame. Blocks its
   * thread. `tools` absent is one thread.
   */
  fit(
    interactions: Interactions,
    options: Options,
    progress: Progress,
    tools?: FitTools,
  ): Uint8Array;
  /** Bytes that a fit takes beside the interactions, about; absent is little. */
  memoryBytes?(interactions: Interactions, options: Options): number;
  /** Makes a servable model of a payload. Throws `SL_MODEL_CORRUPT` when the payload makes no sense. */
  load(payload: Uint8Array, stamp: ModelStamp, table: ItemTable): Model;
  /**
   * Learns the vectors of `items` (ids; known or new) anew from the sessions in which they occur, every other vector
   * frozen; the seed is that of the fit unless given. Absent where a kind has nothing that can be learnt for one
   * item. `interactions` should be all sessions of a time, those without the items too: they show how often the items
   * are clicked. Throws `SL_MODEL_CORRUPT`, and `SL_TRAINING_FAILED` when vectors ran away.
   */
  readonly foldIn?: (
    payload: Uint8Array,
    items: readonly string[],
    interactions: Interactions,
    options?: { readonly seed?: number },
  ) => FoldedIn;
}

/** What came of learning single items. */
export interface FoldedIn {
  /** A new payload; the one that was given when nothing was learnt. */
  readonly payload: Uint8Array;
  /** The items that were learnt. Others occur next to no item that the model knows: they stay as they were, or out. */
  readonly learnt: readonly string[];
}

/** Who a trained model is. */
export interface ModelStamp {
  readonly kind: string;
  readonly version: string;
  readonly trainedAtMs: number;
}

/** A model, or why there is none. */
export type ModelSlot = { readonly model: Model } | { readonly unavailable: Error };
