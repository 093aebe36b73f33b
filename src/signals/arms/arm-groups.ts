import { outcomeBits } from '../requests/request-window.ts';

/** Groups that the keys of an arm are divided into; as many independent samples of what the arm achieves. */
export const groupCount = 256;

/**
 * Outcomes of each arm since the start, in groups of the keys that chose the arm. Requests of one key are not
 * independent, groups of keys by a hash are: they tell how sure a rate is (Chamandy, Muralidharan, Najmi & Naidu 2012).
 * 3 KB an arm.
 */
export class ArmGroups {
  readonly #counts: Uint32Array;

  constructor(arms: number) {
    this.#counts = new Uint32Array(3 * groupCount * arms);
  }

  /** Takes in what came of a request, `outcomeBits`; `unit` is the hash of its key. */
  judge(arm: number, unit: number, outcome: number): void {
    const cell = 3 * groupCount * arm + (unit % groupCount);
    this.#counts[cell] += 1;
    if (outcome & outcomeBits.clicked) this.#counts[cell + groupCount] += 1;
    if (outcome & outcomeBits.converted) this.#counts[cell + 2 * groupCount] += 1;
  }

  /** Of each group the requests, then the clicked ones, then the converted ones. A copy. */
  sums(arm: number): Uint32Array {
    return this.#counts.slice(3 * groupCount * arm, 3 * groupCount * (arm + 1));
  }
}
