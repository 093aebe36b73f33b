import type { Labels } from './labels.ts';

/** One thing that can be recommended. */
export interface Item {
  readonly id: string;
  /** The item catalogue it belongs to; a metric label, so keep the number of catalogues small. */
  readonly catalog: string;
  readonly categories: readonly string[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Hidden items are never served, on any path. */
  readonly hidden: boolean;
  /** Epoch milliseconds. */
  readonly publishedAtMs: number;
  /** Epoch milliseconds after which the item is never served. */
  readonly expiresAtMs?: number | undefined;
  /** Nested labels, beside `attributes`, as the client gave them. */
  readonly labels?: Labels | undefined;
  /** Free text for people. */
  readonly comment?: string | undefined;
}
