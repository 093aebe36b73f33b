import { z } from 'zod';
import { createAliasTable } from '../math/kernels/alias-table.ts';
import { createSgnsTrainer } from '../math/kernels/sgns-trainer.ts';
import { createRng } from '../math/rng.ts';
import { isDense } from './click-density.ts';
import { createEmbeddingModel } from './embedding-model.ts';
import { foldItems } from './fold-in.ts';
import { createFoldInWindow } from './fold-in-window.ts';
import { matchItems } from './item-codes.ts';
import { createItem2vecLearner, type TrainedItem2vec } from './item2vec-fold-in.ts';
import { latestClicks } from './latest-clicks.ts';
import type { Interactions, ModelKind, Progress } from './model.ts';
import { negativeWeights, withoutPadding } from './negative-sampling.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';

const schema = z.strictObject({
  dimensions: z.int().min(2).max(512).default(48).describe('Numbers in the vector of an item'),
  window: z
    .int()
    .min(1)
    .max(20)
    .default(5)
    .describe('A click is predicted from this many clicks before it'),
  gapDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Share of the pairs l clicks apart that a pass learns from: gapDecay^(l - 1)'),
  direction: z
    .enum(['auto', 'forwards', 'both'])
    .default('auto')
    .describe(
      '`forwards`: a click is predicted from those before it; `both`: from those after it too, twice the pairs. `auto` is `forwards` where most clicks are on items with 500 clicks or more',
    ),
  negatives: z.int().min(1).max(64).default(10).describe('Negatives drawn for each pair'),
  alpha: z
    .number()
    .min(-1)
    .max(1)
    .default(0.5)
    .describe('Negatives are drawn in proportion to count^alpha'),
  epochs: z.int().min(1).max(500).default(15).describe('Passes over the data'),
  learningRate: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe(
      'At the start; it falls to a thousandth in a straight line. Absent is 0.05 forwards, 0.1 in both directions',
    ),
  sessionDecay: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Factor for each click further back when a session is scored. Absent is 0.3 forwards, 0.6 in both directions',
    ),
  seed: z.int().default(1).describe('Decides every random draw'),
});

type Item2vecOptions = z.output<typeof schema>;

/** Options with what the clicks decided. */
const settledSchema = schema.required({ learningRate: true, sessionDecay: true });

type SettledOptions = z.output<typeof settledSchema>;

/** Clicks on an item that tell what follows it without those before it. */
const denseClicks = 500;

function settle({ items, codes }: Interactions, options: Item2vecOptions): SettledOptions {
  const dense = isDense({ codes, items: items.length }, denseClicks);
  const direction =
    options.direction === 'auto' ? (dense ? 'forwards' : 'both') : options.direction;
  const usual =
    direction === 'forwards'
      ? { learningRate: 0.05, sessionDecay: 0.3 }
      : { learningRate: 0.1, sessionDecay: 0.6 };
  const { learningRate = usual.learningRate, sessionDecay = usual.sessionDecay } = options;
  return { ...options, direction, learningRate, sessionDecay };
}

/**
 * Item2vec (Barkan & Koenigstein 2016): skip-gram with negative sampling (Mikolov et al. 2013) over sessions:
 * the input vector of a click predicts the output vectors of the clicks after it, and of those before it where clicks are
 * sparse. `next` adds up the input vectors
 * of the session, each click further back with less weight, and scores by e^(input · output), times how often the
 * item was drawn as a negative, which makes it a probability (Levy & Goldberg 2014). `similar` is the cosine of input
 * vectors. Fit O(epochs · events · window · negatives · dimensions).
 */
export const item2vec: ModelKind<Item2vecOptions> = {
  kind: 'item2vec',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('item2vec', schema),
  searchSpace: {
    dimensions: { scale: 'log', min: 16, max: 128, int: true },
    window: { scale: 'linear', min: 1, max: 10, int: true },
    direction: { choices: ['forwards', 'both'] },
    gapDecay: { scale: 'linear', min: 0.3, max: 1 },
    negatives: { scale: 'log', min: 3, max: 30, int: true },
    alpha: { scale: 'linear', min: -0.5, max: 1 },
    epochs: { scale: 'log', min: 5, max: 60, int: true },
    learningRate: { scale: 'log', min: 0.01, max: 0.2 },
    sessionDecay: { scale: 'linear', min: 0.1, max: 1 },
  },
  fit(interactions, given, progress) {
    const { items } = interactions;
    const options = settle(interactions, given);
    const { weights, bias } = negativeWeights(interactions, options.alpha);
    const { input, output } = train(interactions, weights, options, progress);
    return writePayload({ ids: items, options, bias, input, output });
  },
  foldIn(payload, items, interactions, { seed } = {}) {
    const trained = readPayload(payload);
    const { ids, options, bias, input, output } = trained;
    const window = createFoldInWindow(ids, items, interactions);
    const { learnt, ...folded } = foldItems(
      { ids, bias, dimensions: options.dimensions, matrices: [input, output] },
      window,
      {
        alpha: options.alpha,
        seed: seed ?? options.seed,
        createLearner: () => createItem2vecLearner(trained, window),
      },
    );
    if (learnt.length === 0) return { payload, learnt };
    const [newInput, newOutput] = folded.matrices;
    return {
      payload: writePayload({ ...folded, options, input: newInput, output: newOutput }),
      learnt,
    };
  },
  load(payload, stamp, table) {
    const { ids, options, bias, input, output } = readPayload(payload);
    const { dimensions, sessionDecay, window } = options;
    const items = matchItems(ids, table);
    const clicks = new Int32Array(window);
    const setContext = (query: Parameters<typeof latestClicks>[0], context: Float32Array) => {
      const count = latestClicks(query, items, clicks);
      context.fill(0);
      for (let i = 0, weight = 1; i < count; i++, weight *= sessionDecay) {
        const at = clicks[i] * dimensions;
        for (let d = 0; d < dimensions; d++) context[d] += weight * input[at + d];
      }
      return count > 0;
    };
    return createEmbeddingModel({ dimensions, input, output, bias, setContext }, items, stamp);
  },
};

interface Item2vecPayload extends TrainedItem2vec {
  readonly ids: readonly string[];
  readonly options: SettledOptions;
}

function writePayload({ ids, options, bias, input, output }: Item2vecPayload): Uint8Array {
  return new PayloadWriter().json(ids).json(options).array(bias).array(input).array(output).bytes();
}

function readPayload(payload: Uint8Array): Item2vecPayload {
  const reader = new PayloadReader(payload);
  const ids = reader.ids('items');
  const options = reader.json('options', settledSchema);
  const numbers = ids.length * options.dimensions;
  const bias = reader.float32('bias', ids.length);
  const input = reader.float32('input vectors', numbers);
  const output = reader.float32('output vectors', numbers);
  reader.end();
  return { ids, options, bias, input, output };
}

/** Pairs learnt between two changes of the learning rate. */
const batchPairs = 2048;

/** Passes over the pairs, sessions in a new random order each time. */
function train(
  { items, offsets, codes }: Interactions,
  weights: Float64Array,
  options: SettledOptions,
  progress: Progress,
): { input: Float32Array; output: Float32Array } {
  if (items.length === 0) return { input: new Float32Array(0), output: new Float32Array(0) };
  const { epochs, negatives, learningRate, window, direction } = options;
  const trainer = createSgnsTrainer({ ...options, items: items.length });
  trainer.setNegatives(createAliasTable(weights));
  const rng = createRng(options.seed);
  const sessions = Uint32Array.from({ length: offsets.length - 1 }, (_, session) => session);
  const gapShare = Float64Array.from({ length: window }, (_, gap) => options.gapDecay ** gap);
  const centers = new Int32Array(batchPairs);
  const contexts = new Int32Array(batchPairs);
  let count = 0;
  const learn = (done: number, note: string): void => {
    const rate = learningRate * Math.max(1 - done, 1e-3);
    trainer.train(centers, contexts, count, negatives, rate);
    count = 0;
    progress(done, note);
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    rng.shuffle(sessions);
    const note = `epoch ${epoch + 1} of ${epochs}`;
    for (let i = 0; i < sessions.length; i++) {
      const start = offsets[sessions[i]];
      for (let at = start + 1; at < offsets[sessions[i] + 1]; at++)
        for (let gap = 1; gap <= window && at - gap >= start; gap++) {
          if (gap > 1 && rng.unit() >= gapShare[gap - 1]) continue;
          centers[count] = codes[at - gap];
          contexts[count++] = codes[at];
          if (count === batchPairs) learn((epoch + i / sessions.length) / epochs, note);
          if (direction === 'forwards') continue;
          centers[count] = codes[at];
          contexts[count++] = codes[at - gap];
          if (count === batchPairs) learn((epoch + i / sessions.length) / epochs, note);
        }
    }
  }
  learn(1, `${epochs} epochs`);
  return {
    input: withoutPadding(trainer.input, items.length, trainer),
    output: withoutPadding(trainer.output, items.length, trainer),
  };
}
