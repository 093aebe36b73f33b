import type { Feedback } from '../domain/feedback.ts';

/** Something of a time. */
interface Timed {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/**
 * Events of the future, the next one first, in a binary heap. Beyond its capacity it takes no more: such events are in
 * the store, and a later start finds them. O(log n) an event.
 *
 * @example
 * const due = new DueEvents();
 * due.add({ key: 'k', type: 'read', item: 'i', user: 'u', atMs: 2000 });
 * due.isDue(1999); // false
 * due.isDue(2000); // true
 * due.take().key; // 'k'
 */
export class DueEvents<Event extends Timed = Feedback> {
  readonly capacity: number;
  #heap: Event[] = [];

  constructor({ capacity = 100_000 }: { readonly capacity?: number } = {}) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Whether an event is of a time, epoch milliseconds, or before. */
  isDue(untilMs: number): boolean {
    return this.#heap.length > 0 && this.#heap[0].atMs <= untilMs;
  }

  add(event: Event): void {
    if (this.#heap.length < this.capacity) this.#rise(event);
  }

  /** Takes the next event out; there must be one. */
  take(): Event {
    const [first] = this.#heap;
    const last = this.#heap.pop()!;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  /** Drops the events that something holds for. O(n). */
  drop(isGone: (event: Event) => boolean): void {
    if (this.#heap.length === 0) return;
    // What is sorted is a heap.
    this.#heap = this.#heap.filter((event) => !isGone(event)).sort((a, b) => a.atMs - b.atMs);
  }

  #rise(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent].atMs <= event.atMs) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
  }

  /** Puts an event in the place of the first. */
  #sink(event: Event): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].atMs < heap[child].atMs) child += 1;
      if (heap[child].atMs >= event.atMs) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = event;
  }
}
