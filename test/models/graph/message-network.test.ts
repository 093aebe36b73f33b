import { expect, test } from 'vitest';
import { createCrew } from '../../../src/math/kernels/crew/crew.ts';
import { gemmScratchBytes } from '../../../src/math/kernels/crew/kernel-calls.ts';
import { createRng } from '../../../src/math/rng.ts';
import { sparseOf, transpose } from '../../../src/math/sparse.ts';
import { createAdam, globalNorm } from '../../../src/models/graph/adam.ts';
import { lightGcn } from '../../../src/models/graph/lightgcn.ts';
import { createSoftmaxLoss, distil } from '../../../src/models/graph/losses.ts';
import { sparseBlock } from '../../../src/models/graph/matrices.ts';
import type { Activation } from '../../../src/models/graph/message-layer.ts';
import { createMessageNetwork, type Readout } from '../../../src/models/graph/message-network.ts';

const nodes = 6;
const rng = createRng(8);
const graph = sparseOf(
  nodes,
  nodes,
  Array.from({ length: 14 }, () => [rng.below(nodes), rng.below(nodes), rng.unit()] as const),
);
const makeCrew = () => createCrew({ bytes: 1 << 20, scratchBytes: gemmScratchBytes });

function network(activation: Activation, readout: Readout) {
  const crew = makeCrew();
  const around = {
    forth: sparseBlock(crew, nodes, 100),
    back: sparseBlock(crew, nodes, 100),
  };
  around.forth.set(graph);
  around.back.set(transpose(graph));
  const layer = { inputs: 16, outputs: 16, activation, weights: 'learnt' as const };
  const layers = [layer, { ...layer, weights: 'identity' as const }, layer];
  const made = createMessageNetwork(crew, { nodes, around, layers, readout });
  const random = createRng(3);
  for (const { value } of [made.input, ...made.parameters])
    for (let i = 0; i < value.values.length; i++) value.values[i] = random.unit() - 0.5;
  return { crew, ...made };
}

/** Compares the gradient of a loss with differences of it, at some numbers of each matrix. */
function checkGradients(
  matrices: readonly { value: { values: Float32Array }; gradient: { values: Float32Array } }[],
  loss: () => number,
): void {
  const random = createRng(6);
  const step = 1e-2;
  for (const { value, gradient } of matrices)
    for (let k = 0; k < 6; k++) {
      const at = random.below(value.values.length);
      const kept = value.values[at];
      const [above, below] = [kept + step, kept - step].map((moved) => {
        value.values[at] = moved;
        return loss();
      });
      value.values[at] = kept;
      expect(gradient.values[at]).toBeCloseTo((above - below) / (2 * step), 2);
    }
}

test.each<[Activation, Readout]>([
  ['tanh', 'last'],
  ['tanh', 'mean'],
  ['none', 'last'],
])('gradients through %s layers, read out by the %s, are those of finite differences', (a, r) => {
  const { input, output, outputGradient, parameters, forward, backward } = network(a, r);
  const pull = createRng(5);
  const factors = output.values.map(() => pull.unit() - 0.5);
  const loss = () => {
    forward();
    return output.values.reduce((sum, value, i) => sum + factors[i] * value, 0);
  };
  loss();
  outputGradient.values.set(factors);
  backward();
  checkGradients([input, ...parameters], loss);
});

test('nothing flows back through a unit that relu holds at 0', () => {
  const { input, outputGradient, parameters, forward, backward } = network('relu', 'last');
  parameters.at(-1)!.value.values.fill(-100);
  forward();
  outputGradient.values.fill(1);
  backward();
  expect(input.gradient.values.every((slope) => slope === 0)).toBe(true);
});

test('gradients of both losses are those of finite differences', () => {
  const crew = makeCrew();
  const [rows, dimensions] = [8, 16];
  const block = () => ({ ...crew.float32(rows * 32), rows, columns: 32 });
  const outputs = { value: block(), gradient: block(), dimensions };
  const random = createRng(2);
  const numbers = (length: number) => Float32Array.from({ length }, () => random.unit() - 0.5);
  outputs.value.values.set(numbers(rows * 32));
  const targets = {
    vectors: numbers(5 * dimensions).map((value) => value),
    weights: Float32Array.of(1, 0, 0.5, 2, 1),
  };
  const batch = {
    contexts: numbers(6 * dimensions),
    wanted: Uint32Array.of(0, 3, 5, 7, 3, 1),
    logChances: numbers(6),
    isHidden: (row: number, column: number) => row === 0 && column === 2,
  };
  const softmax = createSoftmaxLoss(crew, outputs, 8);
  const options = { scale: 3, weight: 0.7 };
  const loss = () => {
    const kept = outputs.gradient.values.slice();
    const total = distil(outputs, targets) + options.weight * softmax(batch, options);
    outputs.gradient.values.set(kept);
    return total;
  };
  // Unit vectors are what is taught.
  for (let at = 0; at < targets.vectors.length; at += dimensions) {
    const row = targets.vectors.subarray(at, at + dimensions);
    const length = Math.hypot(...row);
    for (let d = 0; d < dimensions; d++) row[d] /= length;
  }
  distil(outputs, targets);
  softmax(batch, options);
  checkGradients([outputs], loss);
});

test('LightGCN is the mean of its layers, each edge over the root of both degrees', () => {
  // Two users, three items: u0 has a and b, u1 has b. Item c has nobody.
  const users = sparseOf(2, 3, [
    [0, 0, 1],
    [0, 1, 1],
    [1, 1, 1],
  ]);
  const vectors = new Float32Array(3 * 16);
  vectors[0] = 1;
  vectors[16] = 2;
  vectors[32] = 3;
  const out = lightGcn(makeCrew(), users, { vectors, layers: 2 });
  // After one step u0 = 1/√2 + 2/2, u1 = 2/√2; after two a = u0/√2, b = u0/2 + u1/√2.
  const [u0, u1] = [1 / Math.SQRT2 + 1, Math.SQRT2];
  expect(out[0]).toBeCloseTo((1 + u0 / Math.SQRT2) / 3, 5);
  expect(out[16]).toBeCloseTo((2 + u0 / 2 + u1 / Math.SQRT2) / 3, 5);
  expect(out[32]).toBeCloseTo(1, 5);
});

test('Adam clips all gradients together, goes downhill, and stands still on what is no number', () => {
  const crew = makeCrew();
  const block = (columns: number) => ({ ...crew.float32(columns), rows: 1, columns });
  const parameter = { value: block(2), gradient: block(2) };
  const adam = createAdam([parameter], { clipNorm: 1, l2: 0 });
  parameter.gradient.values.set([30, -40]);
  expect(globalNorm([parameter])).toBe(50);
  expect(adam.step(0.1)).toBe(50);
  // The first step of Adam is the learning rate, whatever the gradient.
  expect(parameter.value.values[0]).toBeCloseTo(-0.1, 5);
  expect(parameter.value.values[1]).toBeCloseTo(0.1, 5);
  const kept = parameter.value.values.slice();
  parameter.gradient.values.set([Number.NaN, 1]);
  adam.step(0.1);
  expect(parameter.value.values).toEqual(kept);
  expect([...parameter.gradient.values]).toEqual([0, 0]);
});
