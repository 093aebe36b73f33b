import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { isoTime } from '../instant.ts';

const webhookStatusSchema = z
  .strictObject({
    endpoint: z.string(),
    kind: z.enum(['webhook', 'alertmanager']),
    queued: z.int().meta({ description: 'Messages that wait or are under way' }),
    breaker: z.string().meta({ description: 'Whether it is tried at the moment' }),
    last_outcome: z.string().nullable(),
    last_reason: z
      .string()
      .nullable()
      .meta({ description: 'A status of HTTP or a code of an error' }),
    last_attempt_at: z.iso.datetime().nullable(),
    disabled_reason: z
      .string()
      .nullable()
      .meta({ description: 'Why nothing is sent until the next start' }),
  })
  .meta({ id: 'WebhookStatus' });

/** The answer of `GET /control/webhooks`. */
export const webhooksStatusSchema = z.strictObject({ webhooks: z.array(webhookStatusSchema) });

/** Every endpoint and how it does; no address, as that may hold a secret. */
export function listWebhooks({ alarming }: Gateway): z.output<typeof webhooksStatusSchema> {
  const webhooks = alarming.webhooks.status().map((status) => ({
    endpoint: status.endpoint,
    kind: status.kind,
    queued: status.queued,
    breaker: status.breaker,
    last_outcome: status.lastOutcome ?? null,
    last_reason: status.lastReason ?? null,
    last_attempt_at: status.lastAttemptAtMs === undefined ? null : isoTime(status.lastAttemptAtMs),
    disabled_reason: status.disabledReason ?? null,
  }));
  return { webhooks };
}
