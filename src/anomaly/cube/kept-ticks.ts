import { LeafIndex } from './leaf-index.ts';
import type { LeafTick } from './leaf-tick.ts';

/** A tick whose leaves are numbered by the index of all ticks. */
export interface KeptTick {
  readonly atMs: number;
  readonly seconds: number;
  /** Changed only when all leaves are numbered anew. */
  readonly leaf: Uint32Array;
  readonly mark: Uint16Array;
  /** Single precision: exact up to 16 million events. */
  readonly count: Float32Array;
}

/** Leaves that may be out of use before they are numbered anew. */
const idleLeaves = 10_000;

/** The last ticks, oldest first, with one numbering of their leaves; 10 bytes a cell, and about 30 a leaf. */
export class KeptTicks {
  readonly #width: number;
  readonly #maxTicks: number;
  readonly #maxCells: number;
  readonly #ticks: KeptTick[] = [];
  #leaves: LeafIndex;
  #cells = 0;
  #numbered = 0;

  /** `width` is the number of labels. */
  constructor(width: number, { maxTicks, maxCells }: { maxTicks: number; maxCells: number }) {
    this.#width = width;
    this.#maxTicks = maxTicks;
    this.#maxCells = maxCells;
    this.#leaves = new LeafIndex(width);
  }

  get ticks(): readonly KeptTick[] {
    return this.#ticks;
  }

  get leaves(): LeafIndex {
    return this.#leaves;
  }

  get cells(): number {
    return this.#cells;
  }

  /** Takes a tick in; the oldest make room. False where it alone has more cells than there is room for. O(cells). */
  add({ atMs, seconds, labels, leaf, mark, count }: LeafTick): boolean {
    if (leaf.length > this.#maxCells) return false;
    while (this.#ticks.length >= this.#maxTicks || this.#cells + leaf.length > this.#maxCells) {
      this.#cells -= this.#ticks.shift()?.leaf.length ?? 0;
    }
    if (this.#leaves.size > 2 * this.#numbered + idleLeaves) this.#numberAnew();
    const numbers = this.#numbersOf(labels);
    this.#ticks.push({
      atMs,
      seconds,
      leaf: leaf.map((own) => numbers[own]),
      mark: mark.slice(),
      count: new Float32Array(count),
    });
    this.#cells += leaf.length;
    return true;
  }

  #numbersOf(labels: readonly Uint16Array[]): Uint32Array {
    const codes = new Uint16Array(this.#width);
    return Uint32Array.from(labels[0], (_, leaf) => {
      for (let label = 0; label < this.#width; label++) codes[label] = labels[label][leaf];
      return this.#leaves.of(codes);
    });
  }

  /** Leaves that no tick holds any more give up their numbers. O(all cells). */
  #numberAnew(): void {
    const old = this.#leaves;
    const numbers = new Int32Array(old.size).fill(-1);
    const codes = new Uint16Array(this.#width);
    this.#leaves = new LeafIndex(this.#width);
    for (const { leaf } of this.#ticks) {
      for (let i = 0; i < leaf.length; i++) {
        const before = leaf[i];
        if (numbers[before] < 0) {
          old.read(before, codes);
          numbers[before] = this.#leaves.of(codes);
        }
        leaf[i] = numbers[before];
      }
    }
    this.#numbered = this.#leaves.size;
  }
}
