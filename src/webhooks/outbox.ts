import type { Clock } from '../domain/clock.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Schedule } from '../domain/schedule.ts';
import type { Rng } from '../math/rng.ts';
import type { Emit } from '../telemetry/facts.ts';
import { type BreakerState, createBreaker } from './breaker.ts';
import { createDeliveryQueue, readyAt, type Waiting } from './delivery-queue.ts';
import type { PostResult } from './post.ts';
import { retryWaitMs } from './retry.ts';
import { judge, type Verdict } from './verdict.ts';

/** What an outbox needs. */
export interface OutboxOptions {
  /** Name of the endpoint. */
  readonly endpoint: string;
  readonly maxQueued: number;
  /** Makes one attempt; must not reject. */
  readonly attempt: (delivery: Delivery, signal: AbortSignal) => Promise<PostResult>;
  /** Keeps messages over a restart; must not reject. */
  readonly keep: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly forget: (ids: readonly string[]) => Promise<void>;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly rng: Rng;
  readonly emit: Emit;
}

/** How an endpoint does. */
export interface OutboxStatus {
  /** Messages that wait or are under way. */
  readonly queued: number;
  readonly breaker: BreakerState;
  /** Undefined before the first attempt. */
  readonly lastOutcome: Verdict['outcome'] | undefined;
  /** A status of HTTP or a code of an error. */
  readonly lastReason: string | undefined;
  /** Epoch milliseconds. */
  readonly lastAttemptAtMs: number | undefined;
  /** Why nothing is sent any more. */
  readonly disabledReason: string | undefined;
}

/** Takes messages to one endpoint, one at a time, until it has them. */
export interface Outbox {
  /** Keeps a message and sends it when its turn comes. */
  add(delivery: Delivery): Promise<void>;
  /** Takes back messages that an earlier process left, in the order of their ids. */
  restore(deliveries: readonly Delivery[]): void;
  /** Whether a message of the group waits. */
  has(group: string): boolean;
  status(): OutboxStatus;
  /** Ends the attempt under way; its message stays kept. */
  close(): void;
}

/**
 * Opens the outbox of an endpoint. A message is durable before its first attempt and forgotten when it is delivered,
 * refused for good, or failed ten times. Messages of one group keep their order; a failed one waits as `retryWaitMs`
 * says, or as the receiver asks, and is tried once more when its group has news or the endpoint answers again. After
 * five failures in a row the endpoint rests for a minute. Beyond `maxQueued` messages, older ones are dropped.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const { endpoint, maxQueued, clock, schedule, rng, emit, keep, forget } = options;
  const queue = createDeliveryQueue();
  const breaker = createBreaker();
  const closing = new AbortController();
  let busy: Waiting | undefined;
  /** No attempt before, as the receiver asked; monotonic. */
  let heldUntil = Number.NEGATIVE_INFINITY;
  let disabledReason: string | undefined;
  let last: { verdict: Verdict; atMs: number } | undefined;
  let cancel = () => {};

  const tellQueued = () => emit('webhook.queued', { endpoint, deliveries: queue.size });
  const drop = (gone: readonly Delivery[]) => {
    for (const _ of gone) emit('webhook.attempted', { endpoint, outcome: 'dropped', seconds: 0 });
    void forget(gone.map(({ id }) => id));
  };

  function pump(): void {
    cancel();
    if (busy !== undefined || closing.signal.aborted) return;
    const next = queue.next();
    if (next === undefined || next.dueAt === Number.POSITIVE_INFINITY) return;
    const at = Math.max(readyAt(next), heldUntil, breaker.opensUntil);
    const now = clock.monotonic();
    if (at > now) cancel = schedule(at - now, pump);
    else void attempt(next);
  }

  async function attempt(waiting: Waiting): Promise<void> {
    busy = waiting;
    const startedAt = clock.monotonic();
    const isEarly = waiting.dueAt > startedAt;
    waiting.isWoken = false;
    const result = await options.attempt(waiting.delivery, closing.signal);
    busy = undefined;
    if (closing.signal.aborted) return;
    const verdict = judge(result, clock.now());
    last = { verdict, atMs: clock.now() };
    const seconds = (clock.monotonic() - startedAt) / 1000;
    emit('webhook.attempted', { endpoint, outcome: verdict.outcome, seconds });
    if (verdict.again) retry(waiting, verdict, isEarly);
    else settle(waiting, verdict);
    tellQueued();
    pump();
  }

  function settle(waiting: Waiting, verdict: Verdict): void {
    queue.remove(waiting);
    if (breaker.succeed()) queue.wake();
    void forget([waiting.delivery.id]);
    if (verdict.outcome !== 'disabled') return;
    disabledReason = `answered ${verdict.reason}`;
    drop(queue.takeAll());
  }

  function retry(waiting: Waiting, { retryAfterMs }: Verdict, isEarly: boolean): void {
    const now = clock.monotonic();
    breaker.fail(now);
    if (retryAfterMs > 0) heldUntil = now + retryAfterMs;
    // An attempt out of turn takes none of the ten away.
    if (isEarly) return;
    const attempts = waiting.delivery.attempts + 1;
    const wait = retryWaitMs(attempts, rng.unit());
    if (wait === undefined) {
      queue.remove(waiting);
      drop([waiting.delivery]);
      return;
    }
    const waitMs = Math.max(wait, retryAfterMs);
    waiting.dueAt = now + waitMs;
    waiting.delivery = { ...waiting.delivery, attempts, dueAtMs: clock.now() + waitMs };
    void keep([waiting.delivery]);
  }

  return {
    async add(delivery) {
      if (disabledReason !== undefined) return drop([delivery]);
      const gone = queue.size < maxQueued ? undefined : queue.supersede(delivery.group, busy);
      const waiting = { delivery, dueAt: Number.POSITIVE_INFINITY, isWoken: false };
      queue.add(waiting);
      const kept = keep([delivery]);
      if (gone !== undefined) drop([gone]);
      tellQueued();
      await kept;
      waiting.dueAt = clock.monotonic();
      queue.wake(delivery.group);
      pump();
    },
    restore(deliveries) {
      const now = clock.monotonic();
      for (const delivery of deliveries) {
        // A clock that went back must not make it wait for longer than it had to.
        const longestMs = retryWaitMs(delivery.attempts, 1) ?? 0;
        const waitMs = Math.min(delivery.dueAtMs - clock.now(), longestMs);
        queue.add({ delivery, dueAt: now + waitMs, isWoken: false });
      }
      if (deliveries.length > 0) tellQueued();
      pump();
    },
    has: (group) => queue.has(group),
    status: () => ({
      queued: queue.size,
      breaker: breaker.state(clock.monotonic()),
      lastOutcome: last?.verdict.outcome,
      lastReason: last?.verdict.reason,
      lastAttemptAtMs: last?.atMs,
      disabledReason,
    }),
    close() {
      closing.abort();
      cancel();
    },
  };
}
