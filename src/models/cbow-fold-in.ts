import { createAliasTable } from '../math/kernels/alias-table.ts';
import type { CbowMatrices } from './cbow-training.ts';
import type { ItemToLearn } from './fold-in.ts';
import type { FoldInWindow } from './fold-in-window.ts';
import { negativeWeightsOf } from './item-frequencies.ts';
import { drawBut, type Example, learnVector, meanRow } from './learn-vector.ts';

/** What a `cbow` learnt, its members side by side, and the options that a fold-in uses. */
export interface TrainedCbow extends CbowMatrices {
  readonly bias: Float32Array;
  readonly options: {
    readonly members: number;
    readonly window: number;
    readonly decay: number;
    readonly negatives: number;
    readonly epochs: number;
    readonly learningRate: number;
  };
}

/** Clicks that one vector is learnt from, the last ones. */
const maxExamples = 2000;
/** Clicks on other items whose contexts are negatives. */
const maxOthers = 2000;

/**
 * Makes what learns the vectors of an item, each from the mean of its neighbours' on. Its vector as the last click
 * predicts the click after it, together with those before. Its output vector is what the clicks before it predict;
 * those before clicks on other items do not. Its vector as an earlier click stays the mean: on the demo data,
 * learning it changes next to nothing. Members are learnt as one, side by side.
 */
export function createCbowLearner(
  model: TrainedCbow,
  window: FoldInWindow,
): (item: ItemToLearn) => readonly [Float32Array, Float32Array, Float32Array] {
  const { dimensions, last, earlier, output, bias, options } = model;
  const { epochs, negatives, learningRate, members } = options;
  const negative = createAliasTable(negativeWeightsOf(bias));
  const readContext = createContextReader(model, window);
  return (item) => {
    const { code, neighbours, drawnPerClick, rng } = item;
    const { asLast, asTarget } = collectExamples(window, item, readContext);
    const lastRow = meanRow(last, neighbours, dimensions);
    learnVector(lastRow, asLast, {
      rows: output,
      epochs,
      // Logits, and with them gradients, are means over members; each is to learn at the rate it was trained at.
      learningRate: learningRate * members,
      negatives,
      draw: (right) => drawBut(right, negative, rng),
      rng,
    });
    const outputRow = meanRow(output, neighbours, dimensions);
    const others = collectOthers(window, code, readContext);
    const examples = asTarget.map((_, right) => ({ right, weight: 1 }));
    learnVector(outputRow, examples, {
      rows: joinRows([...asTarget, ...others], dimensions),
      epochs,
      // An output row is its members' over their number.
      learningRate: learningRate / members,
      negatives: negatives * drawnPerClick,
      draw: () => (others.length > 0 ? asTarget.length + rng.below(others.length) : -1),
      rng,
    });
    return [lastRow, meanRow(earlier, neighbours, dimensions), outputRow];
  };
}

/** The known clicks before a click, without those on the item that is learnt. */
interface Context {
  readonly count: number;
  /** What their vectors add up to, as `sumContext` does. */
  readonly sum: Float32Array;
  /** Whether the last click of all is on the item that is learnt. */
  readonly afterItem: boolean;
}

/** Reads the context of event `at` of a session that begins at `start`. */
type ReadContext = (at: number, start: number, code: number) => Context;

function createContextReader(
  { dimensions, last, earlier, options }: TrainedCbow,
  { known, codes }: FoldInWindow,
): ReadContext {
  const { window, decay } = options;
  return (at, start, code) => {
    const sum = new Float32Array(dimensions);
    let count = 0;
    let afterItem = false;
    for (let before = at - 1, place = 0; before >= start && place < window; before--) {
      const click = codes[before];
      if (click === code) afterItem ||= place === 0;
      else if (click >= known) continue;
      else {
        const rows = place === 0 ? last : earlier;
        const weight = decay ** place;
        for (let d = 0; d < dimensions; d++) sum[d] += weight * rows[click * dimensions + d];
        count += 1;
      }
      place += 1;
    }
    return { count, sum, afterItem };
  };
}

/** The clicks just after the item, and the contexts of the clicks on it. */
function collectExamples(
  { known, offsets, codes }: FoldInWindow,
  { code, sessions }: ItemToLearn,
  readContext: ReadContext,
): { readonly asLast: readonly Example[]; readonly asTarget: readonly Float32Array[] } {
  const asLast: Example[] = [];
  const asTarget: Float32Array[] = [];
  for (const session of sessions)
    for (let at = offsets[session] + 1; at < offsets[session + 1]; at++) {
      const { count, sum, afterItem } = readContext(at, offsets[session], code);
      if (codes[at] === code) {
        if (count > 0) asTarget.push(sum);
      } else if (afterItem && codes[at] < known)
        asLast.push({ right: codes[at], weight: 1, beside: sum });
    }
  return { asLast: asLast.slice(-maxExamples), asTarget: asTarget.slice(-maxExamples) };
}

/** Contexts of clicks on other items, spread evenly over the window. */
function collectOthers(
  { offsets, codes }: FoldInWindow,
  code: number,
  readContext: ReadContext,
): readonly Float32Array[] {
  const step = Math.ceil(codes.length / maxOthers);
  const others: Float32Array[] = [];
  let seen = 0;
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session] + 1; at < offsets[session + 1]; at++) {
      if (codes[at] === code || seen++ % step !== 0) continue;
      const { count, sum } = readContext(at, offsets[session], code);
      if (count > 0) others.push(sum);
    }
  return others;
}

function joinRows(rows: readonly Float32Array[], dimensions: number): Float32Array {
  const joined = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries()) joined.set(row, i * dimensions);
  return joined;
}
