import type { Clock } from '../../../src/domain/clock.ts';
import { type SignalOptions, signalCatalogue } from '../../../src/signals/index.ts';
import type { ItemVectors } from '../../../src/signals/known/item-columns.ts';
import { createRequestWindow } from '../../../src/signals/requests/request-window.ts';
import type {
  Reading,
  Signal,
  SignalContext,
  SignalKind,
  SignalReport,
} from '../../../src/signals/signal.ts';
import {
  createEventRing,
  type EventBatch,
  openEventRing,
} from '../../../src/telemetry/event-ring.ts';
import { round } from '../harness/spread.ts';
import type { Shop } from './shop.ts';
import { createTraffic } from './traffic.ts';

/** Traffic that the clock of the stand goes by. */
export const eventsPerSecond = 300_000;
const eventsPerBatch = 4096;

/** A number for each signal by its name; `join` is the join of requests with feedback, which they share. */
export type BySignal = Readonly<Record<string, number>>;

/** All signals on one thread, and on a clock that moves on with the events. */
export interface Stand {
  /** Lets events come in, feedback alone or with requests. */
  play(events: number, mix: 'mixed' | 'feedback'): void;
  /** Asks all signals for their reports; answers the milliseconds of each. */
  report(): BySignal;
  /** Whether the drift signal knows all its scales. */
  readonly isCalibrated: boolean;
  /** Tells of other vectors. */
  setVectors(vectors: ItemVectors): void;
  /** Nanoseconds an event since the last call. */
  takeCosts(): BySignal;
}

/** Opens the signals of a shop, that know its past. */
export function createStand(shop: Shop): Stand {
  const clock = createEventClock(Date.now());
  const context = createContext(shop, clock);
  const signals = createSignals(context);
  for (const signal of signals) signal.recall?.(shop.past);
  const parts = [{ name: 'join', observe: context.requests.observe }, ...signals];
  const ring = createEventRing({ clock });
  const reader = openEventRing(ring.shared);
  const traffic = createTraffic(shop, { ring, clock });
  const timer = createTimer();
  let knownScales = 0;
  let observed = 0;
  const visit = (batch: EventBatch) => {
    const nowMs = clock.monotonic();
    for (const part of parts) timer.time(part.name, () => part.observe(batch, nowMs));
  };
  const playBatch = (withRequests: boolean) => {
    const before = traffic.put;
    while (traffic.put < before + eventsPerBatch) {
      if (withRequests) traffic.request();
      traffic.feedback();
    }
    clock.move(((traffic.put - before) / eventsPerSecond) * 1000);
    observed += reader.drain(visit);
  };
  return {
    play(events, mix) {
      for (const end = traffic.put + events; traffic.put < end; ) playBatch(mix === 'mixed');
    },
    report() {
      const nowMs = clock.monotonic();
      const reports = createTimer();
      context.requests.expire(nowMs);
      for (const signal of signals) {
        const { readings } = reports.time(signal.name, () => signal.report(nowMs));
        knownScales = knownScalesIn(readings) ?? knownScales;
      }
      return reports.take(1);
    },
    get isCalibrated() {
      return knownScales === 1;
    },
    setVectors(vectors) {
      context.vectors = vectors;
    },
    takeCosts() {
      const costs = timer.take(1e6 / observed);
      observed = 0;
      return costs;
    },
  };
}

/** Adds up milliseconds by name. */
function createTimer() {
  const spentMs = new Map<string, number>();
  return {
    time<T>(name: string, run: () => T): T {
      const start = performance.now();
      const result = run();
      spentMs.set(name, (spentMs.get(name) ?? 0) + performance.now() - start);
      return result;
    },
    /** What was added up since the last call, times a factor. */
    take(factor: number): BySignal {
      const taken = [...spentMs].map(([name, ms]) => [name, round(ms * factor)] as const);
      spentMs.clear();
      return Object.fromEntries(taken);
    },
  };
}

/** The share of its scales that the drift signal knows, where its readings are among these. */
export function knownScalesIn(readings: readonly Reading[]): number | undefined {
  const known = readings.find(({ measure }) => measure === 'known_scales_ratio');
  return known?.value ?? undefined;
}

/** A clock that stands still until it is moved. */
function createEventClock(startMs: number): Clock & { move(byMs: number): void } {
  let ms = 0;
  return {
    now: () => startMs + ms,
    monotonic: () => ms,
    move: (byMs) => {
      ms += byMs;
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function createContext({ codes, items, vectors }: Shop, clock: Clock): Mutable<SignalContext> {
  const nameOf = (code: number) => codes.nameOf(code);
  const zeroMs = clock.now() - clock.monotonic();
  const requests = createRequestWindow({}, { nameOf });
  return { nameOf, epochMs: (nowMs) => zeroMs + nowMs, items, vectors, requests };
}

function createSignals(context: SignalContext): Signal[] {
  return Object.values(signalCatalogue).map((kind) =>
    (kind as unknown as SignalKind<SignalOptions[keyof SignalOptions], SignalReport>).create(
      context,
      undefined,
    ),
  );
}
