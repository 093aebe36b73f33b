import type { Emit } from '../../telemetry/facts.ts';
import type { Effect, EffectDrop, EffectOutcome } from './effect.ts';
import type { EffectBounds } from './effects-schema.ts';

/** What an effect queue is made with. */
export interface EffectQueueParts {
  readonly bounds: EffectBounds;
  readonly emit: Emit;
  readonly monotonic: () => number;
  /** Whether the event loop is behind, so that effects must wait. */
  readonly isBehind: () => boolean;
  /** Runs something after the events of this turn of the loop. */
  readonly soon: (run: () => void) => void;
  /** Runs something after so many milliseconds; answers how to call it off. */
  readonly later: (run: () => void, ms: number) => () => void;
}

interface Waiting {
  readonly effect: Effect;
  readonly offeredAt: number;
}

/** Time between two looks at a loop that is behind, in milliseconds. */
const lookMs = 20;

/**
 * Runs effects in the order they are offered: after the answers of their turn of the event loop have left, one a turn,
 * a few at once, and none while the loop is behind. Everything is bounded, and what is beyond a bound is dropped and
 * counted. Nothing here throws or waits; O(1) an effect.
 *
 * @example
 * queue.offer({ name: 'shadow', run: () => compare(answer) }); // true, or false where it was dropped
 */
export class EffectQueue {
  readonly #parts: EffectQueueParts;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  /** Whether a turn is on its way. */
  #isTurnDue = false;
  #closed: Promise<void> | undefined;
  /** Called when nothing waits or runs any more. */
  #onIdle = () => {};

  constructor(parts: EffectQueueParts) {
    this.#parts = parts;
    this.#tellWaiting();
  }

  /** Effects that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes an effect in; false where it was dropped. */
  offer(effect: Effect): boolean {
    const { bounds, monotonic } = this.#parts;
    if (this.#closed !== undefined) return this.#drop(effect, 'closed');
    if (this.#waiting.length >= bounds.capacity) return this.#drop(effect, 'full');
    this.#waiting.push({ effect, offeredAt: monotonic() });
    this.#tellWaiting();
    this.#wake();
    return true;
  }

  /** Takes no more effects in and runs those that wait; what is not done after `drainMs` is dropped, or left alone. */
  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      const end = () => {
        callOff();
        for (const { effect } of this.#waiting.splice(0)) this.#drop(effect, 'closed');
        this.#tellWaiting();
        resolve();
      };
      const callOff = this.#parts.later(end, this.#parts.bounds.drainMs);
      this.#onIdle = end;
      this.#settle();
    });
    return this.#closed;
  }

  #wake(): void {
    if (this.#isTurnDue || this.#waiting.length === 0) return;
    if (this.#running >= this.#parts.bounds.atOnce) return;
    this.#isTurnDue = true;
    this.#parts.soon(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#closed === undefined && this.#parts.isBehind()) {
      this.#parts.later(this.#turn, lookMs);
      return;
    }
    this.#isTurnDue = false;
    const effect = this.#take();
    if (effect !== undefined) this.#start(effect);
    this.#wake();
    this.#settle();
  };

  /** The next effect that did not wait for too long. */
  #take(): Effect | undefined {
    const { bounds, monotonic } = this.#parts;
    const oldest = monotonic() - bounds.waitMs;
    let next = this.#waiting.shift();
    while (next !== undefined && next.offeredAt < oldest) {
      this.#drop(next.effect, 'expired');
      next = this.#waiting.shift();
    }
    this.#tellWaiting();
    return next?.effect;
  }

  #start(effect: Effect): void {
    const { bounds, monotonic, later } = this.#parts;
    const startedAt = monotonic();
    this.#running += 1;
    let isOver = false;
    const end = (outcome: EffectOutcome, cause?: unknown) => {
      if (isOver) return;
      isOver = true;
      callOff();
      this.#end(effect, { outcome, cause, seconds: (monotonic() - startedAt) / 1000 });
    };
    const callOff = later(() => end('late'), bounds.timeLimitMs);
    Promise.try(() => effect.run()).then(
      () => end('done'),
      (cause) => end('failed', cause),
    );
  }

  #end(
    { name }: Effect,
    { outcome, cause, seconds }: { outcome: EffectOutcome; cause: unknown; seconds: number },
  ): void {
    const { emit } = this.#parts;
    this.#running -= 1;
    if (outcome === 'failed') emit('effect.failed', { effect: name, cause });
    emit('effect.ended', { effect: name, outcome, seconds });
    this.#wake();
    this.#settle();
  }

  #settle(): void {
    if (this.#waiting.length === 0 && this.#running === 0) this.#onIdle();
  }

  #drop({ name }: Effect, reason: EffectDrop): false {
    this.#parts.emit('effect.dropped', { effect: name, reason });
    return false;
  }

  #tellWaiting(): void {
    this.#parts.emit('effects.queued', { waiting: this.#waiting.length });
  }
}
