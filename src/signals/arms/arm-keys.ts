import { HashIndex } from '../gathering/hash-index.ts';

/** Hashes are smaller than this; see `hashId`. */
const hashSpan = 2 ** 53;
const goldenRatio = 0.618_033_988_749_894_9;

/** Bounds of the keys that are counted. */
export interface ArmKeysOptions {
  readonly arms: number;
  readonly panes: number;
  /** Keys held, all arms together; up to 27 bytes each. */
  readonly maxKeys: number;
}

/**
 * Counts different keys per arm of an experiment in a sliding window of panes. A key counts in the pane in which its
 * arm had it last, so the sum over the latest panes is the number of different keys since these began. Where there are
 * more keys than `maxKeys` it counts a sample of them, those with a small hash (Wegman's adaptive sampling, Flajolet
 * 1990): as the hash has nothing to do with the arm, the arms keep their proportions.
 */
export class ArmKeys {
  readonly #panes: number;
  readonly #keys: Float64Array;
  readonly #arm: Uint16Array;
  readonly #pane: Uint8Array;
  readonly #index: HashIndex;
  readonly #counts: Int32Array;
  #size = 0;
  /** Hashes from here on are left out. */
  #limit = hashSpan;

  constructor({ arms, panes, maxKeys }: ArmKeysOptions) {
    this.#panes = panes;
    this.#keys = new Float64Array(maxKeys);
    this.#arm = new Uint16Array(maxKeys);
    this.#pane = new Uint8Array(maxKeys);
    this.#index = new HashIndex(this.#keys);
    this.#counts = new Int32Array(arms * panes);
  }

  /** Keys of an arm that it had in a pane and not since. */
  count(arm: number, pane: number): number {
    return this.#counts[arm * this.#panes + pane];
  }

  /** Says that an arm had a key in a pane. O(1) expected; O(maxKeys) where the sample is halved. */
  see(session: number, arm: number, pane: number): void {
    const key = keyOf(session, arm);
    if (key >= this.#limit) return;
    let position = this.#index.find(key);
    if (position >= 0) this.#counts[arm * this.#panes + this.#pane[position]] -= 1;
    else if (this.#size < this.#keys.length) position = this.#admit(key, arm);
    else {
      this.#limit /= 2;
      this.#keep((held) => this.#keys[held] < this.#limit);
      this.see(session, arm, pane);
      return;
    }
    this.#pane[position] = pane;
    this.#counts[arm * this.#panes + pane] += 1;
  }

  /** Forgets the keys of a pane; a sample may grow again where there is much room. O(maxKeys). */
  forget(pane: number): void {
    this.#keep((position) => this.#pane[position] !== pane);
    if (this.#size < this.#keys.length / 4) this.#limit = Math.min(hashSpan, 2 * this.#limit);
  }

  #admit(key: number, arm: number): number {
    const position = this.#size;
    this.#size += 1;
    this.#keys[position] = key;
    this.#arm[position] = arm;
    this.#index.set(position);
    return position;
  }

  #keep(isKept: (position: number) => boolean): void {
    const size = this.#size;
    this.#size = 0;
    this.#index.clear();
    for (let position = 0; position < size; position++) {
      if (!isKept(position)) {
        this.#counts[this.#arm[position] * this.#panes + this.#pane[position]] -= 1;
        continue;
      }
      this.#pane[this.#size] = this.#pane[position];
      this.#admit(this.#keys[position], this.#arm[position]);
    }
  }
}

/** A session is another key in each arm: its hash is moved round by a distance of the arm's own. */
function keyOf(session: number, arm: number): number {
  const moved = session - Math.floor(((arm * goldenRatio) % 1) * hashSpan);
  return moved < 0 ? moved + hashSpan : moved;
}
