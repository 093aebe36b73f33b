import { z } from 'zod';
import { createCbowLearner, type TrainedCbow } from './cbow-fold-in.ts';
import { type CbowMatrices, type Clicks, sumContext, trainCbow } from './cbow-training.ts';
import { collectReturns } from './collect-returns.ts';
import { createEmbeddingModel } from './embedding-model.ts';
import { foldItems } from './fold-in.ts';
import { createFoldInWindow } from './fold-in-window.ts';
import { matchItems } from './item-codes.ts';
import { latestClicks } from './latest-clicks.ts';
import type { ModelKind } from './model.ts';
import { negativeWeights } from './negative-sampling.ts';
import { optionsParser } from './parse-options.ts';
import { PayloadReader, PayloadWriter } from './payload.ts';
import { fitReturns, returnBucket, returnBuckets, returnReach } from './return-bias.ts';

const schema = z.strictObject({
  dimensions: z.int().min(2).max(512).default(48).describe('Numbers in the vector of an item'),
  window: z.int().min(1).max(50).default(12).describe('Clicks that predict the next one'),
  decay: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('Weight of the click l clicks back: decay^(l - 1)'),
  negatives: z.int().min(1).max(64).default(20).describe('Negatives drawn for each click'),
  alpha: z
    .number()
    .min(-1)
    .max(1)
    .default(0)
    .describe('Negatives are drawn in proportion to count^alpha'),
  epochs: z.int().min(1).max(500).default(12).describe('Passes over the data'),
  learningRate: z
    .number()
    .positive()
    .max(1)
    .default(0.03)
    .describe('At the start; it falls to a thousandth in a straight line'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.25)
    .describe("Share of the context's dimensions that a step leaves out, against overfitting"),
  members: z.int().min(1).max(16).default(3).describe('Independent fits whose logits are averaged'),
  seed: z.int().default(1).describe('Decides every random draw'),
});

type CbowOptions = z.output<typeof schema>;

/**
 * Continuous bag of words (Mikolov et al. 2013) over sessions: the clicks so far together predict the next one, each
 * click further back with less weight, by negative sampling. The last click has an input matrix of its own, as in a
 * factorised Markov chain (Rendle et al. 2010): what follows at once and what follows later are different things.
 * On top stands what it is worth that an item was seen l clicks ago (`fitReturns`). `similar` is the cosine of the
 * vectors of last clicks. Fit O(epochs · events · (window + negatives) · dimensions).
 */
export const cbow: ModelKind<CbowOptions> = {
  kind: 'cbow',
  learns: true,
  defaults: schema.parse({}),
  parseOptions: optionsParser('cbow', schema),
  searchSpace: {
    dimensions: { scale: 'log', min: 16, max: 128, int: true },
    window: { scale: 'log', min: 2, max: 30, int: true },
    decay: { scale: 'linear', min: 0.3, max: 1 },
    negatives: { scale: 'log', min: 5, max: 50, int: true },
    alpha: { scale: 'linear', min: -0.5, max: 1 },
    epochs: { scale: 'log', min: 4, max: 40, int: true },
    learningRate: { scale: 'log', min: 0.005, max: 0.1 },
    dropout: { scale: 'linear', min: 0, max: 0.6 },
  },
  fit(interactions, options, progress) {
    const { items } = interactions;
    const { weights, bias } = negativeWeights(interactions, options.alpha);
    const members = Array.from({ length: options.members }, (_, m) =>
      trainCbow(interactions, weights, { ...options, seed: options.seed + m }, (done, note) =>
        progress((m + done) / options.members, `fit ${m + 1} of ${options.members}, ${note}`),
      ),
    );
    const matrices = joinMembers(members);
    const returns = fitReturns(collectReturns(interactions, matrices, { ...options, bias }));
    progress(1, `${options.epochs} epochs`);
    return writePayload({ ...matrices, ids: items, options, returns, bias });
  },
  foldIn(payload, items, interactions, { seed } = {}) {
    const trained = readPayload(payload);
    const { options, last, earlier, output } = trained;
    const window = createFoldInWindow(trained.ids, items, interactions);
    const { learnt, matrices, ...folded } = foldItems(
      { ...trained, matrices: [last, earlier, output] },
      window,
      {
        alpha: options.alpha,
        seed: seed ?? options.seed,
        createLearner: () => createCbowLearner(trained, window),
      },
    );
    if (learnt.length === 0) return { payload, learnt };
    const [newLast, newEarlier, newOutput] = matrices;
    const rows = { last: newLast, earlier: newEarlier, output: newOutput };
    return { payload: writePayload({ ...trained, ...folded, ...rows }), learnt };
  },
  load(payload, stamp, table) {
    const trained = readPayload(payload);
    const { ids, dimensions, options, returns, bias, last, earlier, output } = trained;
    const { window, decay } = options;
    const items = matchItems(ids, table);
    const clicks: Clicks = { codes: new Int32Array(returnReach), count: 0, decay };
    const inputs = { dimensions, last, earlier };
    let reach = 0;
    const returnOf = new Float32Array(ids.length);
    const setReturns = (on: boolean): void => {
      // The oldest first, so that of equal clicks the latest stays.
      for (let i = reach - 1; i >= 0; i--)
        returnOf[clicks.codes[i]] = on ? returns[returnBucket(i + 1)] : 0;
    };
    return createEmbeddingModel(
      {
        dimensions,
        input: last,
        output,
        bias,
        setContext(query, context) {
          reach = latestClicks(query, items, clicks.codes);
          clicks.count = Math.min(reach, window);
          sumContext(inputs, clicks, context);
          return reach > 0;
        },
        adjust(list, length, logits) {
          setReturns(true);
          for (let i = 0; i < length; i++) {
            const code = items.codeOf(list[i]);
            if (code >= 0) logits[i] += returnOf[code];
          }
          setReturns(false);
        },
      },
      items,
      stamp,
    );
  },
};

interface CbowPayload extends TrainedCbow {
  readonly ids: readonly string[];
  readonly options: CbowOptions;
  readonly returns: Float32Array;
}

function writePayload(trained: CbowPayload): Uint8Array {
  return new PayloadWriter()
    .json(trained.ids)
    .json(trained.options)
    .array(trained.returns)
    .array(trained.bias)
    .array(trained.last)
    .array(trained.earlier)
    .array(trained.output)
    .bytes();
}

function readPayload(payload: Uint8Array): CbowPayload {
  const reader = new PayloadReader(payload);
  const ids = reader.ids('items');
  const options = reader.json('options', schema);
  const dimensions = options.dimensions * options.members;
  const numbers = ids.length * dimensions;
  const returns = reader.float32('return biases', returnBuckets);
  const bias = reader.float32('bias', ids.length);
  const last = reader.float32('vectors of last clicks', numbers);
  const earlier = reader.float32('vectors of earlier clicks', numbers);
  const output = reader.float32('output vectors', numbers);
  reader.end();
  return { ids, options, dimensions, returns, bias, last, earlier, output };
}

/** Puts the vectors of several fits side by side, so that one product is the mean of theirs. */
function joinMembers(members: readonly CbowMatrices[]): CbowMatrices {
  const { dimensions, last } = members[0];
  const width = dimensions * members.length;
  const join = (part: (member: CbowMatrices) => Float32Array, factor: number): Float32Array => {
    const joined = new Float32Array(last.length * members.length);
    for (const [m, member] of members.entries())
      for (let i = 0; i < last.length; i++) {
        const row = Math.floor(i / dimensions);
        joined[row * width + m * dimensions + (i % dimensions)] = part(member)[i] * factor;
      }
    return joined;
  };
  return {
    dimensions: width,
    last: join((member) => member.last, 1),
    earlier: join((member) => member.earlier, 1),
    output: join((member) => member.output, 1 / members.length),
  };
}
