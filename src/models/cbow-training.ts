import { createAliasTable } from '../math/kernels/alias-table.ts';
import { createSgnsTrainer } from '../math/kernels/sgns-trainer.ts';
import { createVectorTable } from '../math/kernels/vector-table.ts';
import { createRng, type Rng } from '../math/rng.ts';
import { withoutPadding } from './item2vec.ts';
import type { Interactions, Progress } from './model.ts';
import { type ReturnCases, returnBucket } from './return-bias.ts';

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

/**
 * Adds up the vectors of the first `count` clicks, newest first, into `context`; click i weighs decay^i.
 * O(count · dimensions).
 */
export function sumContext(
  { dimensions, last, earlier }: Pick<CbowMatrices, 'dimensions' | 'last' | 'earlier'>,
  { clicks, count, decay }: { clicks: Int32Array; count: number; decay: number },
  context: Float32Array,
): void {
  context.fill(0);
  for (let i = 0, weight = 1; i < count; i++, weight *= decay) {
    const rows = i === 0 ? last : earlier;
    const at = clicks[i] * dimensions;
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
  const clicks = new Int32Array(window);
  const context = new Float32Array(dimensions);
  const kept = new Float32Array(dimensions);
  const events = predictableEvents(interactions);
  for (let epoch = 0; epoch < epochs; epoch++) {
    rng.shuffle(events.at);
    for (let i = 0; i < events.at.length; i++) {
      const at = events.at[i];
      const done = (epoch + i / events.at.length) / epochs;
      const count = clicksBefore(interactions.codes, at, events.before[at], clicks);
      sumContext(matrices, { clicks, count, decay }, context);
      drop(kept, options.dropout, rng);
      for (let d = 0; d < dimensions; d++) scratch[d] = context[d] * kept[d];
      target[0] = interactions.codes[at];
      trainer.train(center, target, 1, negatives, learningRate * Math.max(1 - done, 1e-3));
      // What the step added to the context is the gradient, and goes to every click in it.
      for (let d = 0; d < dimensions; d++)
        context[d] = (scratch[d] - context[d] * kept[d]) * kept[d];
      spread(matrices, { clicks, count, decay }, context);
      if (i % 512 === 0) progress(done, `epoch ${epoch + 1} of ${epochs}`);
    }
  }
  const output = withoutPadding(trainer.output.subarray(0, items * stride), trainer);
  return { ...matrices, output };
}

/** Clicks that returns are counted at, and multiplications that may cost. */
const maxReturnClicks = 50_000;
const maxReturnProducts = 4e9;

/** What the matrices say of returning, at clicks spread evenly over all; `bias` is added to the logits. */
export function collectReturns(
  interactions: Interactions,
  matrices: CbowMatrices,
  { window, decay, bias }: Pick<CbowTraining, 'window' | 'decay'> & { readonly bias: Float32Array },
): ReturnCases {
  const { dimensions, output } = matrices;
  const { codes, items } = interactions;
  const { at: events, before } = predictableEvents(interactions);
  const wanted = Math.min(maxReturnClicks, maxReturnProducts / (items.length * dimensions));
  const step = Math.max(1, Math.ceil(events.length / wanted));
  const table = createVectorTable(Math.max(1, items.length), dimensions);
  for (let code = 0; code < items.length; code++)
    table.setRow(code, output.subarray(code * dimensions, (code + 1) * dimensions));
  const all = Int32Array.from(items, (_, code) => code);
  const shares = new Float32Array(items.length);
  const clicks = new Int32Array(50);
  const context = new Float32Array(dimensions);
  const cases = { buckets: [] as number[], shares: [] as number[], returned: [] as number[] };
  const starts = [0];
  for (let i = 0; i < events.length; i += step) {
    const at = events[i];
    const count = clicksBefore(codes, at, before[at], clicks);
    sumContext(matrices, { clicks, count: Math.min(count, window), decay }, context);
    table.dot(context, all, items.length, shares);
    const total = exponentiate(shares, bias);
    for (let lag = 1; lag <= count; lag++) {
      const code = clicks[lag - 1];
      if (clicks.indexOf(code) < lag - 1) continue;
      cases.buckets.push(returnBucket(lag));
      cases.shares.push(shares[code] / total);
      cases.returned.push(codes[at] === code ? 1 : 0);
    }
    starts.push(cases.buckets.length);
  }
  return {
    starts: Uint32Array.from(starts),
    buckets: Uint8Array.from(cases.buckets),
    shares: Float32Array.from(cases.shares),
    returned: Uint8Array.from(cases.returned),
  };
}

/** Replaces logits by e^(logit + bias - greatest), and returns their sum. */
function exponentiate(logits: Float32Array, bias: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    logits[i] += bias[i];
    best = Math.max(best, logits[i]);
  }
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    logits[i] = Math.exp(logits[i] - best);
    total += logits[i];
  }
  return total;
}

/** The events that have a click before them in their session, and how many (255 at most) each event has. */
function predictableEvents({ offsets, codes }: Interactions): {
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
function clicksBefore(codes: Uint32Array, at: number, before: number, clicks: Int32Array): number {
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
  { clicks, count, decay }: { clicks: Int32Array; count: number; decay: number },
  gradient: Float32Array,
): void {
  for (let i = 0, weight = 1; i < count; i++, weight *= decay) {
    const rows = i === 0 ? last : earlier;
    const at = clicks[i] * dimensions;
    for (let d = 0; d < dimensions; d++) rows[at + d] += weight * gradient[d];
  }
}
