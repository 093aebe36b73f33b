import type { LookupFunction } from 'node:net';
import type { Clock } from '../domain/clock.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Schedule } from '../domain/schedule.ts';
import { refreshedAlerts } from './alert-bodies.ts';
import type { EndpointSecrets } from './endpoint-secrets.ts';
import { type PostResult, post } from './post.ts';
import { signatureHeaders } from './sign.ts';
import type { WebhookOptions } from './webhooks-schema.ts';

/** What attempts need. */
export interface AttemptParts {
  readonly options: WebhookOptions;
  readonly secrets: EndpointSecrets;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly lookup: LookupFunction;
}

/** Sends a message once. Never rejects. */
export type Attempt = (delivery: Delivery, signal: AbortSignal) => Promise<PostResult>;

/** Makes the attempts of an endpoint: its address, its headers, and a signature of each attempt. */
export function createAttempt({
  options,
  secrets,
  clock,
  schedule,
  lookup,
}: AttemptParts): Attempt {
  const { allowPrivate, timeoutSeconds, kind } = options;
  const url = new URL(options.url);
  if (kind === 'alertmanager') url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  return ({ id, body }, signal) => {
    const nowMs = clock.now();
    const sent = kind === 'alertmanager' ? refreshedAlerts(body, nowMs) : body;
    return post({
      url,
      headers: {
        'user-agent': 'sightline',
        ...secrets.headers,
        'content-type': 'application/json',
        ...signatureHeaders({ id, nowMs, body: sent }, secrets.keys),
      },
      body: sent,
      timeoutMs: timeoutSeconds * 1000,
      allowPrivate,
      lookup,
      schedule,
      signal,
    });
  };
}
