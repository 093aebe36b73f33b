import { createAliasTable } from '../math/kernels/alias-table.ts';
import { createSgnsTrainer } from '../math/kernels/sgns-trainer.ts';
import { createRng, type Rng } from '../math/rng.ts';
import type { Interactions, Progress } from './model.ts';
import { withoutPadding } from './negative-sampling.ts';

/** What a fit learns: matrices of `dimensions` numbers per item code, row-major. */
export interface CbowMatrices {
  readonly dimensions: number;
  /** Vectors of items as the last click. */
  readonly last: Float32Array;
  /** Vectors of items as clicks before the last. */
  readonly earlier: Float32Array;
  readonly output: Float32Array;
}

/** The options of `cbow` that training uses. */
export interface CbowTraining {
  readonly dimensions: number;
  readonly window: number;
  readonly decay: number;
  readonly negatives: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly dropout: number;
  readonly seed: number;
}

/** The clicks that predict: the first `count` of `codes`, newest first; click i weighs decay^i. */
export interface Clicks {
  readonly codes: Int32Array;
  count: number;
  readonly decay: number;
}

/** Adds up the vectors of the clicks into `context`. O(count · dimensions), no allocation. */
export function sumContext(
  { dimensions, last, earlier }: Pick<CbowMatrices, 'dimensions' | 'last' | 'earlier'>,
  { codes, count, decay }: Clicks,
  context: Float32Array,
): void {
  context.fill(0);
  for (let i = 0, weight = 1; i < count; i++, weight *= decay) {
    const rows = i === 0 ? last : earlier;
    const at = codes[i] * dimensions;
    for (let d = 0; d < dimensions; d++) context[d] += weight * rows[at + d];
  }
}

/**
 * Trains by negative sampling, one step for each click that has one before it, in a new random order in each pass.
 * `weights` say how often an item is drawn as a negative.
 */
export function trainCbow(
  interactions: Interactions,
  weights: Float64Array,
  options: CbowTraining,
  progress: Progress,
): CbowMatrices {
  const { dimensions, decay, window, epochs, negatives, learningRate } = options;
  const items = interactions.items.length;
  const nothing = new Float32Array(0);
  if (items === 0) return { dimensions, last: nothing, earlier: nothing, output: nothing };
  const rng = createRng(options.seed);
  // The row behind the items is the context of the click that is being learnt; it is never drawn.
  const trainer = createSgnsTrainer({ items: items + 1, dimensions, seed: options.seed });
  trainer.setNegatives(createAliasTable([...weights, 0]));
  const { stride } = trainer;
  const scratch = trainer.input.subarray(items * stride, items * stride + dimensions);
  const matrices = {
    dimensions,
    last: randomRows(items, dimensions, rng),
    earlier: randomRows(items, dimensions, rng),
  };
  const center = Int32Array.of(items);
  const target = new Int32Array(1);
  const clicks: Clicks = { codes: new Int32Array(window), count: 0, decay };
  const context = new Float32Array(dimensions);
  const kept = new Float32Array(dimensions);
  const events = predictableEvents(interactions);
  for (let epoch = 0; epoch < epochs; epoch++) {
    rng.shuffle(events.at);
    for (let i = 0; i < events.at.length; i++) {
      const at = events.at[i];
      const done = (epoch + i / events.at.length) / epochs;
      clicks.count = clicksBefore(interactions.codes, at, events.before[at], clicks.codes);
      sumContext(matrices, clicks, context);
      drop(kept, options.dropout, rng);
      for (let d = 0; d < dimensions; d++) scratch[d] = context[d] * kept[d];
      target[0] = interactions.codes[at];
      trainer.train(center, target, 1, negatives, learningRate * Math.max(1 - done, 1e-3));
      // What the step added to the context is the gradient, and goes to every click in it.
      for (let d = 0; d < dimensions; d++)
        context[d] = (scratch[d] - context[d] * kept[d]) * kept[d];
      spread(matrices, clicks, context);
      if (i % 512 === 0) progress(done, `epoch ${epoch + 1} of ${epochs}`);
    }
  }
  const output = withoutPadding(trainer.output, items, trainer);
  return { ...matrices, output };
}

/** The events that have a click before them in their session, and how many (255 at most) each event has. */
export function predictableEvents({ offsets, codes }: Interactions): {
  at: Uint32Array;
  before: Uint8Array;
} {
  const at: number[] = [];
  const before = new Uint8Array(codes.length);
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let event = offsets[session] + 1; event < offsets[session + 1]; event++) {
      at.push(event);
      before[event] = Math.min(255, event - offsets[session]);
    }
  return { at: Uint32Array.from(at), before };
}

/** Writes the codes of the clicks before an event, newest first, as many as there are and fit. */
export function clicksBefore(
  codes: Uint32Array,
  at: number,
  before: number,
  clicks: Int32Array,
): number {
  const count = Math.min(before, clicks.length);
  for (let i = 0; i < count; i++) clicks[i] = codes[at - 1 - i];
  return count;
}

/** Uniform in ±0.25 / √dimensions. */
function randomRows(rows: number, dimensions: number, rng: Rng): Float32Array {
  const scale = 0.5 / Math.sqrt(dimensions);
  return Float32Array.from({ length: rows * dimensions }, () => (rng.unit() - 0.5) * scale);
}

/** Draws which dimensions of a step are kept, in steps of 1/256, and scales those up for the ones that are not. */
function drop(kept: Float32Array, dropout: number, rng: Rng): void {
  const threshold = Math.round(dropout * 256);
  const scale = 256 / (256 - threshold);
  for (let d = 0, random = 0; d < kept.length; d++) {
    random = d % 4 === 0 ? rng.bits() : random >>> 8;
    kept[d] = (random & 255) < threshold ? 0 : scale;
  }
}

/** Adds the gradient to the vectors of the clicks, each by its weight in the context. */
function spread(
  { dimensions, last, earlier }: Pick<CbowMatrices, 'dimensions' | 'last' | 'earlier'>,
  { codes, count, decay }: Clicks,
  gradient: Float32Array,
): void {
  for (let i = 0, weight = 1; i < count; i++, weight *= decay) {
    const rows = i === 0 ? last : earlier;
    const at = codes[i] * dimensions;
    for (let d = 0; d < dimensions; d++) rows[at + d] += weight * gradient[d];
  }
}
