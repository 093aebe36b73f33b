import { z } from 'zod';
import { type Feedback, feedbackKey } from '../../domain/feedback.ts';
import { parse } from '../errors.ts';
import { identifier, isIdentifier, isLabel, label } from '../identifier.ts';
import { instant, parseInstant } from '../instant.ts';

const eventSchema = z
  .strictObject({
    id: identifier.optional().meta({
      description: 'Makes sending it twice harmless; made from the other fields if left out',
    }),
    type: label.meta({ description: 'view, click, cart, purchase, or a word of your own' }),
    item: identifier,
    user: identifier.optional(),
    session: identifier.optional(),
    timestamp: instant.optional().meta({ description: 'Now when left out' }),
    value: z.number().optional(),
    request_id: identifier
      .optional()
      .meta({ description: 'The request_id of the answer that led to it' }),
  })
  .meta({ id: 'FeedbackEvent', description: 'One thing somebody did with an item' });

type Event = z.output<typeof eventSchema>;

/** The two forms of a batch: an object with `events`, or the array alone. */
export function feedbackSchemas(maxBatch: number) {
  const events = z.array(eventSchema).min(1).max(maxBatch);
  return { batch: z.strictObject({ events }), events };
}

/**
 * Makes the reader of batches: the body of a request in, the events as the stores keep them out. Events
 * without a time get `nowMs`. Throws `SL_REQUEST_INVALID` with every mistake.
 *
 * @example createFeedbackReader(100)([{ type: 'click', item: 'A1' }], 5)[0].atMs // 5
 */
export function createFeedbackReader(
  maxBatch: number,
): (body: unknown, nowMs: number) => Feedback[] {
  const { batch } = feedbackSchemas(maxBatch);
  return (body, nowMs) => {
    // An array alone is read as the batch it stands for, so that every mistake is at `events.<position>`.
    const given = Array.isArray(body) ? { events: body } : body;
    // The schema takes three times as long: it is asked only about batches that it may have to explain.
    return (
      readBatch(given, { maxBatch, nowMs }) ??
      parse(batch, given).events.map((event) => toFeedback(event, nowMs))
    );
  };
}

/** Reads a batch without a mistake; undefined for any other. */
function readBatch(
  given: unknown,
  { maxBatch, nowMs }: { maxBatch: number; nowMs: number },
): Feedback[] | undefined {
  const events = (given as { events?: unknown } | null | undefined)?.events;
  if (!Array.isArray(events) || events.length === 0 || events.length > maxBatch) return undefined;
  if (countFields(given as object) !== 1) return undefined;
  const read: Feedback[] = [];
  for (let position = 0; position < events.length; position += 1) {
    const event = readEvent(events[position], nowMs);
    if (event === undefined) return undefined;
    read.push(event);
  }
  return read;
}

function readEvent(given: unknown, nowMs: number): Feedback | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { id, type, item, user, session, timestamp, value, request_id } = given as Record<
    string,
    unknown
  >;
  if (!isLabel(type) || !isIdentifier(item)) return undefined;
  const atMs = timestamp === undefined ? nowMs : parseInstant(timestamp);
  if (atMs === undefined || !(value === undefined || Number.isFinite(value))) return undefined;
  if (!isOptional(id) || !isOptional(user) || !isOptional(session) || !isOptional(request_id))
    return undefined;
  const known =
    2 +
    Number(id !== undefined) +
    Number(user !== undefined) +
    Number(session !== undefined) +
    Number(timestamp !== undefined) +
    Number(value !== undefined) +
    Number(request_id !== undefined);
  if (countFields(given) !== known) return undefined;
  return toFeedback(
    { id, type, item, user, session, timestamp: atMs, value: value as Event['value'], request_id },
    nowMs,
  );
}

const isOptional = (value: unknown): value is string | undefined =>
  value === undefined || isIdentifier(value);

function countFields(given: object): number {
  let count = 0;
  for (const _ in given) count += 1;
  return count;
}

/** The event as the stores keep it; all of one shape. */
function toFeedback(given: Event, nowMs: number): Feedback {
  const { id, type, item, user, session, timestamp: atMs = nowMs, value, request_id } = given;
  const key = id ?? feedbackKey({ type, item, user, session, atMs });
  return { key, type, item, user, session, atMs, value, requestId: request_id };
}
