import type { LookupFunction } from 'node:net';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { Alert } from '../../src/domain/alert.ts';
import type { Schedule } from '../../src/domain/schedule.ts';
import { createRng } from '../../src/math/rng.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Emit, Facts } from '../../src/telemetry/facts.ts';
import type { DeliveryStorage } from '../../src/webhooks/delivery-storage.ts';
import { openWebhooks } from '../../src/webhooks/open-webhooks.ts';
import { type webhookSchema, webhooksSchema } from '../../src/webhooks/webhooks-schema.ts';

/** Sat 21 Nov 2026 08:00 UTC. */
export const startMs = Date.UTC(2026, 10, 21, 8);

/** A clock and timers that move only when told. */
export function createTestTime() {
  let nowMs = startMs;
  let jumpMs = 0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const schedule: Schedule = (delayMs, run) => {
    const timer = { atMs: nowMs + delayMs, run };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  };
  /** Enough for an exchange over loopback, whose two ends share this loop. */
  const turn = async () => {
    for (let t = 0; t < 10; t++) await new Promise((resolve) => setImmediate(resolve));
  };
  const advanceTo = async (endMs: number) => {
    for (;;) {
      await turn();
      const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      timers = timers.filter((one) => one !== next);
      nowMs = Math.max(nowMs, next.atMs);
      next.run();
    }
    nowMs = Math.max(nowMs, endMs);
    await turn();
  };
  return {
    clock: { now: () => nowMs + jumpMs, monotonic: () => nowMs },
    schedule,
    /** Moves the wall clock alone. */
    jump(byMs: number) {
      jumpMs += byMs;
    },
    advanceTo,
    /** Lets that much time pass, and everything happen that is due. */
    advance: (seconds: number) => advanceTo(nowMs + seconds * 1000),
  };
}

type Attempted = Facts['webhook.attempted'];

/** Facts as they are told, and a way to wait for them. */
function createFacts() {
  const attempts: Attempted[] = [];
  const failures: Facts['server.failed'][] = [];
  let waiting: { readonly isDone: () => boolean; readonly resolve: () => void }[] = [];
  const emit: Emit = (name, fact) => {
    if (name === 'webhook.attempted') attempts.push(fact as Attempted);
    if (name === 'server.failed') failures.push(fact as Facts['server.failed']);
    for (const { isDone, resolve } of waiting) if (isDone()) resolve();
    waiting = waiting.filter(({ isDone }) => !isDone());
  };
  return {
    emit,
    attempts,
    failures,
    outcomes: (endpoint = 'pager') =>
      attempts.filter((one) => one.endpoint === endpoint).map(({ outcome }) => outcome),
    /** Resolves when that many attempts of an endpoint have ended, dropped messages counted. */
    ended: (count: number, endpoint = 'pager') =>
      new Promise<void>((resolve) => {
        const isDone = () => attempts.filter((one) => one.endpoint === endpoint).length >= count;
        if (isDone()) resolve();
        else waiting.push({ isDone, resolve });
      }),
  };
}

/** How a test opens webhooks. */
export interface TestOptions {
  readonly storage?: DeliveryStorage;
  readonly time?: ReturnType<typeof createTestTime>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly lookup?: LookupFunction;
}

/** Opens webhooks with time in the hand of the test; private addresses are allowed unless said otherwise. */
export async function openTestWebhooks(
  endpoints: Readonly<Record<string, z.input<typeof webhookSchema>>>,
  { storage = createMemoryStore(), time = createTestTime(), secrets, lookup }: TestOptions = {},
) {
  const facts = createFacts();
  const parsed = webhooksSchema.parse(
    Object.fromEntries(
      Object.entries(endpoints).map(([name, one]) => [
        name,
        { allowPrivate: true, groupWaitSeconds: 30, ...one },
      ]),
    ),
  );
  const webhooks = await openWebhooks({
    endpoints: parsed,
    storage,
    clock: time.clock,
    schedule: time.schedule,
    emit: facts.emit,
    externalUrl: 'https://rec.example',
    rng: createRng(1),
    ...(secrets && { secrets }),
    ...(lookup && { lookup }),
  });
  onTestFinished(() => webhooks.close());
  return { webhooks, storage, time, facts };
}

/** An alert that began when the clock of tests does. */
export const alert = (labels: Record<string, string>, more: Partial<Alert> = {}): Alert => ({
  labels: { alertname: 'Slow', ...labels },
  annotations: { summary: 'slow answers' },
  startsAtMs: startMs,
  endsAtMs: undefined,
  generatorUrl: 'https://rec.example/a/1',
  ...more,
});

/** The same alert, over. */
export const over = (one: Alert, seconds = 60): Alert => ({
  ...one,
  endsAtMs: startMs + seconds * 1000,
});
