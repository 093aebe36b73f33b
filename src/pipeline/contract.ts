import type { Candidates } from '../domain/candidates.ts';
import type { Hits } from '../models/model.ts';
import { AlgorithmError } from './algorithm-error.ts';

/** What an algorithm did that its contract does not allow. */
export function contractError(message: string): AlgorithmError {
  return new AlgorithmError('plugin.contract', message);
}

/** Which items were met in one list, over a table that grows: a stamp an item. */
export class HitCheck {
  #stamps = new Uint32Array(0);
  #stamp = 0;

  /**
   * Throws `plugin.contract` where a retriever named more items than its limit, an item that is not in the table of
   * `size` items, or one item twice. O(hits).
   */
  assert(hits: Hits, limit: number, size: number): void {
    const { items, count } = hits;
    if (!(Number.isInteger(count) && count >= 0 && count <= limit))
      throw contractError(`brought ${count} items, expected ${limit} at most`);
    if (this.#stamps.length < size) this.#stamps = new Uint32Array(size * 2);
    this.#stamp = (this.#stamp + 1) >>> 0;
    const stamps = this.#stamps;
    const stamp = this.#stamp;
    for (let rank = 0; rank < count; rank++) {
      const item = items[rank];
      if (!(item >= 0 && item < size))
        throw contractError(`brought item ${item}, expected an index from 0 to ${size - 1}`);
      if (stamps[item] === stamp) throw contractError(`brought item ${item} twice`);
      stamps[item] = stamp;
    }
  }
}

/** A score that no scorer would write by chance. */
const guard = Math.fround(-1.2345678e-30);

/** Makes a column of scores ready to be written: no opinion on any row, and a guard behind the last. */
export function prepareScores(scores: Float32Array, count: number): void {
  scores.fill(0, 0, count);
  if (count < scores.length) scores[count] = guard;
}

/**
 * Throws `model.invalid_output` where one of the first `count` scores is not finite, `plugin.contract` where the rows
 * behind them were written or the memory was taken away. O(count).
 */
export function assertScores(scores: Float32Array, count: number): void {
  if (scores.length < count) throw contractError('took the memory of the scores away');
  if (!areFinite(scores, count))
    throw new AlgorithmError('model.invalid_output', 'wrote a score that is not finite');
  if (count < scores.length && scores[count] !== guard)
    throw contractError(`wrote beyond the ${count} rows that it was asked about`);
}

function areFinite(scores: Float32Array, count: number): boolean {
  // A sum is finite when all its terms are, short of an overflow that no sane score comes near. Two sums
  // at once, as each addition waits for the one before it.
  let even = 0;
  let odd = 0;
  const paired = count & ~1;
  for (let row = 0; row < paired; row += 2) {
    even += scores[row];
    odd += scores[row + 1];
  }
  return Number.isFinite(even + odd + (paired < count ? scores[paired] : 0));
}

/** Throws `plugin.contract` where the table of candidates has another length than before; it then has the old one. */
export function assertCount(candidates: Candidates, count: number): void {
  if (candidates.count === count) return;
  const found = candidates.count;
  candidates.count = count;
  throw contractError(`changed the number of candidates from ${count} to ${found}`);
}

/**
 * Throws `plugin.contract` where the ordered rows are not distinct rows of the candidates. `isOrdered` is scratch of at
 * least `count` flags. O(count).
 */
export function assertOrder({ order, ordered, count }: Candidates, isOrdered: Uint8Array): void {
  if (!(Number.isInteger(ordered) && ordered >= 0 && ordered <= count))
    throw contractError(`ordered ${ordered} rows, expected ${count} at most`);
  isOrdered.fill(0, 0, count);
  for (let at = 0; at < ordered; at++) {
    const row = order[at];
    if (!(row >= 0 && row < count))
      throw contractError(`ordered row ${row}, expected one from 0 to ${count - 1}`);
    if (isOrdered[row] === 1) throw contractError(`ordered row ${row} twice`);
    isOrdered[row] = 1;
  }
}

/**
 * Takes what one filter decided into `keep` and answers how many are left. Throws `plugin.contract` where it wrote
 * anything but 0 and 1. O(count).
 */
export function takeVerdict(keep: Uint8Array, verdict: Uint8Array, count: number): number {
  let left = 0;
  let seen = 0;
  for (let i = 0; i < count; i++) {
    seen |= verdict[i];
    keep[i] &= verdict[i];
    left += keep[i];
  }
  if (seen > 1) throw contractError('judged with other numbers than 0 and 1');
  return left;
}

/** What an algorithm answered when it goes on in the background; undefined where it is done. */
export function pendingOf(answer: unknown): PromiseLike<void> | undefined {
  const isPending = typeof (answer as PromiseLike<void> | undefined)?.then === 'function';
  return isPending ? (answer as PromiseLike<void>) : undefined;
}

/** Throws `plugin.contract` where an algorithm that must be done at once goes on in the background. */
export function assertDone(answer: unknown): void {
  const pending = pendingOf(answer);
  if (pending === undefined) return;
  // Nobody waits for it: its failure must not end the process.
  pending.then(undefined, () => {});
  throw contractError('went on in the background, expected to be done at once');
}
