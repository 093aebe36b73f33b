import type { Run, SeeJudged } from './run.ts';

/** Which filter removed which items of one run; made for runs that somebody looks at. */
export class Removals {
  /** Position of the filter, by dense item index. */
  readonly #filterOf = new Map<number, number>();
  readonly #left = new Uint8Array(256);

  /** Takes in what a filter has just judged. O(count). */
  readonly see: SeeJudged = (filter, { chunk, keep }: Run, count) => {
    const left = this.#left;
    if (filter === 0) left.fill(1, 0, count);
    for (let i = 0; i < count; i++) {
      if (left[i] === 1 && keep[i] === 0) this.#filterOf.set(chunk[i], filter);
      left[i] = keep[i];
    }
  };

  /** The filter that removed an item, by position; undefined where none did. */
  filterOf(item: number): number | undefined {
    return this.#filterOf.get(item);
  }

  /** Dense indices of what a filter removed, in the order it was judged, each once. */
  by(filter: number): number[] {
    return [...this.#filterOf].flatMap(([item, by]) => (by === filter ? [item] : []));
  }
}
