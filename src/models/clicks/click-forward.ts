import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import type { ClickExamples } from './click-examples.ts';
import {
  type ClickShape,
  type ClickWeights,
  type DenseLayer,
  denseLayers,
} from './click-weights.ts';

/** Examples in the memory of a crew. */
export interface LoadedExamples {
  readonly offsets: Block<Uint32Array>;
  readonly codes: Block<Uint32Array>;
  readonly values: Block<Float32Array>;
}

/** A layer of the network with the numbers that a batch makes there. */
export interface LoadedLayer extends DenseLayer {
  /** Addresses in bytes. */
  readonly weights: number;
  readonly bias: number;
  /** Of the layer before, or the embeddings of the fields: a row for each of the batch. */
  readonly input: Block<Float32Array>;
  readonly output: Block<Float32Array>;
}

/** How units are dropped out. */
export interface Dropout {
  /** Share, 0 to below 1. */
  readonly share: number;
  readonly seed: number;
}

/** Weights in the memory of a crew, and the way from examples to logits. */
export interface ClickForward {
  readonly batchRows: number;
  readonly fieldOf: Block<Uint32Array>;
  readonly linear: Block<Float32Array>;
  readonly embeddings: Block<Float32Array>;
  readonly dense: Block<Float32Array>;
  readonly layers: readonly LoadedLayer[];
  /** Sum of the embeddings of each row. */
  readonly sums: Block<Float32Array>;
  /** Logits of the last batch, without the bias. */
  readonly logits: Block<Float32Array>;
  /**
   * Works out the logits of `count` rows, at most `batchRows`; `rows` is the address of their example numbers.
   * O(count · (features + weights of the network)).
   */
  run(examples: LoadedExamples, rows: number, count: number, dropout?: Dropout): void;
  /** The factorisation machine alone: writes its logits, and the input of the network. */
  runFactors(examples: LoadedExamples, rows: number, count: number): void;
  /** The network alone, from what stands in the first layer's input, or output with `from` 1. */
  runLayers(count: number, options?: { readonly from?: number; readonly dropout?: Dropout }): void;
}

/** Rows that a thread takes at a time: enough that packing the other factor costs little. */
export const gemmChunk = 64;

/** Bytes that `createClickForward` takes of a crew. */
export function forwardBytes(shape: ClickShape, batchRows: number): number {
  const { fieldOf, dimensions } = shape;
  const { layers, total } = denseLayers(shape);
  const widths = layers.reduce((sum, { outputs }) => sum + outputs, layers[0]?.inputs ?? 0);
  const numbers = fieldOf.length * (dimensions + 2) + total + batchRows * (widths + dimensions + 1);
  return 4 * numbers + 64 * (layers.length + 8);
}

/** Bytes that `loadExamples` takes of a crew. */
export function examplesBytes({ offsets, codes }: ClickExamples): number {
  return 4 * (offsets.length + 2 * codes.length) + 3 * 64;
}

/** Copies examples to where the kernels see them. Throws RangeError when the memory is used up. */
export function loadExamples(crew: Crew, examples: ClickExamples): LoadedExamples {
  return {
    offsets: crew.copyCodes(examples.offsets),
    codes: crew.copyCodes(examples.codes),
    values: crew.copy(examples.values),
  };
}

/** Copies weights to where the kernels see them. Throws RangeError when the memory is used up. */
export function createClickForward(
  crew: Crew,
  weights: ClickWeights,
  batchRows: number,
): ClickForward {
  const { dimensions } = weights;
  const fieldOf = crew.copyCodes(weights.fieldOf);
  const linear = crew.copy(weights.linear);
  const embeddings = crew.copy(weights.embeddings);
  const dense = crew.copy(weights.dense);
  const sums = crew.float32(batchRows * dimensions);
  const logits = crew.float32(batchRows);
  const layers = loadLayers(crew, weights, dense.address, batchRows);
  const forward: ClickForward = {
    ...{ batchRows, fieldOf, linear, embeddings, dense, layers, sums, logits },
    runFactors(examples, rows, count) {
      const [first] = layers;
      crew.run('fmForward', { count }, [
        ...([rows, examples.offsets.address, examples.codes.address] as const),
        ...([examples.values.address, fieldOf.address, embeddings.address] as const),
        ...([4 * dimensions, linear.address, sums.address] as const),
        ...([first?.input.address ?? 0, 4 * (first?.inputs ?? 0), logits.address] as const),
      ]);
    },
    run(examples, rows, count, dropout) {
      forward.runFactors(examples, rows, count);
      forward.runLayers(count, dropout && { dropout });
      const last = layers.at(-1);
      if (last === undefined) return;
      for (let row = 0; row < count; row++)
        logits.values[row] += last.output.values[row * last.outputs];
    },
    runLayers(count, { from = 0, dropout } = {}) {
      for (const [l, layer] of layers.entries()) {
        if (l >= from) multiplyLayer(crew, layer, count);
        if (l < layers.length - 1) rectify(crew, layer, count, dropout, l);
      }
    },
  };
  return forward;
}

function loadLayers(
  crew: Crew,
  weights: ClickWeights,
  address: number,
  batchRows: number,
): readonly LoadedLayer[] {
  const { layers } = denseLayers(weights);
  if (layers.length === 0) return [];
  let input = crew.float32(batchRows * layers[0].inputs);
  return layers.map((layer) => {
    const loaded = {
      ...layer,
      weights: address + 4 * layer.weightsAt,
      bias: address + 4 * layer.biasAt,
      input,
      output: crew.float32(batchRows * layer.outputs),
    };
    input = loaded.output;
    return loaded;
  });
}

/** Writes input · weights + bias of the first `count` rows into the output of a layer. */
export function multiplyLayer(crew: Crew, layer: LoadedLayer, count: number): void {
  const { inputs, outputs, weights, bias, input, output } = layer;
  crew.run('fillRows', { count }, [bias, output.address, 4 * outputs]);
  crew.run('gemm', { count, chunk: gemmChunk }, [
    ...([input.address, 4 * inputs, 4, weights, 4 * outputs] as const),
    ...([output.address, 4 * outputs, inputs, outputs] as const),
  ]);
}

function rectify(
  crew: Crew,
  { output, outputs }: LoadedLayer,
  count: number,
  { share, seed }: Dropout = { share: 0, seed: 0 },
  layer: number,
): void {
  crew.run('rectify', { count }, [
    ...([output.address, 4 * outputs, Math.floor(share * 2 ** 32)] as const),
    ...([1 / (1 - share), (seed + 0x9e3779b9 * (layer + 1)) >>> 0] as const),
  ]);
}
