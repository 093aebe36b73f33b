import type { ChangeTrigger } from '../../telemetry/fact-values.ts';
import type { Comparison } from './compare-generations.ts';
import type { Generation } from './generation.ts';

/**
 * Where a generation is: `staged` waits to be promoted, `current` serves, `kept` served before and can be rolled back
 * to, `draining` still answers the requests that began with it, and is then let go.
 */
export type GenerationState = 'staged' | 'current' | 'kept' | 'draining';

/** How a generation came to be. */
export interface Origin {
  readonly trigger: ChangeTrigger;
  /** Epoch milliseconds. */
  readonly builtAtMs: number;
  /** How it differs from the one that served when it was built; undefined where nothing could be compared. */
  readonly comparison: Comparison | undefined;
  /** Why it was not published at once; empty when it was. */
  readonly heldBack: readonly string[];
}

/** A generation and the requests that it serves. */
export class LiveGeneration<Made extends Generation = Generation> {
  readonly generation: Made;
  readonly origin: Origin;
  state: GenerationState = 'staged';
  /** Epoch milliseconds of the last time it became current; undefined before the first. */
  publishedAtMs: number | undefined = undefined;
  #requests = 0;
  #whenIdle: (() => void) | undefined = undefined;

  constructor(generation: Made, origin: Origin) {
    this.generation = generation;
    this.origin = origin;
  }

  /** Requests that it serves now. */
  get requests(): number {
    return this.#requests;
  }

  /** Runs the work of a request in it: it is not let go before the work has ended. */
  hold<Result>(work: () => Result | Promise<Result>): Result | Promise<Result> {
    this.#requests += 1;
    let result: Result | Promise<Result>;
    try {
      result = work();
    } catch (cause) {
      this.#leave();
      throw cause;
    }
    if (result instanceof Promise) return result.finally(() => this.#leave());
    this.#leave();
    return result;
  }

  /** Calls back once no request is left in it; at once when there is none. */
  whenIdle(idle: () => void): void {
    this.#whenIdle = idle;
    if (this.#requests === 0) idle();
  }

  #leave(): void {
    this.#requests -= 1;
    if (this.#requests === 0) this.#whenIdle?.();
  }
}
