import type { LeafTick } from './leaf-tick.ts';
import { markCount, plainMark } from './marks.ts';

const codeSpan = 65_536;
const none = -1;

/** All traffic, or the part of it that carries one value of one label. */
export interface Slice {
  /** Place of the label, -1 for all traffic. */
  readonly label: number;
  readonly code: number;
}

/** The counts by mark of all traffic and of single label values, in one tick after the other. */
export class LabelSlices {
  readonly #maxValues: number;
  readonly #slices: Slice[] = [{ label: none, code: 0 }];
  /** The slice of each code, by label. */
  readonly #bySlice: readonly Int16Array[];
  readonly #values: number[];
  #counts = new Float64Array(markCount);

  /** `maxValues` values of each of `labels` labels are told apart. */
  constructor(labels: number, maxValues: number) {
    this.#maxValues = maxValues;
    this.#bySlice = Array.from({ length: labels }, () => new Int16Array(codeSpan).fill(none));
    this.#values = new Array<number>(labels).fill(0);
  }

  /** The slices so far; the first is all traffic. */
  get slices(): readonly Slice[] {
    return this.#slices;
  }

  /** Events of the last tick: mark m of slice s stands at `s * markCount + m`. */
  get counts(): Float64Array {
    return this.#counts;
  }

  /** Counts a tick; new values are admitted in the order of their requests. O(cells · labels). */
  count(tick: LeafTick): void {
    for (const [label, column] of tick.labels.entries()) this.#admit(label, column, tick);
    const size = this.#slices.length * markCount;
    if (this.#counts.length === size) this.#counts.fill(0);
    else this.#counts = new Float64Array(size);
    const { labels, leaf, mark, count } = tick;
    for (let i = 0; i < leaf.length; i++) {
      this.#counts[mark[i]] += count[i];
      for (let label = 0; label < labels.length; label++) {
        const slice = this.#bySlice[label][labels[label][leaf[i]]];
        if (slice !== none) this.#counts[slice * markCount + mark[i]] += count[i];
      }
    }
  }

  #admit(label: number, column: Uint16Array, { leaf, mark, count }: LeafTick): void {
    if (this.#values[label] === this.#maxValues) return;
    const bySlice = this.#bySlice[label];
    const requests = new Map<number, number>();
    for (let i = 0; i < leaf.length; i++) {
      const code = column[leaf[i]];
      if (mark[i] !== plainMark.requests || bySlice[code] !== none) continue;
      requests.set(code, (requests.get(code) ?? 0) + count[i]);
    }
    const biggest = [...requests].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    for (const [code] of biggest.slice(0, this.#maxValues - this.#values[label])) {
      bySlice[code] = this.#slices.push({ label, code }) - 1;
      this.#values[label] += 1;
    }
  }
}
