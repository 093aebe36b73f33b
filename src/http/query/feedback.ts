import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import { SightlineError } from '../../domain/errors.ts';
import type { Gateway } from '../../gateway.ts';
import type { Handle } from '../door.ts';
import { json } from '../errors.ts';
import { readJson } from '../json-body.ts';
import type { RouteDocument } from '../routes.ts';
import { createFeedbackReader, feedbackSchemas } from './feedback-events.ts';

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
  const read = createFeedbackReader(config.feedback.maxBatch);
  return async (c, visit) => {
    const body = await readJson(c, config.http.bodyLimitBytes);
    try {
      const receipt = await gateway.recordFeedback(read(body, clock.now()));
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
