import type { Intent, Surface } from '../../domain/intent.ts';
import type { RecommendRequest } from '../../domain/recommend-request.ts';
import type { User } from '../../domain/user.ts';
import type { ModelQuery } from '../../models/model.ts';
import type { Lookup } from '../../stores/store.ts';
import type { TableHandle } from '../../stores/tables/global-table.ts';

/** The items of one call, by their place in it. Codes are those of the host's item table. */
export interface ItemRows {
  readonly ids: readonly string[];
  readonly catalog: Uint16Array;
  readonly hidden: Uint8Array;
  readonly publishedAtMs: Float64Array;
  readonly expiresAtMs: Float64Array;
  readonly categories: CodeLists;
  readonly attributes: CodeLists;
}

/** Lists of codes, one behind the other; list i ends before `ends[i]`. */
export interface CodeLists {
  readonly codes: Uint16Array;
  readonly ends: Uint32Array;
}

/** Names of codes that the thread has not been told of yet, in the order of the codes. */
export interface NewNames {
  readonly catalogs: readonly string[];
  readonly categories: readonly string[];
  readonly attributes: readonly string[];
}

/** What a thread is told of a request; items are places in `rows`, candidates first. */
export interface CallContext {
  readonly request: RecommendRequest;
  readonly nowMs: number;
  readonly remainingMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly variant: string;
  readonly intent: Intent;
  readonly session:
    | { readonly items: Int32Array; readonly atMs: Float64Array; readonly count: number }
    | undefined;
  readonly user: Lookup<User> | undefined;
  readonly query: ModelQuery;
  readonly rows: ItemRows;
  readonly names: NewNames;
  /** For a scorer: how the candidates were found. */
  readonly candidates: Candidature | undefined;
}

/** Columns of the candidates beside the items. */
export interface Candidature {
  readonly count: number;
  readonly sources: Uint32Array;
  readonly source: Uint8Array;
  readonly sourceRank: Uint16Array;
}

/** One call of an algorithm that was made as `use`. */
export interface Call {
  readonly say: 'call';
  readonly id: number;
  readonly use: number;
  /** For a retriever. */
  readonly limit: number;
  readonly context: CallContext;
}

/** The kinds that can run in a thread. */
export type IsolatedKind = 'retrievers' | 'scorers';

/** An algorithm that the thread is to make, and to know as `use` from then on. */
export interface Making {
  readonly use: number;
  readonly kind: IsolatedKind;
  readonly name: string;
  readonly options: unknown;
  readonly surface: Surface;
  readonly segments: readonly string[];
  readonly tables: ReadonlyMap<string, TableHandle>;
}

/** What a thread is told that nobody waits for at once. */
export type ToIsolate =
  | Call
  | { readonly say: 'make'; readonly making: Making }
  | { readonly say: 'forget'; readonly use: number };

/** What the host waits for. */
export type Question = { readonly id: number } & (
  | {
      readonly ask: 'check';
      readonly kind: IsolatedKind;
      readonly name: string;
      readonly options: unknown;
    }
  | { readonly ask: 'make'; readonly making: Making }
);

/** The answer to a question: empty where all is well. */
export interface QuestionAnswer {
  readonly id: number;
  readonly mistakes: readonly { readonly path: string; readonly message: string }[];
}

/** What came of a call. Items from the number of rows on are `fresh`: ids that the call did not bring. */
export type CallAnswer =
  | {
      readonly id: number;
      readonly items: Int32Array;
      readonly scores: Float32Array;
      readonly fresh: readonly string[];
    }
  | { readonly id: number; readonly scores: Float32Array }
  | { readonly id: number; readonly reason: string; readonly message: string };
