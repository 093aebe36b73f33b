import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Feedback } from '../domain/feedback.ts';

/** Events in one frame of the journal. */
const eventsPerFrame = 500;
/** Events encoded in one go. */
const eventsPerTurn = 4096;

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
  /** Labels and comment as JSON text. */
  note?: string | null,
];

/** What `note` holds. */
type Note = Pick<Feedback, 'labels' | 'comment'>;

/** Makes the journal payloads of a batch: JSON arrays of rows, cut into pieces of 500 events. */
export function encodeBatch(batch: readonly Feedback[]): readonly Buffer[] {
  if (batch.length <= eventsPerFrame) return [encodePiece(batch)];
  const pieces: Buffer[] = [];
  for (let start = 0; start < batch.length; start += eventsPerFrame) {
    pieces.push(encodePiece(batch.slice(start, start + eventsPerFrame)));
  }
  return pieces;
}

/** Makes the payloads of a large batch; other work has its turn between two of them, a few milliseconds each. */
export async function encodeInTurns(batch: readonly Feedback[]): Promise<readonly Buffer[]> {
  const payloads: Buffer[] = [];
  for (let start = 0; start < batch.length; start += eventsPerTurn) {
    if (start > 0) await nextTurn();
    payloads.push(encodePiece(batch.slice(start, start + eventsPerTurn)));
  }
  return payloads;
}

/** Makes one payload of all events. */
function encodePiece(events: readonly Feedback[]): Buffer {
  return Buffer.from(JSON.stringify(events.map(toRow)));
}

/** Reads one payload back, whose rows may be of before there were notes. */
export function decodeBatch(payload: Buffer): readonly FeedbackRow[] {
  return JSON.parse(payload.toString());
}

/** The labels and comment of a note. */
export function readNote(note: string | null | undefined): Note {
  return note === null || note === undefined ? {} : JSON.parse(note);
}

function toRow(event: Feedback): FeedbackRow {
  const { key, type, item, user, session, atMs, value, requestId, labels, comment } = event;
  const note =
    labels === undefined && comment === undefined ? null : JSON.stringify({ labels, comment });
  return [
    ...([key, type, item, user ?? null, session ?? null, atMs] as const),
    ...([value ?? null, requestId ?? null, note] as const),
  ];
}

/** The event of a row of the feedback table. */
export function fromRow(row: FeedbackRow): Feedback {
  const [key, type, item, user, session, atMs, value, requestId, note] = row;
  return {
    key,
    type,
    item,
    user: user ?? undefined,
    session: session ?? undefined,
    atMs,
    value: value ?? undefined,
    requestId: requestId ?? undefined,
    ...readNote(note),
  };
}
