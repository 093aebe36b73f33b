import type { Rng } from '../../math/rng.ts';
import type { SparseMatrix } from '../../math/sparse.ts';
import { createAdam } from './adam.ts';
import { createCases } from './draw-cases.ts';
import type { ImportanceWalks } from './importance-walks.ts';
import type { ItemTower } from './item-tower.ts';
import { distil, type SoftmaxLoss } from './losses.ts';

/** How a tower is trained. */
export interface TowerTraining {
  readonly epochs: number;
  /** Steps on the same neighbours; each has other items that it takes for new. */
  readonly stepsPerEpoch: number;
  readonly learningRate: number;
  readonly clipNorm: number;
  /** Pull of all weights to 0, beside the mean loss. */
  readonly l2: number;
  /** Chance that an item is taken for a new one in a step: nothing is known of it but attributes. */
  readonly idDropout: number;
  /** Cases of the softmax in a step. */
  readonly batch: number;
  readonly softmaxWeight: number;
  readonly scale: number;
}

/** What a tower is trained on. */
export interface TowerLesson {
  readonly userItems: SparseMatrix;
  /** Unit vectors of the items with interactions, row-major; zeros where nothing is taught. */
  readonly taught: Float32Array;
  /** Neighbours of items by all ties, drawn anew each epoch. */
  readonly walks: ImportanceWalks;
  /** Neighbours of new items, by attributes: rows sum to 1. */
  readonly alike: SparseMatrix;
  readonly softmax: SoftmaxLoss;
}

/**
 * Trains a tower to tell from attributes and neighbours what is taught, and which item a user wants. In each step
 * some items are taken for new: their own vector and their ties to users are left out, so that the network learns to
 * do without (DropoutNet: Volkovs et al. 2017). At the end it has worked out all items with what is known of them.
 */
export function trainTower(
  tower: ItemTower,
  lesson: TowerLesson,
  options: TowerTraining & {
    readonly rng: Rng;
    readonly progress: (done: number, note: string) => void;
  },
): void {
  const { userItems, taught, walks, alike, softmax } = lesson;
  const { dimensions } = tower.outputs;
  const { rng, epochs, stepsPerEpoch } = options;
  const items = tower.outputs.value.rows;
  const isNew = new Uint8Array(items).fill(1, userItems.columns);
  const known = new Float32Array(items * dimensions);
  const weights = lessonWeights(userItems, taught, dimensions);
  const adam = createAdam(tower.parameters, options);
  const draw = createCases(userItems, taught, dimensions);
  const prepare = (all: SparseMatrix): void => {
    known.set(taught);
    for (let item = 0; item < userItems.columns; item++)
      if (isNew[item] === 1) known.fill(0, item * dimensions, (item + 1) * dimensions);
    tower.listen(eitherRows(all, alike, isNew));
    tower.forward(known);
  };
  const total = epochs * stepsPerEpoch;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const neighbours = walks.sample(rng);
    for (let step = 0; step < stepsPerEpoch; step++) {
      for (let item = 0; item < userItems.columns; item++)
        isNew[item] = Number(rng.unit() < options.idDropout);
      prepare(neighbours);
      tower.outputs.gradient.values.fill(0);
      const distance = distil(tower.outputs, { vectors: taught, weights });
      const batch = draw(rng, options.batch, isNew);
      const surprise =
        batch.wanted.length < 2 ? 0 : softmax(batch, { ...options, weight: options.softmaxWeight });
      tower.backward();
      const done = (epoch * stepsPerEpoch + step + 1) / total;
      adam.step(options.learningRate * (1 - 0.95 * done));
      if (step === stepsPerEpoch - 1)
        options.progress(
          done,
          `epoch ${epoch + 1} of ${epochs}, distance ${distance.toFixed(3)}, surprise ${surprise.toFixed(3)}`,
        );
    }
  }
  isNew.fill(0, 0, userItems.columns);
  prepare(walks.sample(rng));
}

/** Items that few had teach little: n / (n + 5); those that are not taught, nothing. */
function lessonWeights(
  { columns, codes }: SparseMatrix,
  taught: Float32Array,
  dimensions: number,
): Float32Array {
  const weights = new Float32Array(columns);
  for (const code of codes) weights[code] += 1;
  for (let item = 0; item < columns; item++) {
    const own = taught.subarray(item * dimensions, (item + 1) * dimensions);
    weights[item] = own.some((value) => value !== 0) ? weights[item] / (weights[item] + 5) : 0;
  }
  return weights;
}

/** Each row from one of two matrices. */
function eitherRows(
  first: SparseMatrix,
  second: SparseMatrix,
  takesSecond: Uint8Array,
): SparseMatrix {
  const offsets = new Uint32Array(first.rows + 1);
  const codes = new Uint32Array(first.codes.length + second.codes.length);
  const values = new Float32Array(codes.length);
  let end = 0;
  for (let row = 0; row < first.rows; row++) {
    const from = takesSecond[row] === 1 ? second : first;
    for (let at = from.offsets[row]; at < from.offsets[row + 1]; at++) {
      codes[end] = from.codes[at];
      values[end++] = from.values[at];
    }
    offsets[row + 1] = end;
  }
  return { ...first, offsets, codes: codes.subarray(0, end), values: values.subarray(0, end) };
}
