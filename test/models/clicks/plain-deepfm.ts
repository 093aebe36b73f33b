import { createRng } from '../../../src/math/rng.ts';
import type { ClickExamples } from '../../../src/models/clicks/click-examples.ts';
import {
  type ClickShape,
  denseLayers,
  startWeights,
} from '../../../src/models/clicks/click-weights.ts';

interface PlainOptions {
  readonly batchRows: number;
  readonly learningRate: number;
  readonly decay: number;
  readonly seed: number;
}

/** One number with its Adam moments. */
interface Weight {
  value: number;
  slope: number;
  mean: number;
  variance: number;
}

const weightsOf = (values: ArrayLike<number>): Weight[] =>
  Array.from(values, (value) => ({ value, slope: 0, mean: 0, variance: 0 }));
const valuesOf = (weights: readonly Weight[]) => weights.map(({ value }) => value);

/** DeepFM written down as the papers have it, in numbers of 64 bits: `passes` over the examples. */
export function plainDeepFm(
  shape: ClickShape,
  examples: ClickExamples,
  { batchRows, learningRate, decay, seed }: PlainOptions,
  passes: number,
) {
  const start = startWeights(shape, seed);
  const { dimensions } = shape;
  const { layers } = denseLayers(shape);
  const model = {
    bias: weightsOf([0]),
    linear: weightsOf(start.linear),
    embeddings: weightsOf(start.embeddings),
    dense: weightsOf(start.dense),
  };
  const rng = createRng(seed + 1);
  const order = Uint32Array.from(examples.clicked, (_, e) => e);
  let steps = 0;
  for (let pass = 0; pass < passes; pass++) {
    rng.shuffle(order);
    for (let from = 0; from < order.length; from += batchRows) {
      const rows = order.subarray(from, from + batchRows);
      const touched = new Set<number>();
      for (const row of rows) {
        const features = featuresOf(examples, row);
        const { logit, sums, outputs } = forward(features);
        const slope = (1 / (1 + Math.exp(-logit)) - examples.clicked[row]) / rows.length;
        backward(features, { slope, sums, outputs, decay: decay / rows.length });
        for (const [code] of features) touched.add(code);
      }
      steps += 1;
      const rate = (learningRate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
      adam([...model.bias, ...model.dense], rate);
      for (const code of touched) {
        adam([model.linear[code]], rate);
        adam(model.embeddings.slice(code * dimensions, (code + 1) * dimensions), rate);
      }
    }
  }
  return {
    bias: model.bias[0].value,
    linear: valuesOf(model.linear),
    embeddings: valuesOf(model.embeddings),
    dense: valuesOf(model.dense),
  };

  function forward(features: readonly (readonly [number, number])[]) {
    const sums = new Array<number>(dimensions).fill(0);
    const input = new Array<number>(layers[0]?.inputs ?? 0).fill(0);
    let [logit, squares] = [model.bias[0].value, 0];
    for (const [code, value] of features) {
      logit += value * model.linear[code].value;
      for (let d = 0; d < dimensions; d++) {
        const part = value * model.embeddings[code * dimensions + d].value;
        sums[d] += part;
        squares += part * part;
        if (layers.length > 0) input[shape.fieldOf[code] * dimensions + d] += part;
      }
    }
    logit += (sums.reduce((total, sum) => total + sum * sum, 0) - squares) / 2;
    const outputs = [input];
    for (const [l, { inputs, outputs: width, weightsAt, biasAt }] of layers.entries()) {
      const out = Array.from({ length: width }, (_, column) => {
        let sum = model.dense[biasAt + column].value;
        for (let k = 0; k < inputs; k++)
          sum += outputs[l][k] * model.dense[weightsAt + k * width + column].value;
        return l < layers.length - 1 ? Math.max(0, sum) : sum;
      });
      outputs.push(out);
    }
    return { logit: logit + (layers.length > 0 ? outputs[layers.length][0] : 0), sums, outputs };
  }

  function backward(
    features: readonly (readonly [number, number])[],
    given: { slope: number; sums: number[]; outputs: number[][]; decay: number },
  ): void {
    const { slope, sums, outputs } = given;
    model.bias[0].slope += slope;
    let slopes = [slope, ...new Array<number>(7).fill(0)];
    for (let l = layers.length - 1; l >= 0; l--) {
      const { inputs, outputs: width, weightsAt, biasAt } = layers[l];
      for (let column = 0; column < width; column++) {
        model.dense[biasAt + column].slope += slopes[column];
        for (let k = 0; k < inputs; k++)
          model.dense[weightsAt + k * width + column].slope += outputs[l][k] * slopes[column];
      }
      slopes = Array.from({ length: inputs }, (_, k) => {
        const isOpen = l === 0 || outputs[l][k] > 0;
        let sum = 0;
        for (let column = 0; column < width; column++)
          sum += slopes[column] * model.dense[weightsAt + k * width + column].value;
        return isOpen ? sum : 0;
      });
    }
    for (const [code, value] of features) {
      model.linear[code].slope += slope * value;
      for (let d = 0; d < dimensions; d++) {
        const weight = model.embeddings[code * dimensions + d];
        weight.slope += slope * value * (sums[d] - value * weight.value);
        weight.slope += given.decay * weight.value;
        if (layers.length > 0) weight.slope += value * slopes[shape.fieldOf[code] * dimensions + d];
      }
    }
  }
}

function adam(weights: readonly Weight[], rate: number): void {
  for (const weight of weights) {
    weight.mean = 0.9 * weight.mean + 0.1 * weight.slope;
    weight.variance = 0.999 * weight.variance + 0.001 * weight.slope ** 2;
    weight.value -= (rate * weight.mean) / (Math.sqrt(weight.variance) + 1e-8);
    weight.slope = 0;
  }
}

function featuresOf({ offsets, codes, values }: ClickExamples, row: number) {
  return Array.from(
    codes.subarray(offsets[row], offsets[row + 1]),
    (code, i) => [code, values[offsets[row] + i]] as const,
  );
}
