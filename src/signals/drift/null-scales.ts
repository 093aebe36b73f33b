import type { Rng } from '../../math/rng.ts';
import type { DomainPair } from './domain-plan.ts';
import { drawWindow, type SessionBlocks } from './session-blocks.ts';
import type { WindowDistance } from './window-distance.ts';

/** What the scales are drawn from. */
export interface NullOptions {
  readonly distances: readonly WindowDistance[];
  readonly pairs: readonly DomainPair[];
  readonly windowSizes: readonly number[];
  /** The reference of each domain. */
  readonly blocks: readonly SessionBlocks[];
  /** Windows drawn for each scale. */
  readonly permutations: number;
  /** Factor on the greatest distance drawn. */
  readonly margin: number;
  readonly rng: Rng;
}

/** The distance at which a pair's coefficient is 1, by distance, pair and window size, each as a place in its list. */
export class NullScales {
  /** Scales there will be: pairs that are judged, times window sizes. */
  readonly wanted: number;
  readonly #scales: Float64Array;
  readonly #pairs: number;
  readonly #sizes: number;
  #known = 0;

  constructor(
    distances: readonly WindowDistance[],
    pairs: readonly DomainPair[],
    windowSizes: readonly number[],
  ) {
    this.#pairs = pairs.length;
    this.#sizes = windowSizes.length;
    this.#scales = new Float64Array(distances.length * pairs.length * windowSizes.length);
    this.#scales.fill(Number.NaN);
    const judged = distances.flatMap((distance) => pairs.filter((pair) => distance.judges(pair)));
    this.wanted = judged.length * windowSizes.length;
  }

  /** How many were set. */
  get known(): number {
    return this.#known;
  }

  /** NaN until it is known. */
  get(distance: number, pair: number, size: number): number {
    return this.#scales[this.#place(distance, pair, size)];
  }

  set(distance: number, pair: number, size: number, scale: number): void {
    this.#scales[this.#place(distance, pair, size)] = scale;
    this.#known += 1;
  }

  #place(distance: number, pair: number, size: number): number {
    return (distance * this.#pairs + pair) * this.#sizes + size;
  }
}

/**
 * Draws what chance does while nothing changes: windows of the target's own reference, its sessions in random
 * order, compared with the source's reference. The scale is the greatest distance of `permutations` windows times
 * `margin`, since live windows are more than were drawn. Small windows come first. Yields about how many elementary
 * steps were done, so that the caller can spread them over time.
 */
export function* drawScales(
  scales: NullScales,
  options: NullOptions,
): Generator<number, void, void> {
  const { distances, pairs, windowSizes, blocks } = options;
  for (const [z, size] of windowSizes.entries())
    for (const [k, distance] of distances.entries())
      for (const [target, block] of blocks.entries()) {
        const judged = judgedPairs(distance, pairs, target);
        if (judged.length === 0) continue;
        const greatest = yield* drawGreatest(distance, { block, judged, size, pairs }, options);
        for (const [j, p] of judged.entries()) {
          const least = Math.max(distance.leastScale(pairs[p].source, size), rounding);
          scales.set(k, p, z, Math.max(least, greatest[j] * options.margin));
        }
      }
}

/** Vectors are of length 1: a shorter distance is none, and a domain of one item has no other. */
const rounding = 1e-6;

/** Places of the pairs with a target of which a distance says something. */
export function judgedPairs(
  distance: WindowDistance,
  pairs: readonly DomainPair[],
  target: number,
): number[] {
  return pairs.flatMap((pair, p) => (pair.target === target && distance.judges(pair) ? [p] : []));
}

function* drawGreatest(
  distance: WindowDistance,
  {
    block,
    judged,
    size,
    pairs,
  }: {
    block: SessionBlocks;
    judged: readonly number[];
    size: number;
    pairs: readonly DomainPair[];
  },
  { permutations, rng }: NullOptions,
): Generator<number, Float64Array, void> {
  const sources = judged.map((p) => pairs[p].source);
  const window = new Int32Array(size);
  const drawn = new Float64Array(sources.length);
  const greatest = new Float64Array(sources.length);
  for (let draw = 0; draw < permutations; draw++) {
    drawWindow(block, rng, window);
    const steps = distance.measure(window, sources, drawn);
    for (let s = 0; s < drawn.length; s++) greatest[s] = Math.max(greatest[s], drawn[s]);
    yield steps;
  }
  return greatest;
}
