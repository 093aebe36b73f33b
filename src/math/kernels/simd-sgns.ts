import { instantiateKernels } from './instantiate.ts';
import type { Sgns } from './sgns-trainer.ts';

const pairCapacity = 4096;

/** The training kernel in WebAssembly; undefined where that, or its SIMD, is missing. */
export function createSimdSgns(items: number, stride: number): Sgns | undefined {
  const rowBytes = stride * 4;
  const input = 64;
  const output = input + items * rowBytes;
  const table = output + items * rowBytes;
  const state = table + items * 8;
  const logistic = state + 16;
  const pairs = logistic + 4096;
  const work = pairs + pairCapacity * 8;
  const instance = instantiateKernels(work + 1024);
  if (!instance) return undefined;
  const { kernels, buffer } = instance;
  return {
    input: new Float32Array(buffer, input, items * stride),
    output: new Float32Array(buffer, output, items * stride),
    table: new Uint32Array(buffer, table, items * 2),
    state: new Uint32Array(buffer, state, 4),
    logistic: new Float32Array(buffer, logistic, 1024),
    pairs: new Uint32Array(buffer, pairs, pairCapacity * 2),
    run(count, negatives, rate) {
      kernels.sgns(
        input,
        output,
        rowBytes,
        items,
        table,
        state,
        logistic,
        pairs,
        count,
        negatives,
        rate,
        work,
      );
    },
  };
}
