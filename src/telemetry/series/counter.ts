import type { Clock } from '../../domain/clock.ts';
import type { Exemplar, SampleVisitor, Series } from './series.ts';

/** One series of a counter. */
export class CounterSeries implements Series {
  readonly #clock: Clock;
  readonly #reject: () => void;
  #total = 0;
  #traceId = '';
  #value = 0;
  #atMs = 0;

  constructor(clock: Clock, reject: () => void) {
    this.#clock = clock;
    this.#reject = reject;
  }

  /** Adds to the counter; what is negative or not finite is left out and counted. */
  add(amount: number, traceId?: string): void {
    if (!(amount >= 0 && amount <= Number.MAX_VALUE)) {
      this.#reject();
      return;
    }
    this.#total += amount;
    if (!traceId) return;
    this.#traceId = traceId;
    this.#value = amount;
    this.#atMs = this.#clock.now();
  }

  each(visit: SampleVisitor): void {
    visit(0, this.#total, this.#exemplar());
  }

  numbers(into: Float64Array): void {
    into[0] = this.#total;
  }

  #exemplar(): Exemplar | undefined {
    if (this.#traceId === '') return undefined;
    return { traceId: this.#traceId, value: this.#value, atMs: this.#atMs };
  }
}
