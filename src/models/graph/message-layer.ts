import type { Crew } from '../../math/kernels/crew/crew.ts';
import {
  addProduct,
  addTurnedProduct,
  type DenseBlock,
  denseBlock,
  multiplySparse,
  type SparseBlock,
  turn,
} from './matrices.ts';

/** What a layer makes of what it added up. */
export type Activation = 'relu' | 'tanh' | 'none';

/** The shape of a layer; widths are multiples of 16. */
export interface LayerShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  /** `identity`: neighbours are added up and nothing else, as in LightGCN; widths are equal and nothing is learnt. */
  readonly weights: 'learnt' | 'identity';
}

/** A graph in both directions: row v of `forth` holds the neighbours that node v listens to. */
export interface Neighbourhood {
  readonly forth: SparseBlock;
  readonly back: SparseBlock;
}

/** A matrix that is learnt, and how the loss changes with it. */
export interface Parameter {
  readonly value: DenseBlock;
  readonly gradient: DenseBlock;
}

/** One round of messages between neighbours. */
export interface MessageLayer {
  readonly output: DenseBlock;
  /** How the loss changes with the output; `backward` uses it up. */
  readonly outputGradient: DenseBlock;
  readonly parameters: readonly Parameter[];
  forward(): void;
  /** From the gradient of the output to those of parameters (added) and of the input (written). */
  backward(): void;
}

/** What a layer listens to. */
export interface LayerInput {
  readonly value: DenseBlock;
  readonly gradient: DenseBlock;
}

/**
 * Makes a layer H' = activation(H · self + (A · H) · neighbour + bias), GraphSAGE's (Hamilton et al. 2017) with weighted
 * means; with identity weights H' = A · H, LightGCN's (He et al. 2020). O(edges · inputs + nodes · inputs · outputs),
 * forwards and twice that backwards.
 */
export function createMessageLayer(
  crew: Crew,
  {
    input,
    around,
    shape,
  }: {
    readonly input: LayerInput;
    readonly around: Neighbourhood;
    readonly shape: LayerShape;
  },
): MessageLayer {
  const nodes = input.value.rows;
  const block = (rows: number, columns: number) => denseBlock(crew, rows, columns);
  const [output, outputGradient] = [block(nodes, shape.outputs), block(nodes, shape.outputs)];
  if (shape.weights === 'identity')
    return {
      output,
      outputGradient,
      parameters: [],
      forward: () => multiplySparse(crew, around.forth, { dense: input.value, out: output }),
      backward: () =>
        multiplySparse(crew, around.back, { dense: outputGradient, out: input.gradient }),
    };
  const parameter = (rows: number): Parameter => ({
    value: block(rows, shape.outputs),
    gradient: block(rows, shape.outputs),
  });
  const [self, neighbour, bias] = [shape.inputs, shape.inputs, 1].map(parameter);
  const messages = block(nodes, shape.inputs);
  const messageGradient = block(nodes, shape.inputs);
  const turned = block(shape.outputs, shape.inputs);
  return {
    output,
    outputGradient,
    parameters: [self, neighbour, bias],
    forward() {
      multiplySparse(crew, around.forth, { dense: input.value, out: messages });
      for (let node = 0; node < nodes; node++)
        output.values.set(bias.value.values, node * shape.outputs);
      addProduct(crew, { a: input.value, b: self.value, out: output });
      addProduct(crew, { a: messages, b: neighbour.value, out: output });
      activate(output.values, shape.activation);
    },
    backward() {
      deactivate(output.values, outputGradient.values, shape.activation);
      addTurnedProduct(crew, { a: input.value, b: outputGradient, out: self.gradient });
      addTurnedProduct(crew, { a: messages, b: outputGradient, out: neighbour.gradient });
      addRows(outputGradient, bias.gradient.values);
      messageGradient.values.fill(0);
      turn(neighbour.value, turned);
      addProduct(crew, { a: outputGradient, b: turned, out: messageGradient });
      multiplySparse(crew, around.back, { dense: messageGradient, out: input.gradient });
      turn(self.value, turned);
      addProduct(crew, { a: outputGradient, b: turned, out: input.gradient });
    },
  };
}

function activate(values: Float32Array, activation: Activation): void {
  if (activation === 'relu')
    for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]);
  if (activation === 'tanh')
    for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i]);
}

/** From the gradient of the output to that of what went into the activation, which the output tells. */
function deactivate(output: Float32Array, gradient: Float32Array, activation: Activation): void {
  if (activation === 'relu')
    for (let i = 0; i < output.length; i++) if (output[i] <= 0) gradient[i] = 0;
  if (activation === 'tanh')
    for (let i = 0; i < output.length; i++) gradient[i] *= 1 - output[i] * output[i];
}

function addRows({ values, columns }: DenseBlock, sums: Float32Array): void {
  const totals = new Float64Array(columns);
  for (let i = 0; i < values.length; i += columns)
    for (let column = 0; column < columns; column++) totals[column] += values[i + column];
  for (let column = 0; column < columns; column++) sums[column] += totals[column];
}
