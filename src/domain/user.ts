import type { Labels } from './labels.ts';

/** Somebody who receives recommendations. */
export interface User {
  readonly id: string;
  /** User segment; a metric label, so only declared segments are shown, others become `__other__`. */
  readonly segment?: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Nested labels, beside `attributes`, as the client gave them. */
  readonly labels?: Labels | undefined;
  /** Free text for people. */
  readonly comment?: string | undefined;
}
