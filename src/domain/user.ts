/** Somebody who receives recommendations. */
export interface User {
  readonly id: string;
  /** User segment; a metric label, so only declared segments are shown, others become `__other__`. */
  readonly segment?: string | undefined;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}
