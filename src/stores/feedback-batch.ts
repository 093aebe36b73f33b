import type { Feedback } from '../domain/feedback.ts';

/** Events in one frame of the journal. */
const eventsPerFrame = 500;

/** One event in the order of `feedbackColumns`. */
export type FeedbackRow = readonly [
  key: string,
  type: string,
  item: string,
  user: string | null,
  session: string | null,
  atMs: number,
  value: number | null,
  requestId: string | null,
];

/** Makes the journal payloads of a batch: JSON arrays of rows, cut into pieces of 500 events. */
export function encodeBatch(batch: readonly Feedback[]): readonly Buffer[] {
  if (batch.length <= eventsPerFrame) return [encodePiece(batch)];
  const pieces: Buffer[] = [];
  for (let start = 0; start < batch.length; start += eventsPerFrame) {
    pieces.push(encodePiece(batch.slice(start, start + eventsPerFrame)));
  }
  return pieces;
}

function encodePiece(events: readonly Feedback[]): Buffer {
  return Buffer.from(JSON.stringify(events.map(toRow)));
}

/** Reads one payload back. */
export function decodeBatch(payload: Buffer): readonly FeedbackRow[] {
  return JSON.parse(payload.toString());
}

function toRow(event: Feedback): FeedbackRow {
  const { key, type, item, user, session, atMs, value, requestId } = event;
  return [key, type, item, user ?? null, session ?? null, atMs, value ?? null, requestId ?? null];
}

/** The event of a row of the feedback table. */
export function fromRow(row: FeedbackRow): Feedback {
  const [key, type, item, user, session, atMs, value, requestId] = row;
  return {
    key,
    type,
    item,
    user: user ?? undefined,
    session: session ?? undefined,
    atMs,
    value: value ?? undefined,
    requestId: requestId ?? undefined,
  };
}
