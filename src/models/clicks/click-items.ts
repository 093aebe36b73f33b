import { SightlineError } from '../../domain/errors.ts';
import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import { createVectorTable, type VectorTable } from '../../math/kernels/vector-table.ts';
import type { ItemCodes } from '../item-codes.ts';
import type { ClickFeatures } from './click-features.ts';
import { type ClickForward, multiplyLayer } from './click-forward.ts';

/** What is worked out once of the items of a click model. */
export interface ClickItems {
  /** By dense index: the sum of the embeddings of an item, and behind it the part of the logit that is its own. */
  readonly factors: VectorTable;
  /** By dense index: the sums as unit vectors. */
  readonly vectors: VectorTable;
  /** By dense index: lengths of the sums. */
  readonly norms: Float32Array;
  /** By code: what the item brings to the first layer; absent without a network. */
  readonly firstLayer: Block<Float32Array> | undefined;
}

/** Logit of items that have no features: no opinion. */
export const unknownLogit = -1e9;

/** Bytes of a crew that `createClickItems` takes. */
export function clickItemsBytes({ itemRows, items }: ClickFeatures, firstOutputs: number): number {
  const { offsets, codes } = itemRows;
  return 4 * (offsets.length + 2 * codes.length + items.length * (1 + firstOutputs)) + 5 * 64;
}

/**
 * Works the side of the items out with the kernels of training. `ownLogits` is added to the own part, by code. Throws
 * `SL_MODEL_CORRUPT` when something is not finite. O(features of items · dimensions + items · first layer).
 */
export function createClickItems(
  crew: Crew,
  {
    forward,
    features,
    codes,
    ownLogits,
  }: {
    forward: ClickForward;
    features: ClickFeatures;
    codes: ItemCodes;
    ownLogits: Float32Array;
  },
): ClickItems {
  const { itemRows, items } = features;
  const dimensions = forward.sums.values.length / forward.batchRows;
  const rows = Math.max(1, codes.size);
  const factors = createVectorTable(rows, dimensions + 1);
  const vectors = createVectorTable(rows, dimensions);
  const norms = new Float32Array(codes.size);
  const row = new Float32Array(dimensions + 1);
  row[dimensions] = unknownLogit;
  for (let index = 0; index < rows; index++) factors.setRow(index, row);
  const loaded = {
    offsets: crew.copyCodes(itemRows.offsets),
    codes: crew.copyCodes(itemRows.codes),
    values: crew.copy(itemRows.values),
  };
  const order = crew.copyCodes(Uint32Array.from(items, (_, code) => code));
  const [layer] = forward.layers;
  const firstLayer = layer && crew.float32(items.length * layer.outputs);
  for (let from = 0; from < items.length; from += forward.batchRows) {
    const count = Math.min(forward.batchRows, items.length - from);
    forward.runFactors(loaded, order.address + 4 * from, count);
    if (layer !== undefined && firstLayer !== undefined) {
      multiplyLayer(crew, layer, count);
      firstLayer.values.set(
        layer.output.values.subarray(0, count * layer.outputs),
        from * layer.outputs,
      );
    }
    for (let i = 0; i < count; i++) {
      const dense = codes.denseOf[from + i];
      if (dense < 0 || itemRows.offsets[from + i] === itemRows.offsets[from + i + 1]) continue;
      const vector = forward.sums.values.subarray(i * dimensions, (i + 1) * dimensions);
      row.set(vector);
      row[dimensions] = forward.logits.values[i] + ownLogits[from + i];
      norms[dense] = Math.hypot(...vector);
      if (!(row.every(Number.isFinite) && Number.isFinite(norms[dense])))
        throw new SightlineError(
          'SL_MODEL_CORRUPT',
          'click model makes numbers that are not finite',
        );
      factors.setRow(dense, row);
      if (norms[dense] > 0)
        vectors.setRow(
          dense,
          Float32Array.from(vector, (value) => value / norms[dense]),
        );
    }
  }
  return { factors, vectors, norms, firstLayer };
}
