import type { Platt } from '../../math/platt.ts';
import { createRng } from '../../math/rng.ts';
import type { ClickFields } from './click-examples.ts';

/** The size of a click model. */
export interface ClickShape extends ClickFields {
  /** Numbers of an embedding, a multiple of 4. */
  readonly dimensions: number;
  /** Units of each hidden layer, multiples of 8; none is a factorisation machine alone. */
  readonly hidden: readonly number[];
}

/** What is learnt: a factorisation machine, and a network over the embeddings of the fields beside it. */
export interface ClickWeights extends ClickShape {
  readonly bias: number;
  /** A number for each feature. */
  readonly linear: Float32Array;
  /** `dimensions` numbers for each feature, one behind the other. */
  readonly embeddings: Float32Array;
  /** Weights and biases of all layers, as `denseLayers` lays them out. */
  readonly dense: Float32Array;
  /** From the logit to the probability. */
  readonly platt: Platt;
}

/** Where one layer stands among the dense weights. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  /** Place of an `inputs` × `outputs` matrix, row-major. */
  readonly weightsAt: number;
  readonly biasAt: number;
}

/** Columns of the last layer: the first is the logit, the others make a whole block of the kernels. */
export const logitColumns = 8;

/**
 * The layers of a network: the fields one behind the other, the hidden layers, the logit. Empty without hidden layers.
 * Places and the total are multiples of 16 numbers.
 *
 * @example denseLayers({ fields: 2, dimensions: 4, hidden: [8] }).layers.map(({ inputs }) => inputs) // [8, 8]
 */
export function denseLayers({
  fields,
  dimensions,
  hidden,
}: Pick<ClickShape, 'fields' | 'dimensions' | 'hidden'>): {
  readonly layers: readonly DenseLayer[];
  readonly total: number;
} {
  const layers: DenseLayer[] = [];
  if (hidden.length === 0) return { layers, total: 0 };
  let total = 0;
  let inputs = 8 * Math.ceil((fields * dimensions) / 8);
  for (const outputs of [...hidden, logitColumns]) {
    const biasAt = total + 16 * Math.ceil((inputs * outputs) / 16);
    layers.push({ inputs, outputs, weightsAt: total, biasAt });
    total = biasAt + 16 * Math.ceil(outputs / 16);
    inputs = outputs;
  }
  return { layers, total };
}

/** Spread of embeddings before anything is learnt. */
const embeddingSpread = 0.05;

/**
 * Random weights to begin with: embeddings uniform around 0, layers uniform after He et al. (2015), linear weights and
 * biases 0. Inputs that only fill a block begin, and stay, at 0. O(weights).
 */
export function startWeights(shape: ClickShape, seed: number): ClickWeights {
  const { fieldOf, fields, dimensions } = shape;
  const rng = createRng(seed);
  const { layers, total } = denseLayers(shape);
  const dense = new Float32Array(total);
  for (const [l, { inputs, outputs, weightsAt }] of layers.entries()) {
    const used = l === 0 ? fields * dimensions : inputs;
    const columns = l === layers.length - 1 ? 1 : outputs;
    const spread = Math.sqrt((l === layers.length - 1 ? 3 : 6) / used);
    for (let row = 0; row < used; row++)
      for (let column = 0; column < columns; column++)
        dense[weightsAt + row * outputs + column] = spread * (2 * rng.unit() - 1);
  }
  const numbers = fieldOf.length * dimensions;
  return {
    ...shape,
    bias: 0,
    linear: new Float32Array(fieldOf.length),
    embeddings: Float32Array.from(
      { length: numbers },
      () => embeddingSpread * (2 * rng.unit() - 1),
    ),
    dense,
    platt: { slope: 1, offset: 0 },
  };
}
