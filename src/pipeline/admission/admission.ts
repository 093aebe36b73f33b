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

/** Beyond so many times the limit, popular items are too much as well. */
const refuseBeyond = 2;
/** While the loop is behind, popular items get this part of the time that full answers get. */
const popularShare = 0.05;

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
 * first. Any other is shed: it gets popular items, or an `OverloadError` where it asks for that, or where popular items
 * would take too much as well. O(1) a request.
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
    if (reason !== undefined && this.#shed(standing, reason) === 'refused') throw refusals[reason];
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

  /** Whether anything might be refused now; one comparison in good times. */
  get isStrained(): boolean {
    return this.loop.isBehind || this.#inFlight >= this.limit.limit;
  }

  /**
   * Refuses a request before anything is known of it but its standing, where `run` would refuse it as things are now:
   * the error with the reason, which is counted, or undefined for a request that may come in.
   */
  refuse(standing: Standing): OverloadError | undefined {
    const reason = this.#judge(standing.priority);
    if (reason === undefined || this.#answerFor(standing, reason) === 'popular') return undefined;
    this.#shed(standing, reason);
    return refusals[reason];
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
    if (this.loop.turnMs() > share * this.loop.allowanceMs) return 'shed.eventloop';
    return undefined;
  }

  /** Counts a shed request. */
  #shed(standing: Standing, reason: ShedReason): ShedAnswer {
    const { priority } = standing;
    const answer = this.#answerFor(standing, reason);
    this.shed[priority][reason][answer] += 1;
    this.#emit('request.shed', { priority, reason, answer });
    return answer;
  }

  #answerFor({ priority, whenShed }: Standing, reason: ShedReason): ShedAnswer {
    const isTooMuch =
      reason === 'shed.concurrency'
        ? this.#inFlight >= refuseBeyond * this.limit.limit
        : this.loop.turnMs() > (1 + popularShare) * this.shares[priority] * this.loop.allowanceMs;
    return whenShed === 'refused' || isTooMuch ? 'refused' : 'popular';
  }
}

function noneShed(): ShedCounts {
  return {
    'shed.concurrency': { popular: 0, refused: 0 },
    'shed.eventloop': { popular: 0, refused: 0 },
  };
}
