import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import type { ClickExamples } from './click-examples.ts';
import { type ClickForward, gemmChunk, type LoadedLayer } from './click-forward.ts';
import { type ClickShape, denseLayers } from './click-weights.ts';

/** A step of learning, over the batch that `ClickForward.run` worked out last. */
export interface ClickBackward {
  /** Derivative of the loss by each logit of the batch; written before `step`. */
  readonly slopes: Block<Float32Array>;
  /** Changes all weights; `count` examples, whose numbers begin at place `from` of `order`. */
  step(order: Uint32Array, from: number, count: number, options: StepOptions): void;
}

/** How a step is taken. */
export interface StepOptions {
  /** Learning rate, with the correction of Adam's moments. */
  readonly rate: number;
  /** Weight of half the squared embedding, for each occurrence in the batch. */
  readonly decay: number;
  /** Share of units that the forward pass dropped out. */
  readonly dropout: number;
}

/** Codes that a thread takes at a time: some occur in every example, so few. */
const codesChunk = 4;

/** Bytes that `createClickBackward` takes of a crew. */
export function backwardBytes(
  shape: ClickShape,
  { batchRows, batchFeatures }: { readonly batchRows: number; readonly batchFeatures: number },
): number {
  const features = shape.fieldOf.length;
  const { layers, total } = denseLayers(shape);
  const widths = layers.reduce((sum, { outputs }) => sum + outputs, layers[0]?.inputs ?? 0);
  const turned = layers.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
  const lists = 2 * Math.min(features, batchFeatures) + 2 * batchFeatures;
  const numbers =
    2 * features * (shape.dimensions + 1) + 3 * total + turned + batchRows * (widths + 2) + lists;
  return (
    4 * (numbers + Math.max(0, ...layers.map(({ inputs }) => inputs))) +
    64 * (3 * layers.length + 16)
  );
}

/** The most features that a batch of so many rows may have. */
export function mostFeatures(
  { offsets, codes, clicked }: ClickExamples,
  batchRows: number,
): number {
  let longest = 0;
  for (let e = 0; e < clicked.length; e++) longest = Math.max(longest, offsets[e + 1] - offsets[e]);
  return Math.min(codes.length, longest * batchRows);
}

/** Makes room for derivatives and Adam's moments. Throws RangeError when the memory is used up. */
export function createClickBackward(
  crew: Crew,
  {
    forward,
    shape,
    examples,
  }: { forward: ClickForward; shape: ClickShape; examples: ClickExamples },
): ClickBackward {
  const { batchRows, fieldOf, linear, embeddings, sums, layers } = forward;
  const numbers = embeddings.values.length;
  const moments = {
    means: crew.float32(numbers),
    variances: crew.float32(numbers),
    linearMeans: crew.float32(linear.values.length),
    linearVariances: crew.float32(linear.values.length),
  };
  const slopes = crew.float32(batchRows);
  const occurrences = createOccurrences(crew, examples, {
    batchRows,
    features: fieldOf.values.length,
  });
  const network = layers.length > 0 ? createNetworkBackward(crew, forward) : undefined;
  return {
    slopes,
    step(order, from, count, { rate, decay, dropout }) {
      network?.step(slopes.values, count, { rate, dropout });
      const touched = occurrences.collect(order, from, count);
      crew.run('fmBackward', { count: touched, chunk: codesChunk }, [
        ...([occurrences.touched.address, occurrences.starts.address] as const),
        ...([occurrences.rows.address, occurrences.values.address] as const),
        ...([slopes.address, sums.address] as const),
        ...([network?.inputs.address ?? 0, 4 * (layers[0]?.inputs ?? 0)] as const),
        ...([fieldOf.address, embeddings.address] as const),
        ...([moments.means.address, moments.variances.address, 4 * shape.dimensions] as const),
        ...([linear.address, moments.linearMeans.address] as const),
        ...([moments.linearVariances.address, rate, decay / count] as const),
      ]);
    },
  };
}

/** The rows of a batch in which each feature occurs. */
function createOccurrences(
  crew: Crew,
  examples: ClickExamples,
  { batchRows, features }: { batchRows: number; features: number },
) {
  const most = mostFeatures(examples, batchRows);
  const touched = crew.uint32(Math.min(features, most));
  const starts = crew.uint32(Math.min(features, most) + 1);
  const rows = crew.uint32(most);
  const values = crew.float32(most);
  const counts = new Uint32Array(features);
  return {
    touched,
    starts,
    rows,
    values,
    /** Answers how many features there are. O(features of the batch). */
    collect(order: Uint32Array, from: number, count: number): number {
      const { offsets, codes } = examples;
      let length = 0;
      for (let row = 0; row < count; row++) {
        const example = order[from + row];
        for (let at = offsets[example]; at < offsets[example + 1]; at++)
          if (counts[codes[at]]++ === 0) touched.values[length++] = codes[at];
      }
      for (let i = 0, end = 0; i < length; i++) {
        starts.values[i] = end;
        end += counts[touched.values[i]];
        counts[touched.values[i]] = starts.values[i];
        starts.values[i + 1] = end;
      }
      for (let row = 0; row < count; row++) {
        const example = order[from + row];
        for (let at = offsets[example]; at < offsets[example + 1]; at++) {
          const place = counts[codes[at]]++;
          rows.values[place] = row;
          values.values[place] = examples.values[at];
        }
      }
      for (let i = 0; i < length; i++) counts[touched.values[i]] = 0;
      return length;
    },
  };
}

/** Derivatives through the network, down to the embeddings of the fields, and Adam on its weights. */
function createNetworkBackward(crew: Crew, { layers, dense, batchRows }: ClickForward) {
  const gradient = crew.float32(dense.values.length);
  const means = crew.float32(dense.values.length);
  const variances = crew.float32(dense.values.length);
  const ones = crew.copy(new Float32Array(batchRows).fill(1));
  const zeros = crew.float32(Math.max(...layers.map(({ inputs }) => inputs)));
  const inputs = crew.float32(batchRows * layers[0].inputs);
  const outputs = layers.map((layer) => crew.float32(batchRows * layer.outputs));
  const turned = layers.map((layer) => crew.float32(layer.inputs * layer.outputs));
  const gradientOf = (address: number) => address - dense.address + gradient.address;
  const layerBack = (l: number, count: number, dropout: number): void => {
    const layer = layers[l];
    const [width, depth] = [4 * layer.outputs, 4 * layer.inputs];
    const out = outputs[l].address;
    if (l < layers.length - 1)
      crew.run('rectifyBack', { count }, [layer.output.address, out, width, 1 / (1 - dropout)]);
    crew.run('gemm', { count: layer.inputs, chunk: gemmChunk }, [
      ...([layer.input.address, 4, depth, out, width, gradientOf(layer.weights)] as const),
      ...([width, count, layer.outputs] as const),
    ]);
    crew.run('gemm', { count: 1 }, [
      ...([ones.address, 0, 4, out, width, gradientOf(layer.bias)] as const),
      ...([width, count, layer.outputs] as const),
    ]);
    turn(layer, dense, turned[l].values);
    const below = l === 0 ? inputs.address : outputs[l - 1].address;
    crew.run('fillRows', { count }, [zeros.address, below, depth]);
    crew.run('gemm', { count, chunk: gemmChunk }, [
      ...([out, width, 4, turned[l].address, depth, below] as const),
      ...([depth, layer.outputs, layer.inputs] as const),
    ]);
  };
  return {
    inputs,
    step(slopes: Float32Array, count: number, { rate, dropout }: Omit<StepOptions, 'decay'>): void {
      const last = layers.length - 1;
      // The other columns of the last layer stay 0.
      for (let row = 0; row < count; row++)
        outputs[last].values[row * layers[last].outputs] = slopes[row];
      for (let l = last; l >= 0; l--) layerBack(l, count, dropout);
      crew.run('adam', { count: dense.values.length / 16 }, [
        ...([dense.address, gradient.address, means.address, variances.address, rate] as const),
      ]);
    },
  };
}

/** Writes the transposed weights of a layer. O(weights). */
function turn(
  { inputs, outputs, weightsAt }: LoadedLayer,
  { values }: Block<Float32Array>,
  out: Float32Array,
): void {
  for (let row = 0; row < inputs; row++)
    for (let column = 0; column < outputs; column++)
      out[column * inputs + row] = values[weightsAt + row * outputs + column];
}
