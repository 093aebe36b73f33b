import { createAliasTable } from '../math/kernels/alias-table.ts';
import type { ItemToLearn } from './fold-in.ts';
import type { FoldInWindow } from './fold-in-window.ts';
import { negativeWeightsOf, trainedCounts } from './item-frequencies.ts';
import { drawBut, type Example, learnVector, meanRow } from './learn-vector.ts';

/** What an `item2vec` learnt, row-major, and the options that a fold-in uses. */
export interface TrainedItem2vec {
  readonly bias: Float32Array;
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly options: {
    readonly dimensions: number;
    readonly window: number;
    readonly direction: 'auto' | 'forwards' | 'both';
    readonly gapDecay: number;
    readonly negatives: number;
    readonly alpha: number;
    readonly epochs: number;
    readonly learningRate: number;
  };
}

/** Pairs of clicks that one vector is learnt from, the last ones. */
const maxPairs = 5000;

/**
 * Makes what learns the input and the output vector of an item, each from the mean of its neighbours' on. The input
 * vector predicts the output vectors of the clicks after the item. The output vector is what the input vectors of the
 * clicks before it predict; other clicks, drawn as often as they came in training, do not.
 */
export function createItem2vecLearner(
  { bias, input, output, options }: TrainedItem2vec,
  window: FoldInWindow,
): (item: ItemToLearn) => readonly [Float32Array, Float32Array] {
  const { dimensions, negatives, alpha } = options;
  const negative = createAliasTable(negativeWeightsOf(bias));
  const click = createAliasTable(trainedCounts(bias, alpha));
  const pairsOf = (item: ItemToLearn, side: -1 | 1): readonly Example[] => {
    const pairs = collectPairs(window, item, { ...options, side });
    if (options.direction !== 'both') return pairs;
    const others = collectPairs(window, item, { ...options, side: side === 1 ? -1 : 1 });
    return [...pairs, ...others].slice(-maxPairs);
  };
  return (item) => {
    const { code, rng, neighbours, drawnPerClick } = item;
    const inputRow = meanRow(input, neighbours, dimensions);
    learnVector(inputRow, pairsOf(item, 1), {
      ...options,
      rows: output,
      draw: (right) => drawBut(right, negative, rng),
      rng,
    });
    const outputRow = meanRow(output, neighbours, dimensions);
    learnVector(outputRow, pairsOf(item, -1), {
      ...options,
      rows: input,
      negatives: negatives * drawnPerClick,
      draw: () => drawBut(code, click, rng),
      rng,
    });
    return [inputRow, outputRow];
  };
}

/** The known items clicked up to `window` clicks before (side -1) or after (side 1) an item. */
function collectPairs(
  { known, offsets, codes }: FoldInWindow,
  { code, sessions }: ItemToLearn,
  { window, gapDecay, side }: { window: number; gapDecay: number; side: -1 | 1 },
): readonly Example[] {
  const pairs: Example[] = [];
  for (const session of sessions)
    for (let at = offsets[session]; at < offsets[session + 1]; at++) {
      if (codes[at] !== code) continue;
      for (let gap = 1; gap <= window; gap++) {
        const other = at + side * gap;
        if (other < offsets[session] || other >= offsets[session + 1]) break;
        if (codes[other] === code || codes[other] >= known) continue;
        pairs.push({ right: codes[other], weight: gapDecay ** (gap - 1) });
      }
    }
  return pairs.slice(-maxPairs);
}
