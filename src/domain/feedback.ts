import { createHash } from 'node:crypto';

/** One thing somebody did with an item. */
export interface Feedback {
  /** Stable key that makes ingest idempotent; see `feedbackKey`. */
  readonly key: string;
  /** What happened: `view`, `click`, `cart`, `purchase`, or a word of the user's own. */
  readonly type: string;
  readonly item: string;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly value?: number | undefined;
  /** The `request_id` of the answer that led to it. */
  readonly requestId?: string | undefined;
}

/**
 * The key of an event whose sender gave none: equal events get equal keys.
 *
 * @example feedbackKey({ type: 'click', item: 'A1', session: 's', atMs: 5 }) // 22 characters, base64url
 */
export function feedbackKey(event: Omit<Feedback, 'key'>): string {
  const { type, item, user = '', session = '', atMs } = event;
  const text = [type, item, user, session, String(atMs)].join('\u0000');
  return createHash('sha1').update(text).digest('base64url').slice(0, 22);
}
