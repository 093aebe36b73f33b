import { createRng, type Rng } from '../math/rng.ts';
import { type FoldInWindow, findOccurrences, type Occurrences } from './fold-in-window.ts';
import { createFrequencies } from './item-frequencies.ts';
import { withoutPadding } from './negative-sampling.ts';

/** A trained model taken apart: each of its matrices has a row of `dimensions` numbers for each id. */
export interface FrozenModel {
  readonly ids: readonly string[];
  /** alpha · ln count of each id. */
  readonly bias: Float32Array;
  readonly dimensions: number;
  readonly matrices: readonly Float32Array[];
}

/** One item that is to be learnt. */
export interface ItemToLearn extends Occurrences {
  readonly code: number;
  /** How many times the item is drawn as a negative for each time that it is clicked, at one negative a click. */
  readonly drawnPerClick: number;
  readonly rng: Rng;
}

/** How a kind of model learns one item. */
export interface FoldInMethod {
  /** Negatives are drawn in proportion to count^alpha. */
  readonly alpha: number;
  readonly seed: number;
  /** Called once, when there is something to learn; what it makes answers a row for each matrix. */
  readonly createLearner: () => (item: ItemToLearn) => readonly Float32Array[];
}

/**
 * Learns the rows of single items from the sessions in which they occur, all other rows frozen (fold-in). Each item
 * is learnt against the model as it was, whatever is learnt beside it. An item that is never clicked next to another
 * one that the model knows stays as it is, or out; new ones are appended. `learnt` names those that were learnt.
 * Throws `SL_MODEL_CORRUPT`, and `SL_TRAINING_FAILED` when a row is no number. O(size of the model + items · cost of
 * learning one).
 *
 * @example foldItems(model, createFoldInWindow(model.ids, ['C'], interactions), method).learnt // ['C']
 */
export function foldItems(
  model: FrozenModel,
  window: FoldInWindow,
  { alpha, seed, createLearner }: FoldInMethod,
): FrozenModel & { readonly learnt: readonly string[] } {
  const found = findOccurrences(window);
  const asked = [...window.asked].filter(([, code]) => found.get(code)!.neighbours.length > 0);
  if (asked.length === 0) return { ...model, learnt: [] };
  const frequencyOf = createFrequencies(model.bias, alpha, window);
  const learn = createLearner();
  const learnt = asked.map(([id, code]) => {
    const item = found.get(code)!;
    const { bias, drawnPerClick } = frequencyOf(code, item);
    return { id, code, bias, rows: learn({ ...item, code, drawnPerClick, rng: createRng(seed) }) };
  });
  return { ...placeRows(model, learnt), learnt: learnt.map(({ id }) => id) };
}

interface LearntItem {
  readonly id: string;
  readonly code: number;
  readonly bias: number;
  readonly rows: readonly Float32Array[];
}

/** Puts rows in the place of those that were there, and those of new items behind them. */
function placeRows(model: FrozenModel, learnt: readonly LearntItem[]): FrozenModel {
  const { ids, dimensions } = model;
  const added = learnt.filter(({ code }) => code >= ids.length);
  const size = ids.length + added.length;
  const bias = new Float32Array(size);
  bias.set(model.bias);
  bias.set(
    added.map((item) => item.bias),
    ids.length,
  );
  const matrices = model.matrices.map((matrix, m) => {
    const placed = new Float32Array(size * dimensions);
    placed.set(matrix);
    for (const item of learnt) {
      const row = item.code < ids.length ? item.code : ids.length + added.indexOf(item);
      const values = withoutPadding(item.rows[m], 1, { dimensions, stride: dimensions });
      placed.set(values, row * dimensions);
    }
    return placed;
  });
  return { ids: [...ids, ...added.map(({ id }) => id)], bias, dimensions, matrices };
}
