import type { SampleVisitor, Series } from './series.ts';

/** One series of a gauge. It is not exposed before it has a value. */
export class GaugeSeries implements Series {
  #value: number | undefined;
  #read: (() => number) | undefined;

  set(value: number): void {
    this.#value = value;
    this.#read = undefined;
  }

  /** From now on the value is read at each scrape. */
  follow(read: () => number): void {
    this.#read = read;
  }

  each(visit: SampleVisitor): void {
    const value = this.#now();
    if (value !== undefined) visit(0, value);
  }

  numbers(into: Float64Array): void {
    into[0] = this.#now() ?? Number.NaN;
  }

  #now(): number | undefined {
    return this.#read === undefined ? this.#value : attempt(this.#read);
  }
}

/** A reader that throws has no value now: it may not cost the scrape all others. */
function attempt(read: () => number): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
