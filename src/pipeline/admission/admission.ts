import type { Emit } from '../../telemetry/facts.ts';
import type { GradientLimit } from './gradient-limit.ts';
import type { LoopGuard } from './loop-guard.ts';
import type { Protection } from './protection-schema.ts';
import {
  OverloadError,
  type Priority,
  type ShedAnswer,
  type ShedReason,
  type Standing,
} from './shed.ts';

/** Beyond so many times a bound, popular items are too much as well. */
const refuseBeyond = 2;

/** Made once: an error for each refused request would cost more than the refusal. */
const refusals: Readonly<Record<ShedReason, OverloadError>> = {
  'shed.concurrency': new OverloadError('shed.concurrency'),
  'shed.eventloop': new OverloadError('shed.eventloop'),
};

/** What admission decides with. */
export interface AdmissionParts {
  readonly limit: GradientLimit;
  readonly loop: LoopGuard;
  readonly shares: Protection['shares'];
  readonly emit: Emit;
  readonly monotonic: () => number;
}

/** Requests of a class that were shed since the start. */
export type ShedCounts = Record<ShedReason, Record<ShedAnswer, number>>;

/**
 * Decides at the door of recommend who is served. A request runs while fewer are in flight than its class's share of
 * the limit, and while the event loop is not behind by its share of the bound; so classes with small shares are shed
 * first. Any other is shed: it gets popular items, or an `OverloadError` where it asks for that or twice the bound
 * is reached. O(1) a request.
 */
export class Admission {
  readonly limit: GradientLimit;
  readonly loop: LoopGuard;
  readonly shares: Protection['shares'];
  readonly shed: Readonly<Record<Priority, ShedCounts>> = {
    interactive: noneShed(),
    batch: noneShed(),
    shadow: noneShed(),
  };
  readonly #emit: Emit;
  readonly #monotonic: () => number;
  #inFlight = 0;
  #mostInFlight = 0;

  constructor({ limit, loop, shares, emit, monotonic }: AdmissionParts) {
    this.limit = limit;
    this.loop = loop;
    this.shares = shares;
    this.#emit = emit;
    this.#monotonic = monotonic;
  }

  /** Requests that run now. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The most that ran at once since this was asked last. */
  takeMostInFlight(): number {
    const most = this.#mostInFlight;
    this.#mostInFlight = this.#inFlight;
    return most;
  }

  /**
   * Runs `serve` for a request, with the reason where it gets popular items only. Throws `OverloadError` and does not
   * call it where the request is refused. The request is in flight until what `serve` gives is there, or fails.
   */
  run<T>(
    standing: Standing,
    serve: (reason: ShedReason | undefined) => T | Promise<T>,
  ): T | Promise<T> {
    const reason = this.#judge(standing.priority);
    if (reason !== undefined) this.#shed(standing, reason);
    const startedAt = this.#monotonic();
    this.#inFlight += 1;
    if (this.#inFlight > this.#mostInFlight) this.#mostInFlight = this.#inFlight;
    let served: T | Promise<T>;
    try {
      served = serve(reason);
    } catch (cause) {
      this.#inFlight -= 1;
      throw cause;
    }
    if (served instanceof Promise) return served.finally(() => this.#leave(startedAt, reason));
    this.#leave(startedAt, reason);
    return served;
  }

  #leave(startedAt: number, reason: ShedReason | undefined): void {
    // The times of shed requests say nothing of how long others take.
    if (reason === undefined) {
      const now = this.#monotonic();
      this.limit.add(now - startedAt, this.#inFlight, now);
    }
    this.#inFlight -= 1;
  }

  /** Why a request of this class must be shed, if it must. */
  #judge(priority: Priority): ShedReason | undefined {
    const share = this.shares[priority];
    // A class may be small, but not empty.
    if (this.#inFlight >= Math.max(1, Math.floor(share * this.limit.limit)))
      return 'shed.concurrency';
    if (this.loop.turnMs() > share * this.loop.boundMs) return 'shed.eventloop';
    return undefined;
  }

  /** Counts a shed request; throws where it is refused. */
  #shed({ priority, whenShed }: Standing, reason: ShedReason): void {
    const answer = whenShed === 'refused' || this.#isTooMuch(reason) ? 'refused' : 'popular';
    this.shed[priority][reason][answer] += 1;
    this.#emit('request.shed', { priority, reason, answer });
    if (answer === 'refused') throw refusals[reason];
  }

  #isTooMuch(reason: ShedReason): boolean {
    return reason === 'shed.concurrency'
      ? this.#inFlight >= refuseBeyond * this.limit.limit
      : this.loop.turnMs() >= refuseBeyond * this.loop.boundMs;
  }
}

function noneShed(): ShedCounts {
  return {
    'shed.concurrency': { popular: 0, refused: 0 },
    'shed.eventloop': { popular: 0, refused: 0 },
  };
}
