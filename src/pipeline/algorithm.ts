import type { Candidates } from '../domain/candidates.ts';
import type { Intent } from '../domain/intent.ts';
import type { RecommendRequest } from '../domain/recommend-request.ts';
import type { User } from '../domain/user.ts';
import type { Hits, ModelQuery } from '../models/model.ts';
import type { ItemTable } from '../stores/item-table.ts';
import type { Session } from '../stores/session-events.ts';
import type { Lookup } from '../stores/store.ts';
import type { Features } from './features/request-features.ts';
import type { History } from './history.ts';

/**
 * What an algorithm may see of the request it serves. Algorithms hold no telemetry, no clock and no
 * fallback of their own: the executor measures, checks and replaces them.
 */
export interface RequestContext {
  readonly request: RecommendRequest;
  readonly table: ItemTable;
  /** Epoch milliseconds at which the request began. */
  readonly nowMs: number;
  /** Set by the intent stage; before it, a neutral intent. */
  intent: Intent;
  /** The session so far, if there is one. */
  readonly session: Session | undefined;
  /** The user's row, after the features stage. */
  user: Lookup<User> | undefined;
  /** What the user ever did, where the features stage read the `history`; else empty. */
  readonly history: History;
  /** What the features stage read beside the user; in the stages after it. */
  readonly features: Features;
  readonly query: ModelQuery;
  /** `experiment/variant`, or empty. */
  readonly variant: string;
  /** Milliseconds left until the answer is due, the tail for fallback and rendering already taken off. */
  remainingMs(): number;
  /**
   * Headers for a call to somebody else: `traceparent`, `baggage` of our own members, and `x-sightline-deadline-ms` with
   * the time left.
   */
  carry(): Readonly<Record<string, string>>;
}

/** Turns the request into a typed intent. Never fails: what it cannot read it leaves neutral. */
export interface IntentParser {
  readonly name: string;
  parse(context: RequestContext): Intent;
}

/** What every retriever and scorer says of itself. */
interface Named {
  /** The name in the configuration. */
  readonly name: string;
  /** Set when it cannot run in this generation: why. The executor then leaves it out and says so. */
  readonly unavailable?: Error | undefined;
  /** Set when it calls out: it then runs inside the request's trace, so that the call carries it on. */
  readonly isRemote?: boolean | undefined;
  /** Set when it asks a model that learnt from a graph: its time is told as that of graph inference too. */
  readonly usesGraph?: boolean | undefined;
}

/** The names of the algorithms that ask a model which learnt from a graph. */
export function graphComponentsOf(algorithms: readonly Named[]): readonly string[] {
  return algorithms.filter(({ usesGraph }) => usesGraph).map(({ name }) => name);
}

/** Brings candidates: writes at most `limit` items, best first. */
export interface Retriever extends Named {
  readonly limit: number;
  retrieve(context: RequestContext, hits: Hits, limit: number): void | Promise<void>;
}

/** Fetches what later stages need, in one wave. */
export interface FeatureFetcher {
  readonly name: string;
  fetch(context: RequestContext, candidates: Candidates): void | Promise<void>;
}

/** Gives each candidate a score: the first `count` of `scores`, 0 on entry; all must be finite, 0 is no opinion. */
export interface Scorer extends Named {
  /** Weight of its normalised score in the blend. */
  readonly weight: number;
  score(
    context: RequestContext,
    candidates: Candidates,
    scores: Float32Array,
  ): void | Promise<void>;
}

/** What a stage of a plugin sees of the candidates; row r is the same candidate in each column. */
export interface ScoredCandidates {
  /** Rows in use. */
  readonly count: number;
  /** Dense item index. */
  readonly items: Int32Array;
  /** The blended score, which may be changed; higher is better, and all must stay finite. */
  readonly scores: Float32Array;
}

/** A stage of a plugin, between scoring and reranking: changes the scores. What it changed before it failed is undone. */
export interface CustomStage {
  readonly name: string;
  adjust(context: RequestContext, candidates: ScoredCandidates): void | Promise<void>;
}

/**
 * Writes the first `candidates.ordered` entries of `candidates.order`: distinct rows, best first.
 * Rows that it leaves out are the reserve; the executor orders them by score when it needs them.
 */
export interface Reranker {
  readonly name: string;
  rerank(context: RequestContext, candidates: Candidates, wanted: number): void;
}

/**
 * Judges candidates. `keep[i]` belongs to `items[i]` and is 1 on entry; set it to 0 to remove the item.
 * A filter that fails removes everything it was asked about: what could not be judged is not served.
 */
export interface Filter {
  readonly name: string;
  judge(context: RequestContext, items: Int32Array, count: number, keep: Uint8Array): void;
}
