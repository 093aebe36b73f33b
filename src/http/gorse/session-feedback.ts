import { z } from 'zod';
import { SightlineError } from '../../domain/errors.ts';
import { isIdentifier, isLabel } from '../identifier.ts';
import { parseInstant } from '../instant.ts';

/** What somebody did in a session. */
export interface SessionEvent {
  readonly type: string;
  readonly item: string;
  readonly value: number;
  /** Epoch milliseconds, 0 where it is not said. */
  readonly atMs: number;
}

/** The body of `/api/session/recommend`, for the document; names may be in any case. */
export const sessionFeedbackSchema = z
  .array(
    z.looseObject({
      FeedbackType: z.string(),
      ItemId: z.string(),
      Value: z.number().optional(),
      Timestamp: z.string().optional(),
    }),
  )
  .meta({ id: 'GorseSessionFeedback', description: 'What was done so far, in any order' });

/**
 * Reads the feedback of a session, oldest first. Throws `SL_REQUEST_INVALID` for what is no list of feedback, or longer
 * than `most`.
 */
export function readSessionFeedback(body: unknown, most: number): SessionEvent[] {
  if (body === null) return [];
  if (!Array.isArray(body)) throw invalid('body', 'is no list, expected a list of feedback');
  if (body.length > most) throw invalid('body', `is too long, expected at most ${most} rows`);
  return body.map(readEvent).sort((one, other) => one.atMs - other.atMs);
}

function readEvent(row: unknown, at: number): SessionEvent {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw invalid(`${at}`, 'is no object, expected feedback');
  const fields = new Map(
    Object.entries(row).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const item = fields.get('itemid');
  const type = fields.get('feedbacktype') ?? '';
  const value = fields.get('value') ?? 0;
  const atMs = timeOf(fields.get('timestamp') ?? '');
  if (!isIdentifier(item)) throw invalid(`${at}.ItemId`, 'is no id, expected a text');
  if (type !== '' && !isLabel(type))
    throw invalid(`${at}.FeedbackType`, 'is no type, expected a text');
  if (typeof value !== 'number') throw invalid(`${at}.Value`, 'is no number');
  if (atMs === undefined) throw invalid(`${at}.Timestamp`, 'is no time, expected RFC 3339');
  return { item, type, value, atMs };
}

function timeOf(value: unknown): number | undefined {
  if (value === '') return 0;
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const atMs = parseInstant(value) ?? Date.parse(value);
  return Number.isNaN(atMs) ? undefined : atMs;
}

const invalid = (path: string, message: string) =>
  new SightlineError('SL_REQUEST_INVALID', `${path} ${message}`, { path });
