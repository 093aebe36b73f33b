import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import { type Feedback, feedbackKey } from '../../domain/feedback.ts';
import type { Gateway } from '../../gateway.ts';
import type { Handle } from '../door.ts';
import { json, parse } from '../errors.ts';
import { identifier, label } from '../identifier.ts';
import { instant } from '../instant.ts';
import { readJson } from '../json-body.ts';
import type { RouteDocument } from '../routes.ts';

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
function feedbackSchemas(maxBatch: number) {
  const events = z.array(eventSchema).min(1).max(maxBatch);
  return { batch: z.strictObject({ events }), events };
}

/** What became of a batch. */
const receiptSchema = z
  .strictObject({
    accepted: z.int().meta({ description: 'Events that are on disk now' }),
    duplicates: z.int().meta({ description: 'Events that were there before' }),
    rejected: z.array(z.strictObject({ path: z.string(), message: z.string() })).meta({
      description: 'Events that were refused one by one: too old, in the future, unknown item',
    }),
  })
  .meta({ id: 'Receipt', description: 'What became of a batch' });

/** The event as the stores keep it. */
function toFeedback({ id, timestamp, request_id, ...rest }: Event, nowMs: number): Feedback {
  const event = { ...rest, atMs: timestamp ?? nowMs, requestId: request_id };
  return { ...event, key: id ?? feedbackKey(event) };
}

/** The document of `POST /v1/feedback`. */
export function documentFeedback(maxBatch: number): RouteDocument {
  const { batch, events } = feedbackSchemas(maxBatch);
  return {
    method: 'post',
    path: '/v1/feedback',
    operationId: 'sendFeedback',
    tag: 'feedback',
    summary: 'Tell what people did',
    description:
      'One event that breaks the schema refuses the whole batch. Otherwise all accepted events are durable when it answers.',
    body: {
      schema: z.union([batch, events]),
      example: { events: [{ id: 'e1', type: 'click', item: 'A1', session: 's1' }] },
    },
    success: {
      status: 202,
      description: 'What became of the events',
      schema: receiptSchema,
      example: { accepted: 1, duplicates: 0, rejected: [] },
    },
    errors: [
      'SL_REQUEST_MALFORMED',
      'SL_REQUEST_INVALID',
      'SL_REQUEST_TOO_LARGE',
      'SL_MEDIA_TYPE',
      'SL_STORE_UNAVAILABLE',
      'SL_STORE_FULL',
    ],
  };
}

/** Makes the handler of `POST /v1/feedback`. */
export function createFeedback(gateway: Gateway, clock: Clock): Handle {
  const { config, telemetry } = gateway;
  const { batch } = feedbackSchemas(config.feedback.maxBatch);
  return async (c, visit) => {
    const body = await readJson(c, config.http.bodyLimitBytes);
    // An array alone is read as the batch it stands for, so that every mistake is at `events.<position>`.
    const given = Array.isArray(body) ? { events: body } : body;
    const nowMs = clock.now();
    try {
      const { events } = parse(batch, given);
      const receipt = await gateway.recordFeedback(events.map((event) => toFeedback(event, nowMs)));
      return json(receipt, { ...visit, status: 202 });
    } catch (error) {
      const events = invalidEvents(error);
      if (events > 0) telemetry.emit('feedback.rejected', { reason: 'invalid', events });
      throw error;
    }
  };
}

/** How many events of a batch broke the schema. */
function invalidEvents(error: unknown): number {
  if (!(error instanceof SightlineError) || error.code !== 'SL_REQUEST_INVALID') return 0;
  const positions = error.mistakes.map(({ path }) => /^events\.(\d+)/.exec(path)?.[1]);
  return new Set(positions.filter((position) => position !== undefined)).size;
}
