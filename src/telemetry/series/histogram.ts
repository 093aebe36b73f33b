import type { Clock } from '../../domain/clock.ts';
import type { Exemplar, SampleVisitor, Series } from './series.ts';

/** What all series of one histogram share. */
export interface HistogramShape {
  /** Upper bounds, ascending, without infinity. */
  readonly bounds: Float64Array;
  readonly clock: Clock;
  /** Called for each value that is not finite. */
  readonly reject: () => void;
}

/** One series of a histogram. Cost of `observe`: one walk over the bounds and two additions. */
export class HistogramSeries implements Series {
  readonly #shape: HistogramShape;
  /** Counts of the buckets, the last one without bound, and then the sum. */
  readonly #cells: Float64Array;
  #traceIds: string[] | undefined;
  /** Value and time of the exemplar of each bucket. */
  #exemplars = noNumbers;

  constructor(shape: HistogramShape) {
    this.#shape = shape;
    this.#cells = new Float64Array(shape.bounds.length + 2);
  }

  /** Counts a value and, with a trace id, keeps it as the exemplar of its bucket. */
  observe(value: number, traceId?: string): void {
    if (!(value <= Number.MAX_VALUE && value >= -Number.MAX_VALUE)) {
      this.#shape.reject();
      return;
    }
    const { bounds } = this.#shape;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) bucket += 1;
    this.#cells[bucket] += 1;
    this.#cells[bounds.length + 1] += value;
    if (traceId) this.#keep(bucket, value, traceId);
  }

  /** Adds values that were counted elsewhere: one count a bucket, the last one without bound, and their sum. */
  merge(counts: ArrayLike<number>, sum: number): void {
    const buckets = this.#shape.bounds.length + 1;
    let total = 0;
    for (let bucket = 0; bucket < buckets; bucket++) total += counts[bucket];
    if (counts.length !== buckets || !(total >= 0) || !Number.isFinite(total + sum)) {
      this.#shape.reject();
      return;
    }
    for (let bucket = 0; bucket < buckets; bucket++) this.#cells[bucket] += counts[bucket];
    this.#cells[buckets] += sum;
  }

  each(visit: SampleVisitor): void {
    const cells = this.#cells;
    const last = cells.length - 1;
    let count = 0;
    for (let bucket = 0; bucket < last; bucket++) {
      count += cells[bucket];
      visit(bucket, count, this.#exemplar(bucket));
    }
    visit(last, cells[last]);
    visit(last + 1, count);
  }

  numbers(into: Float64Array): void {
    into.set(this.#cells);
  }

  #keep(bucket: number, value: number, traceId: string): void {
    this.#traceIds ??= this.#makeExemplars();
    this.#traceIds[bucket] = traceId;
    this.#exemplars[2 * bucket] = value;
    this.#exemplars[2 * bucket + 1] = this.#shape.clock.now();
  }

  #makeExemplars(): string[] {
    const buckets = this.#shape.bounds.length + 1;
    this.#exemplars = new Float64Array(2 * buckets);
    return new Array<string>(buckets).fill('');
  }

  #exemplar(bucket: number): Exemplar | undefined {
    const traceId = this.#traceIds?.[bucket];
    if (!traceId) return undefined;
    return {
      traceId,
      value: this.#exemplars[2 * bucket],
      atMs: this.#exemplars[2 * bucket + 1],
    };
  }
}

const noNumbers = new Float64Array(0);
