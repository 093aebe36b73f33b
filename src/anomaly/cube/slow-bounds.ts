import { bucketCount, latencyQuantile } from './latency.ts';
import { latencyBucket } from './marks.ts';

/** Requests from which a bound is told. */
const fewest = 200;
/** A bound holds this long at least; moving it makes the shares before and after it different things. */
const ticksHeld = 2880;
/** Latencies of this age count half. */
const halfLifeTicks = 2880;
/** Buckets by which the bound must be off before it is moved. */
const tolerance = 2;

/**
 * The latency from which on a request of a slice is slow: twice the time that nine of ten take, which a change of a
 * small part of the traffic moves little. Learnt from the first requests and moved rarely, as the share of slow requests
 * is watched.
 */
export class SlowBounds {
  /** Latencies by slice, fading. */
  #past = new Float64Array(0);
  readonly #bounds: number[] = [];
  readonly #versions: number[] = [];
  readonly #age: number[] = [];

  /** Takes the latencies of a slice in one tick in; call it for every slice with latencies. */
  learn(slice: number, buckets: Float64Array): void {
    const first = slice * bucketCount;
    if (this.#past.length < first + bucketCount) {
      const longer = new Float64Array(2 * (first + bucketCount));
      longer.set(this.#past);
      this.#past = longer;
    }
    const past = this.#past.subarray(first, first + bucketCount);
    const keep = 0.5 ** (1 / halfLifeTicks);
    let total = 0;
    for (let b = 0; b < bucketCount; b++) {
      past[b] = past[b] * keep + buckets[b];
      total += past[b];
    }
    this.#age[slice] = (this.#age[slice] ?? ticksHeld) + 1;
    if (total < fewest || this.#age[slice] < ticksHeld) return;
    this.#age[slice] = 0;
    this.#move(slice, latencyBucket(2 * latencyQuantile(past, 0.9)));
  }

  /** The first slow bucket of a slice; undefined while too little is known. */
  of(slice: number): number | undefined {
    return this.#bounds[slice];
  }

  /** Grows each time the bound of a slice is moved. */
  version(slice: number): number {
    return this.#versions[slice] ?? 0;
  }

  #move(slice: number, bucket: number): void {
    const known = this.#bounds[slice];
    if (known !== undefined && Math.abs(bucket - known) < tolerance) return;
    this.#bounds[slice] = Math.min(bucket, bucketCount - 1);
    this.#versions[slice] = this.version(slice) + 1;
  }
}
