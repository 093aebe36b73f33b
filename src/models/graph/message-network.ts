import type { Crew } from '../../math/kernels/crew/crew.ts';
import { type DenseBlock, denseBlock } from './matrices.ts';
import {
  createMessageLayer,
  type LayerInput,
  type LayerShape,
  type MessageLayer,
  type Neighbourhood,
  type Parameter,
} from './message-layer.ts';

/** Layers of messages, one on the other. */
export interface MessageNetwork {
  readonly input: LayerInput;
  readonly output: DenseBlock;
  /** How the loss changes with the output; to be written before `backward`. */
  readonly outputGradient: DenseBlock;
  readonly parameters: readonly Parameter[];
  forward(): void;
  /** Adds to the gradients of the parameters and writes that of the input. */
  backward(): void;
}

/** What a network tells: its last layer, or the mean of its input and all layers, which must be of one width. */
export type Readout = 'last' | 'mean';

/**
 * Makes a network over nodes with `layers[0].inputs` numbers each. Identity layers without activation and the readout
 * `mean` on a symmetrically normalised graph are LightGCN (He et al. 2020).
 */
export function createMessageNetwork(
  crew: Crew,
  {
    nodes,
    around,
    layers,
    readout,
  }: {
    readonly nodes: number;
    readonly around: Neighbourhood;
    readonly layers: readonly LayerShape[];
    readonly readout: Readout;
  },
): MessageNetwork {
  const width = layers[0].inputs;
  const input = {
    value: denseBlock(crew, nodes, width),
    gradient: denseBlock(crew, nodes, width),
  };
  const made: MessageLayer[] = [];
  let below: LayerInput = input;
  for (const shape of layers) {
    const layer = createMessageLayer(crew, { input: below, around, shape });
    made.push(layer);
    below = { value: layer.output, gradient: layer.outputGradient };
  }
  const parameters = made.flatMap((layer) => layer.parameters);
  const last = made[made.length - 1];
  const upwards = (): void => {
    for (const layer of made) layer.forward();
  };
  const downwards = (): void => {
    for (const layer of made.toReversed()) layer.backward();
  };
  if (readout === 'last')
    return {
      input,
      output: last.output,
      outputGradient: last.outputGradient,
      parameters,
      forward: upwards,
      backward: downwards,
    };
  const output = denseBlock(crew, nodes, width);
  const outputGradient = denseBlock(crew, nodes, width);
  const share = 1 / (made.length + 1);
  const addShare = (from: DenseBlock, to: DenseBlock): void => {
    for (let i = 0; i < to.values.length; i++) to.values[i] += share * from.values[i];
  };
  return {
    input,
    output,
    outputGradient,
    parameters,
    forward() {
      upwards();
      output.values.fill(0);
      for (const { value } of [input, ...made.map((layer) => ({ value: layer.output }))])
        addShare(value, output);
    },
    backward() {
      // Each layer writes the gradient of the one below it, to which that one's own share of the mean is added.
      last.outputGradient.values.fill(0);
      for (const [i, layer] of [...made.entries()].reverse()) {
        addShare(outputGradient, layer.outputGradient);
        layer.backward();
        if (i === 0) addShare(outputGradient, input.gradient);
      }
    },
  };
}
