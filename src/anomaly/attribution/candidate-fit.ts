import type { GatherLeaves } from './combination-leaves.ts';
import type { Effect, Likelihood } from './likelihood.ts';
import type { Candidate } from './screening.ts';

/** A combination with its effect. */
export interface Found extends Candidate {
  readonly effect: Effect;
  /** Leaves it explains. */
  readonly leaves: Uint32Array;
  /** Nats it gains over leaves that nothing happened to, less the cost of its effect. */
  readonly gain: number;
  /** Nats of naming it among all combinations. */
  readonly search: number;
  /** Nats it gains after all costs. */
  readonly net: number;
}

/** What a candidate has to pay for and to beat, in nats. */
export interface FitTerms {
  readonly search: number;
  readonly cost: number;
  /** Only a greater net is of interest. */
  readonly least: number;
}

/** As many leaves tell whether a fit of more is worth it. */
const sampleSize = 512;
/** Standard errors by which the gain of a sample may be short. */
const allowance = 4;

/**
 * Fits effects to candidates. Of a candidate with many leaves first a sample is fitted, and all only where these may be
 * worth it; most candidates are not. O(leaves of the candidate · labels).
 */
export class CandidateFit {
  readonly #likelihood: Likelihood;
  readonly #gather: GatherLeaves;
  readonly #covered: Uint8Array;
  readonly #leaves: Uint32Array;
  readonly #fitted: Float64Array;
  readonly #sample = new Uint32Array(sampleSize);

  /** `covered` holds 1 for leaves that already have a cause; it may change from fit to fit. */
  constructor(likelihood: Likelihood, gather: GatherLeaves, covered: Uint8Array) {
    this.#likelihood = likelihood;
    this.#gather = gather;
    this.#covered = covered;
    this.#leaves = new Uint32Array(covered.length);
    this.#fitted = new Float64Array(covered.length);
  }

  /** The candidate with its effect on the leaves that no cause covers yet, where its net is above `least`. */
  fit(candidate: Candidate, { search, cost, least }: FitTerms): Found | undefined {
    const leaves = this.#leaves;
    const size = this.#openLeaves(candidate);
    const needed = least + search + cost;
    if (size === 0 || (size > 2 * sampleSize && this.#mostGain(size) < needed)) return undefined;
    const effect = this.#likelihood.fit(leaves, size, this.#fitted);
    const gain = this.#gains(leaves, size).sum - effect.cost;
    const net = gain - search - cost;
    if (!(net > least)) return undefined;
    return { ...candidate, effect, leaves: leaves.slice(0, size), gain, search, net };
  }

  #openLeaves({ labels, leaf }: Candidate): number {
    const leaves = this.#leaves;
    const all = this.#gather(labels, leaf, leaves);
    let size = 0;
    for (let i = 0; i < all; i++) if (this.#covered[leaves[i]] === 0) leaves[size++] = leaves[i];
    return size;
  }

  /** What the first `size` leaves will hardly gain more than, from some of them at equal distances. */
  #mostGain(size: number): number {
    const step = size / sampleSize;
    for (let i = 0; i < sampleSize; i++) this.#sample[i] = this.#leaves[Math.floor(i * step)];
    this.#likelihood.fit(this.#sample, sampleSize, this.#fitted);
    const { sum, squares } = this.#gains(this.#sample, sampleSize);
    const mean = sum / sampleSize;
    const deviation = Math.sqrt(Math.max(0, squares / sampleSize - mean * mean));
    return size * (mean + (allowance * deviation) / Math.sqrt(sampleSize));
  }

  #gains(leaves: Uint32Array, size: number): { sum: number; squares: number } {
    const { normal } = this.#likelihood;
    const fitted = this.#fitted;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const gain = fitted[i] - normal[leaves[i]];
      sum += gain;
      squares += gain * gain;
    }
    return { sum, squares };
  }
}
