import type { Config } from './config.ts';
import type { Mistake } from './domain/errors.ts';
import type { Feedback } from './domain/feedback.ts';
import type { Item } from './domain/item.ts';
import type { RecommendRequest } from './domain/recommend-request.ts';
import type { Slate } from './domain/slate.ts';
import type { User } from './domain/user.ts';
import type { ItemTable } from './stores/item-table.ts';
import type { Store } from './stores/store.ts';
import type { PipelineLayout } from './telemetry/layout.ts';
import type { RequestRecord } from './telemetry/request-record.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** A finished answer, valid only inside the `render` call: its columns go back to the pool after it. */
export interface Answer {
  readonly slate: Slate;
  /** Outcome, strategy, generation, degradations and stage columns. */
  readonly record: RequestRecord;
  /** Names of the scorers, in the order of the columns of `contribution`. */
  readonly scorers: readonly string[];
  /** What scorer `s` contributed to position `p` of the slate; asked only for `explain`. */
  contribution(p: number, s: number): number;
}

/** What became of a batch of feedback at the door. */
export interface FeedbackReceipt {
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly Mistake[];
}

/** One row of the model overview on the control port. */
export interface ModelStatus {
  readonly name: string;
  readonly kind: string;
  readonly state: 'ready' | 'unavailable';
  readonly version?: string | undefined;
  readonly trainedAtMs?: number | undefined;
  /** Why it is unavailable: an error code. */
  readonly reason?: string | undefined;
}

/** The whole of Sightline, wired together, without a listener. */
export interface Gateway {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly store: Store;
  readonly table: ItemTable;
  /** The layout of a work, or undefined when there is no such work. */
  layoutOf(work: string): PipelineLayout | undefined;
  /** Runs a work; `render` makes the answer's bytes while its columns are still there. */
  recommend<T>(
    work: string,
    request: RecommendRequest,
    record: RequestRecord,
    render: (answer: Answer) => T,
  ): T | Promise<T>;
  putItems(items: readonly Item[]): Promise<void>;
  /** Answers whether the item was there. */
  deleteItem(id: string): Promise<boolean>;
  putUsers(users: readonly User[]): Promise<void>;
  deleteUser(id: string): Promise<boolean>;
  /** Events are durable when it resolves; `mistakes` are those that the schema found before. */
  recordFeedback(batch: readonly Feedback[]): Promise<FeedbackReceipt>;
  generation(): { readonly id: string; readonly publishedAtMs: number };
  models(): readonly ModelStatus[];
  /** Not ready before the first generation is published and while draining; `reasons` says why. */
  readiness(): { readonly ready: boolean; readonly reasons: readonly string[] };
  /** From now on `readiness` says no. */
  drain(): void;
  close(): Promise<void>;
}
