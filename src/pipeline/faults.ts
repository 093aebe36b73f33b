import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { SightlineError } from '../domain/errors.ts';
import type { Rng } from '../math/rng.ts';
import { type Fault, faultLimits } from './faults/fault.ts';
import {
  createInjection,
  type FaultInjection,
  type InjectionTools,
} from './faults/fault-injection.ts';
import { type PlayedFault, strike } from './faults/fault-play.ts';

/** A fault in place, for people. */
export interface FaultStatus {
  readonly fault: Fault;
  readonly state: 'waiting' | 'active';
  /** Epoch milliseconds. */
  readonly beginsAtMs: number;
  readonly endsAtMs: number;
  /** Times it struck; a bad model strikes once for each scorer. */
  readonly struck: number;
}

/** What is broken on purpose, each for a bounded time. */
export interface Faults {
  /** Puts these in the place of all others. Throws `SL_REQUEST_INVALID` where they are too many. */
  put(faults: readonly Fault[]): void;
  /** Those that are not over, in the order in which they were put. */
  status(): readonly FaultStatus[];
  /** Whether any is not over: only then is a work played with faults. */
  areInPlace(): boolean;
  /** What the faults do to the parts of a work. */
  into(work: { readonly name: string; readonly strategy: string }): FaultInjection;
}

/** What faults are made with. */
export interface FaultOptions extends Omit<InjectionTools, 'sleep'> {
  readonly rng: Rng;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Makes an empty list of faults. A fault acts below the executor and below the measurement of the store, so that
 * budgets, degradations and metrics see what they would see of a real one.
 *
 * @example
 * const faults = createFaults({ store, clock, emit, rng: createRng(1) });
 * faults.put([{ kind: 'slow-store', delayMs: 40, match: { segment: 'poland' }, forSeconds: 60, ...rest }]);
 */
export function createFaults({
  rng,
  sleep = (ms) => sleepFor(ms),
  ...tools
}: FaultOptions): Faults {
  const { clock } = tools;
  let played: readonly PlayedFault[] = [];
  const left = () => {
    const now = clock.monotonic();
    return played.filter(({ endsAt }) => now < endsAt);
  };
  return {
    put(faults) {
      checkNumber(faults);
      const now = clock.monotonic();
      played = faults.map((fault) => playFrom(fault, { now, seed: rng.bits() }));
      tools.emit('faults.changed', { faults: faults.map(({ name }) => name) });
    },
    status: () => left().map((one) => statusOf(one, clock)),
    areInPlace() {
      // What is over costs one request the looking, and the next ones nothing.
      if (played.length > 0) played = left();
      return played.length > 0;
    },
    into({ name: work, strategy }) {
      return createInjection(
        (kind, context, place) =>
          strike(played, { work, strategy, context }, { kind, ...place, now: clock.monotonic() }),
        { ...tools, sleep },
      );
    },
  };
}

function checkNumber({ length }: readonly Fault[]): void {
  if (length <= faultLimits.faults) return;
  throw new SightlineError(
    'SL_REQUEST_INVALID',
    `faults are ${length}, expected at most ${faultLimits.faults}`,
    { path: 'faults' },
  );
}

function playFrom(fault: Fault, { now, seed }: { now: number; seed: number }): PlayedFault {
  const beginsAt = now + fault.afterSeconds * 1000;
  return { fault, beginsAt, endsAt: beginsAt + fault.forSeconds * 1000, seed, struck: 0 };
}

function statusOf({ fault, beginsAt, endsAt, struck }: PlayedFault, clock: Clock): FaultStatus {
  const now = clock.monotonic();
  const ago = clock.now() - now;
  return {
    fault,
    state: now < beginsAt ? 'waiting' : 'active',
    beginsAtMs: ago + beginsAt,
    endsAtMs: ago + endsAt,
    struck,
  };
}
