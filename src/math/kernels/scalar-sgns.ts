import type { Sgns } from './sgns-trainer.ts';
import { nextRandom } from './xorshift.ts';

const f32 = Math.fround;

/** The training kernel, short and clear, in the same order of operations as the SIMD one. */
export function createScalarSgns(items: number, stride: number): Sgns {
  const input = new Float32Array(items * stride);
  const output = new Float32Array(items * stride);
  const table = new Uint32Array(items * 2);
  const state = new Uint32Array(4);
  const logistic = new Float32Array(1024);
  const pairs = new Uint32Array(2 * 1024);
  const draw = () => {
    const item = multiplyHigh(nextRandom(state), items);
    return nextRandom(state) < table[2 * item] ? item : table[2 * item + 1];
  };
  const rowOf = (matrix: Float32Array, item: number) =>
    matrix.subarray(item * stride, (item + 1) * stride);
  const learn = (center: number, targets: readonly number[], rate: number) => {
    const vector = rowOf(input, center);
    const steps = targets.map((target, t) => {
      const likely = logistic[position(dot(vector, rowOf(output, target)))];
      if (t === 0) return f32(rate * f32(1 - likely));
      return target === targets[0] ? 0 : f32(-rate * likely);
    });
    const gradient = new Float32Array(stride);
    for (const [t, target] of targets.entries()) {
      const row = rowOf(output, target);
      for (let d = 0; d < stride; d++) {
        gradient[d] += f32(steps[t] * row[d]);
        row[d] += f32(steps[t] * vector[d]);
      }
    }
    for (let d = 0; d < stride; d++) vector[d] += gradient[d];
  };
  return {
    input,
    output,
    table,
    state,
    logistic,
    pairs,
    run(pairCount, negatives, learningRate) {
      for (let p = 0; p < pairCount; p++) {
        const drawn = Array.from({ length: negatives }, draw);
        learn(pairs[2 * p], [pairs[2 * p + 1], ...drawn], f32(learningRate));
      }
    },
  };
}

/** The upper 32 bits of a product of two 32-bit numbers, in parts that a double holds. */
function multiplyHigh(a: number, b: number): number {
  const low = Math.floor(((a & 0xffff) * b) / 0x10000);
  return Math.floor(((a >>> 16) * b + low) / 0x10000);
}

/** Place in the table of the logistic function: 1024 entries from -6 to 6. */
function position(x: number): number {
  const inside = x > -6 ? Math.min(x, 6) : -6;
  return Math.trunc(f32(f32(f32(inside + 6) * 85.25) + 0.5));
}

/** Four partial sums, then pairs of them, as SIMD lanes add up. */
function dot(a: Float32Array, b: Float32Array): number {
  const sums = new Float32Array(4);
  for (let d = 0; d < a.length; d++) sums[d % 4] += f32(a[d] * b[d]);
  return f32(f32(sums[0] + sums[1]) + f32(sums[2] + sums[3]));
}
