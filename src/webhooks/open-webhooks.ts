import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Alert } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Notification } from '../domain/notification.ts';
import { type Schedule, systemSchedule } from '../domain/schedule.ts';
import { createRng, type Rng } from '../math/rng.ts';
import type { Emit } from '../telemetry/facts.ts';
import { type DeliveryStorage, readAll } from './delivery-storage.ts';
import { type Endpoint, type EndpointParts, openEndpoint } from './endpoint.ts';
import { type EndpointSecrets, readEndpointSecrets, type Secrets } from './endpoint-secrets.ts';
import { fingerprint } from './fingerprint.ts';
import { createMessageIds } from './message-id.ts';
import type { OutboxStatus } from './outbox.ts';
import { createSafekeeping, type Safekeeping } from './safekeeping.ts';
import { soundAlert } from './sound-alert.ts';
import type { WebhookOptions } from './webhooks-schema.ts';

/** What webhooks need. */
export interface WebhooksOptions {
  /** Endpoints by name. */
  readonly endpoints: Readonly<Record<string, WebhookOptions>>;
  readonly storage: DeliveryStorage;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Where people find this gateway; stands in each message. */
  readonly externalUrl: string;
  /** Values of the environment variables that endpoints name. */
  readonly secrets?: Secrets;
  readonly schedule?: Schedule;
  /** Finds the address of a host. */
  readonly lookup?: LookupFunction;
  /** For the jitter of retries. */
  readonly rng?: Rng;
}

/** How one endpoint does. */
export interface WebhookStatus extends OutboxStatus {
  readonly endpoint: string;
  readonly kind: WebhookOptions['kind'];
}

/** Tells endpoints of alerts. */
export interface Webhooks {
  /**
   * Takes every change of an alert, a beginning or an end; telling the same again changes nothing. Resolves when the
   * changes are kept, before they are told. Never rejects.
   */
  send(alerts: readonly Alert[]): Promise<void>;
  /** Alerts that an endpoint believes to last, each once: after a restart, those that are over must be sent again. */
  firing(): readonly Alert[];
  status(): readonly WebhookStatus[];
  /** Ends what is under way; what was not delivered is, after the next open. */
  close(): Promise<void>;
}

/**
 * Opens the endpoints of a configuration and sends what an earlier process left. Each message is sent at least once,
 * with the same `webhook-id` at each attempt. Messages of endpoints that are no more are dropped.
 *
 * Throws `SL_CONFIG_INVALID` for secrets that are missing or wrong, and what reading the storage throws.
 *
 * @example
 * const webhooks = await openWebhooks({ endpoints, storage: store, clock, emit, externalUrl: 'https://rec.example' });
 * await webhooks.send([{ labels: { alertname: 'Slow' }, annotations: {}, startsAtMs, endsAtMs: undefined, generatorUrl: '' }]);
 */
export async function openWebhooks(options: WebhooksOptions): Promise<Webhooks> {
  const { endpoints: configured, storage, clock, emit } = options;
  const secrets = readEndpointSecrets(configured, options.secrets ?? {});
  const left = {
    deliveries: await readAll((page) => storage.scan('deliveries', page)),
    notes: await readAll((page) => storage.scan('notifications', page)),
  };
  const safekeeping = createSafekeeping(storage, emit);
  const endpoints = openEndpoints(options, {
    secrets,
    safekeeping,
    nextId: createMessageIds(left.deliveries.at(-1)?.id ?? ''),
  });
  await dropStrangers(left, { endpoints, safekeeping, emit });
  for (const [name, endpoint] of endpoints) {
    const isIts = (row: { readonly endpoint: string }) => row.endpoint === name;
    await endpoint.restore(left.notes.filter(isIts), left.deliveries.filter(isIts));
  }
  return {
    async send(alerts) {
      const sound = alerts.map((alert) => soundAlert(alert, clock.now()));
      await Promise.all(endpoints.values().map((endpoint) => endpoint.put(sound)));
    },
    firing() {
      const firing = [...endpoints.values()].flatMap((endpoint) => endpoint.firing());
      return [...new Map(firing.map((alert) => [fingerprint(alert.labels), alert])).values()];
    },
    status: () =>
      [...endpoints].map(([endpoint, { status }]) => ({
        endpoint,
        kind: configured[endpoint].kind,
        ...status(),
      })),
    async close() {
      for (const endpoint of endpoints.values()) endpoint.close();
      await safekeeping.settled();
    },
  };
}

function openEndpoints(
  {
    endpoints,
    clock,
    emit,
    externalUrl,
    schedule = systemSchedule,
    lookup = dns.lookup as LookupFunction,
    rng = createRng(clock.now()),
  }: WebhooksOptions,
  {
    secrets,
    ...shared
  }: Pick<EndpointParts, 'safekeeping' | 'nextId'> & {
    readonly secrets: ReadonlyMap<string, EndpointSecrets>;
  },
): ReadonlyMap<string, Endpoint> {
  const surroundings = { ...shared, clock, emit, externalUrl, schedule, lookup, rng };
  return new Map(
    Object.entries(endpoints).map(([name, options]) => [
      name,
      openEndpoint({ ...surroundings, name, options, secrets: secrets.get(name)! }),
    ]),
  );
}

interface Left {
  readonly deliveries: readonly Delivery[];
  readonly notes: readonly Notification[];
}

/** Forgets what was left for endpoints that are not configured any more. */
async function dropStrangers(
  { deliveries, notes }: Left,
  {
    endpoints,
    safekeeping,
    emit,
  }: {
    readonly endpoints: ReadonlyMap<string, Endpoint>;
    readonly safekeeping: Safekeeping;
    readonly emit: Emit;
  },
): Promise<void> {
  const strange = <Row extends { readonly endpoint: string }>(rows: readonly Row[]) =>
    rows.filter(({ endpoint }) => !endpoints.has(endpoint));
  const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  for (const { endpoint } of strange(deliveries))
    emit('webhook.attempted', { endpoint, outcome: 'dropped', seconds: 0 });
  await safekeeping.forget('deliveries', idsOf(strange(deliveries)));
  await safekeeping.forget('notifications', idsOf(strange(notes)));
}
