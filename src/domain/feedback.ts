import { createHash } from 'node:crypto';
import type { Labels } from './labels.ts';

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
  /** What the client attached, kept as it came. */
  readonly labels?: Labels | undefined;
  /** Free text for people. */
  readonly comment?: string | undefined;
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

/** Which feedback is meant: what all the given fields hold for. Feedback without a user is not, unless `anonymous` says so. */
export interface FeedbackSelection {
  readonly anonymous?: boolean | undefined;
  readonly type?: string | undefined;
  readonly user?: string | undefined;
  readonly item?: string | undefined;
  /** What the ids of its users begin with. */
  readonly userPrefix?: string | undefined;
}

/** Whether a selection means an event. */
export function isMeant(event: Feedback, which: FeedbackSelection): boolean {
  const { type = event.type, user = event.user, item = event.item, userPrefix = '' } = which;
  if (event.user === undefined && !which.anonymous) return false;
  return (
    (event.user ?? '').startsWith(userPrefix) &&
    event.type === type &&
    event.user === user &&
    event.item === item
  );
}

/** The key of the total of some feedback. */
export interface FeedbackTriple {
  readonly type: string;
  readonly user: string;
  readonly item: string;
}

/** What all events of one type, user and item come to. */
export interface FeedbackTotal extends FeedbackTriple {
  /** Sum of the values; an event without one counts 0. */
  readonly value: number;
  /** Epoch milliseconds of the earliest and the latest of them. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Of the event that was kept last. */
  readonly labels?: Labels | undefined;
  readonly comment?: string | undefined;
}
