import type { Crew } from '../../math/kernels/crew/crew.ts';
import { createRng } from '../../math/rng.ts';
import { type SparseMatrix, transpose } from '../../math/sparse.ts';
import type { ItemFeatures } from './item-features.ts';
import type { Outputs } from './losses.ts';
import { denseBlock, multiplySparse, sparseBlock } from './matrices.ts';
import type { Activation, LayerShape, Parameter } from './message-layer.ts';
import { createMessageNetwork } from './message-network.ts';
import { textSeed } from './text-seed.ts';

/** The shape of a tower; widths are multiples of 16. */
export interface TowerShape {
  readonly items: number;
  readonly dimensions: number;
  /** Widths of the layers before the last. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Neighbours that an item listens to at most. */
  readonly neighbours: number;
  readonly seed: number;
}

/** A network from what is known of items, and from their neighbours, to their vectors. */
export interface ItemTower {
  readonly outputs: Outputs;
  readonly parameters: readonly Parameter[];
  /** Whom each item listens to. */
  listen(neighbours: SparseMatrix): void;
  /** Works out all outputs; `known` has a row of `dimensions` for each item, zeros where nothing is known of it. */
  forward(known: Float32Array): void;
  /** From the gradient of the outputs to those of the parameters. */
  backward(): void;
}

/** Columns of an output behind the vector: the bias, and nothing up to a multiple of 16. */
const biasColumns = 16;

/**
 * Makes a tower: features times their vectors beside what is known go into layers of messages. The vector of a feature
 * begins as a short random one that its name alone decides, so an unchanged catalogue begins alike in every training.
 */
export function createItemTower(crew: Crew, features: ItemFeatures, shape: TowerShape): ItemTower {
  const { items, dimensions, neighbours } = shape;
  const around = {
    forth: sparseBlock(crew, items, items * neighbours),
    back: sparseBlock(crew, items, items * neighbours),
  };
  const network = createMessageNetwork(crew, {
    nodes: items,
    around,
    layers: layersOf(shape),
    readout: 'last',
  });
  const embedding: Parameter = {
    value: denseBlock(crew, features.matrix.columns, dimensions),
    gradient: denseBlock(crew, features.matrix.columns, dimensions),
  };
  const [forth, back] = [features.matrix, transpose(features.matrix)].map((matrix) => {
    const block = sparseBlock(crew, matrix.rows, matrix.codes.length);
    block.set(matrix);
    return block;
  });
  const content = denseBlock(crew, items, dimensions);
  setUp(embedding, network.parameters, features.names, shape.seed);
  const { value, gradient } = network.input;
  return {
    outputs: { value: network.output, gradient: network.outputGradient, dimensions },
    parameters: [embedding, ...network.parameters],
    listen(matrix) {
      around.forth.set(matrix);
      around.back.set(transpose(matrix));
    },
    forward(known) {
      multiplySparse(crew, forth, { dense: embedding.value, out: content });
      for (let item = 0; item < items; item++) {
        const at = item * dimensions;
        value.values.set(content.values.subarray(at, at + dimensions), 2 * at);
        value.values.set(known.subarray(at, at + dimensions), 2 * at + dimensions);
      }
      network.forward();
    },
    backward() {
      network.backward();
      for (let item = 0; item < items; item++) {
        const at = item * dimensions;
        content.values.set(gradient.values.subarray(2 * at, 2 * at + dimensions), at);
      }
      multiplySparse(crew, back, { dense: content, out: embedding.gradient });
    },
  };
}

function layersOf({ dimensions, hidden, activation }: TowerShape): LayerShape[] {
  const widths = [2 * dimensions, ...hidden, dimensions + biasColumns];
  return widths.slice(1).map((outputs, layer) => ({
    inputs: widths[layer],
    outputs,
    activation: layer < hidden.length ? activation : 'none',
    weights: 'learnt',
  }));
}

/** Weights as Glorot & Bengio 2010 have them; biases stay 0. */
function setUp(
  embedding: Parameter,
  weights: readonly Parameter[],
  names: readonly string[],
  seed: number,
): void {
  const width = embedding.value.columns;
  for (const [feature, name] of names.entries()) {
    const rng = createRng(seed ^ textSeed(name));
    for (let d = 0; d < width; d++)
      embedding.value.values[feature * width + d] =
        0.1 * (2 * rng.unit() - 1) * Math.sqrt(3 / width);
  }
  const rng = createRng(seed);
  for (const { value } of weights) {
    if (value.rows === 1) continue;
    const bound = Math.sqrt(6 / (value.rows + value.columns));
    for (let i = 0; i < value.values.length; i++) value.values[i] = (2 * rng.unit() - 1) * bound;
  }
}

/** Bytes of a crew that a tower takes. */
export function itemTowerBytes(features: SparseMatrix, shape: TowerShape): number {
  const { items, dimensions, neighbours } = shape;
  const layers = layersOf(shape);
  const layerNumbers = layers.map(
    ({ inputs, outputs }) => items * 2 * (inputs + outputs) + 5 * inputs * outputs + 4 * outputs,
  );
  const numbers =
    layerNumbers.reduce((sum, count) => sum + count, 0) +
    4 * items * (neighbours + 1) +
    items * 5 * dimensions +
    2 * features.columns * dimensions +
    4 * features.codes.length +
    2 * (features.rows + features.columns);
  return 4 * numbers + 64 * 1024;
}
