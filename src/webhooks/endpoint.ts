import type { Alert } from '../domain/alert.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Notification } from '../domain/notification.ts';
import type { Rng } from '../math/rng.ts';
import type { Emit } from '../telemetry/facts.ts';
import { postableAlerts, statusOf, webhookBody } from './alert-bodies.ts';
import type { GroupMessage } from './alert-group.ts';
import { createAlertGroups } from './alert-groups.ts';
import { type AttemptParts, createAttempt } from './attempt.ts';
import { groupOptions } from './group-options.ts';
import { type OutboxStatus, openOutbox } from './outbox.ts';
import type { Safekeeping } from './safekeeping.ts';

/** What an endpoint needs. */
export interface EndpointParts extends AttemptParts {
  readonly name: string;
  readonly externalUrl: string;
  readonly safekeeping: Safekeeping;
  readonly nextId: (nowMs: number) => string;
  readonly rng: Rng;
  readonly emit: Emit;
}

/** One place that alerts are told to. */
export interface Endpoint {
  /** Takes changes of alerts; resolves when they are kept. */
  put(alerts: readonly Alert[]): Promise<void>;
  restore(notes: readonly Notification[], deliveries: readonly Delivery[]): Promise<void>;
  /** Alerts that last. */
  firing(): readonly Alert[];
  status(): OutboxStatus;
  close(): void;
}

/** Opens an endpoint: groups of alerts before, an outbox behind. */
export function openEndpoint(parts: EndpointParts): Endpoint {
  const { name, options, safekeeping, clock, schedule, emit } = parts;
  const groups = createAlertGroups(groupOptions(options), clock);
  const outbox = openOutbox({
    ...parts,
    endpoint: name,
    maxQueued: options.maxQueued,
    attempt: createAttempt(parts),
    keep: (deliveries) => safekeeping.keep('deliveries', deliveries),
    forget: (ids) => safekeeping.forget('deliveries', ids),
  });
  const bodyOf = createBodies(parts);
  let cancel = () => {};
  let isOpen = true;

  const isTelling = () => isOpen && outbox.status().disabledReason === undefined;
  const idOf = (group: string) => JSON.stringify([name, group]);

  async function note(keys: readonly string[]): Promise<void> {
    const kept: Notification[] = [];
    const gone: string[] = [];
    for (const key of keys) {
      const found = groups.note(key);
      if (found === undefined) gone.push(idOf(key));
      else kept.push({ id: idOf(key), endpoint: name, ...found });
    }
    await Promise.all([
      safekeeping.keep('notifications', kept),
      safekeeping.forget('notifications', gone),
    ]);
  }

  function speak(): void {
    if (!isTelling()) return;
    for (const message of groups.speak()) {
      // Nothing is gained by saying twice what has not been heard once.
      if (!message.isRepeat || !outbox.has(message.group)) void outbox.add(deliveryOf(message));
      void note([message.group]);
    }
    plan();
  }

  function plan(): void {
    cancel();
    const at = groups.speaksAt();
    if (isTelling() && at !== Number.POSITIVE_INFINITY)
      cancel = schedule(Math.max(0, at - clock.monotonic()), speak);
  }

  function deliveryOf(message: GroupMessage): Delivery {
    const nowMs = clock.now();
    return {
      id: parts.nextId(nowMs),
      endpoint: name,
      group: message.group,
      status: statusOf(message),
      body: bodyOf(message),
      createdAtMs: nowMs,
      attempts: 0,
      dueAtMs: nowMs,
    };
  }

  return {
    async put(alerts) {
      if (!isTelling()) return;
      const { changed, dropped } = groups.put(alerts);
      for (let d = 0; d < dropped; d++)
        emit('webhook.attempted', { endpoint: name, outcome: 'dropped', seconds: 0 });
      plan();
      await note([...changed]);
    },
    async restore(notes, deliveries) {
      outbox.restore(deliveries);
      for (const one of notes) groups.restore(one);
      const keys = groups.keys();
      const current = new Set(keys.map(idOf));
      await safekeeping.forget(
        'notifications',
        notes.map(({ id }) => id).filter((id) => !current.has(id)),
      );
      await note(keys);
      plan();
    },
    firing: groups.firing,
    status: outbox.status,
    close() {
      isOpen = false;
      cancel();
      outbox.close();
    },
  };
}

function createBodies({ name, options, externalUrl }: EndpointParts) {
  const frame = { receiver: name, externalUrl, maxAlerts: options.maxAlerts };
  return (message: GroupMessage) =>
    options.kind === 'alertmanager' ? postableAlerts(message) : webhookBody(message, frame);
}
